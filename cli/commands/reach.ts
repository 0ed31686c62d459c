/** `calispray reach`: who can reach whom in a world of manifests, as Calico would decide it; nothing is asked of a cluster. */
import { UserError } from '../../cluster/finding.ts';
import { type Resource, resourcesIn, World } from '../../reachability/index.ts';
import { validateResource } from '../../reachability/validate/index.ts';
import { jsonLine, textLine } from '../reach/answers.ts';
import { documentsIn, queriesIn } from '../reach/documents.ts';
import { exitCodes, terminal } from '../report.ts';

export interface ReachOptions {
  world?: string;
  queries?: string;
  calico?: string;
  json?: boolean;
}

/** Lines that go out in one write. */
const BLOCK = 2000;

/** One line a query, in order. The exit code tells whether each could be answered, not what was answered. */
export default async function reach({ world, queries, calico, json }: ReachOptions): Promise<number> {
  if (world === undefined || queries === undefined) {
    throw UserError.of('no-question', '', 'nothing is asked', 'Give --world FILE and --queries FILE.');
  }
  const asked = new World(resourcesOf(world), calico === undefined ? {} : { calico });
  for (const { kind, name, why } of asked.ignored) terminal.err(`${kind} ${name} is left out: ${why}`);
  let lines: string[] = [];
  let ok = true;
  const flush = () => {
    if (lines.length > 0) terminal.out(lines.join('\n'));
    lines = [];
  };
  for (const query of queriesIn(queries)) {
    const answer = asked.ask(query);
    ok &&= answer.ok;
    if (lines.push(json === true ? jsonLine(query, answer) : textLine(query, answer)) >= BLOCK) flush();
  }
  flush();
  return ok ? exitCodes.done : exitCodes.finding;
}

export interface ValidateOptions {
  resources: string;
  json?: boolean;
}

/** One line a resource, in order: whether Calico would take it. Ends with 1 where one is refused. */
export async function validate({ resources, json }: ValidateOptions): Promise<number> {
  let ok = true;
  for (const value of documentsIn(resources).flatMap(valuesIn)) {
    const { kind, name, errors } = validateResource(value);
    ok &&= errors.length === 0;
    const error = errors.join('; ');
    if (json === true) terminal.out(JSON.stringify({ kind, name, ok: error === '', ...(error !== '' && { error }) }));
    else terminal.out(error === '' ? `ok       ${kind} ${name}` : `refused  ${kind} ${name}: ${error}`);
  }
  return ok ? exitCodes.done : exitCodes.finding;
}

/** A list of resources, or of recorded cases that carry one each. */
function valuesIn(document: unknown): unknown[] {
  if (Array.isArray(document)) return document.flatMap(valuesIn);
  const { items, resources, resource } = (document ?? {}) as Record<string, unknown>;
  for (const list of [items, resources]) if (Array.isArray(list)) return list;
  return [resource ?? document];
}

function resourcesOf(path: string): Resource[] {
  return documentsIn(path).flatMap((document) => {
    const found = resourcesIn(document);
    if (found !== undefined) return found;
    const what = `${path} holds what is no resource: ${String(JSON.stringify(document)).slice(0, 200)}`;
    throw UserError.of('no-resource', '', what, 'Give a list of Kubernetes resources, or documents of one each.');
  });
}
