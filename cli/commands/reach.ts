/** `calispray reach`: who can reach whom, as Calico decides it, in a world of manifests, of a stack or of a live cluster. */
import { UserError } from '../../cluster/finding.ts';
import { LAST_PORT } from '../../reachability/ports.ts';
import { validateResource } from '../../reachability/validate/index.ts';
import { jsonLine, textLine } from '../reach/answers.ts';
import { documentsIn, queriesIn, troubleIn } from '../reach/documents.ts';
import { endNamed, explanationJson, explanationLines, explanationOf } from '../reach/explain.ts';
import { print } from '../reach/print.ts';
import { inLabIfLive, type WorldOptions, worldOf } from '../reach/world.ts';
import { exitCodes } from '../report.ts';

export interface ReachOptions extends WorldOptions {
  queries?: string;
  json?: boolean;
}

/** One line a query, in order. The exit code tells whether each could be answered, not what was answered. */
export default async function reach({ queries, json, ...options }: ReachOptions): Promise<number> {
  if (queries === undefined) {
    const hint = 'Give --queries FILE with a world, or ask as `calispray reach --help` lists.';
    throw UserError.of('no-question', '', 'nothing is asked', hint);
  }
  const inside = await inLabIfLive(options);
  if (inside !== undefined) return inside;
  const { world: asked, resources } = await worldOf({ ...options, asWritten: true });
  let ok = true;
  const questions = queriesIn(queries);
  await print(
    (function* () {
      for (const query of questions) {
        const trouble = troubleIn(query);
        const answer = trouble === undefined ? asked.ask(query) : { ok: false as const, error: trouble };
        ok &&= answer.ok;
        yield json === true ? jsonLine(query, answer) : textLine(query, answer, resources);
      }
    })(),
  );
  return ok ? exitCodes.done : exitCodes.finding;
}

export interface ExplainOptions extends WorldOptions {
  proto?: string;
  json?: boolean;
}

/** One connection, with every step that led to its verdict. */
export async function explain(options: ExplainOptions, src: string, dst: string, port?: string): Promise<number> {
  if (port !== undefined && (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > LAST_PORT)) {
    throw UserError.of('no-query', '', `${port} is no port`, `Give a number from 1 to ${LAST_PORT}.`);
  }
  const inside = await inLabIfLive(options);
  if (inside !== undefined) return inside;
  const asked = await worldOf(options);
  const [from, to] = [endNamed(asked, src), endNamed(asked, dst)];
  const query = {
    src: from,
    dst: to,
    proto: options.proto ?? 'tcp',
    ...(port !== undefined && { port: Number(port) }),
  };
  const found = explanationOf(asked, query);
  const { resources } = asked;
  await print(options.json === true ? [explanationJson(found, resources)] : explanationLines(found, resources));
  return found.answer.ok ? exitCodes.done : exitCodes.finding;
}

export interface ValidateOptions {
  resources: string;
  json?: boolean;
}

/** One line a resource, in order: whether Calico would take it. Ends with 1 where one is refused. */
export async function validate({ resources, json }: ValidateOptions): Promise<number> {
  const validated = documentsIn(resources).flatMap(valuesIn).map(validateResource);
  await print(
    validated.map(({ kind, name, errors }) => {
      const ok = errors.length === 0;
      const error = errors.join('; ');
      if (json === true) return JSON.stringify({ kind, name, ok, ...(!ok && { error }) });
      return ok ? `ok       ${kind} ${name}` : `refused  ${kind} ${name}: ${error}`;
    }),
  );
  return validated.every(({ errors }) => errors.length === 0) ? exitCodes.done : exitCodes.finding;
}

/** A list of resources, or of recorded cases that carry one each. */
function valuesIn(document: unknown): unknown[] {
  if (Array.isArray(document)) return document.flatMap(valuesIn);
  const { items, resources, resource } = (document ?? {}) as Record<string, unknown>;
  for (const list of [items, resources]) if (Array.isArray(list)) return list;
  return [resource ?? document];
}
