/** `calispray reach`: who can reach whom in a world of manifests, as Calico would decide it; nothing is asked of a cluster. */
import { UserError } from '../../cluster/finding.ts';
import { differences, questionsIn } from '../../reachability/index.ts';
import { validateResource } from '../../reachability/validate/index.ts';
import { differenceLine, explained, jsonLine, textLine } from '../reach/answers.ts';
import { documentsIn, queriesIn } from '../reach/documents.ts';
import { print } from '../reach/print.ts';
import { type WorldOptions, worldOf } from '../reach/world.ts';
import { exitCodes } from '../report.ts';

export interface ReachOptions extends WorldOptions {
  queries?: string;
  json?: boolean;
}

/** One line a query, in order. The exit code tells whether each could be answered, not what was answered. */
export default async function reach({ queries, json, ...options }: ReachOptions): Promise<number> {
  if (queries === undefined) {
    throw UserError.of('no-question', '', 'nothing is asked', 'Give --world FILE and --queries FILE.');
  }
  const { world: asked } = await worldOf(options);
  let ok = true;
  const questions = queriesIn(queries);
  await print(
    (function* () {
      for (const query of questions) {
        const answer = asked.ask(query);
        ok &&= answer.ok;
        yield json === true ? jsonLine(query, answer) : textLine(query, answer);
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
  if (port !== undefined && !/^[1-9]\d{0,4}$/.test(port)) {
    throw UserError.of('no-query', '', `${port} is no port`, 'Give a number from 1 to 65535.');
  }
  const query = { src, dst, proto: options.proto ?? 'tcp', ...(port !== undefined && { port: Number(port) }) };
  const answer = (await worldOf(options)).world.ask(query);
  await print(options.json === true ? [jsonLine(query, answer)] : explained(query, answer));
  return answer.ok ? exitCodes.done : exitCodes.finding;
}

export interface DiffOptions {
  calico?: string;
  json?: boolean;
}

/** What a change of manifests opens and closes between the pods of both worlds; the exit code does not tell, the lines do. */
export async function diff({ calico, json }: DiffOptions, old: string, now: string): Promise<number> {
  const more = calico === undefined ? {} : { calico };
  const [then, later] = [await worldOf({ world: [old], ...more }), await worldOf({ world: [now], ...more })];
  const [before, after] = [then.world, later.world];
  const asked = [...questionsIn(then.resources, before), ...questionsIn(later.resources, after)];
  const questions = [...new Map(asked.map((question) => [JSON.stringify(question), question])).values()];
  const found = differences(before, after, questions) ?? [];
  const lines = found.map((one) => (json === true ? JSON.stringify(one) : differenceLine(one)));
  await print(json !== true && found.length === 0 ? ['No connection between pods is opened or closed.'] : lines);
  return exitCodes.done;
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
