/** One connection with every step on the way to its verdict, for people and for programs. */
import {
  type Answer,
  outsideOf,
  type Query,
  type Resource,
  type Side,
  stagedIn,
  stepText,
  type Verdict,
  World,
  withStagedEnforced,
  workloadsOf,
} from '../../reachability/index.ts';
import { connectionText } from './answers.ts';
import { doubtWords, stepWords } from './steps.ts';
import type { Asked } from './world.ts';

export interface Explanation {
  readonly query: Query;
  readonly answer: Answer;
  /** Of a service: one endpoint behind it for each verdict there is, asked after the translation of addresses. */
  readonly behind: readonly { readonly query: Query; readonly answer: Answer }[];
  /** The answer once staged policies are enforced, where it is another. */
  readonly staged?: { readonly answer: Answer; readonly resources: readonly Resource[] };
}

export function explanationOf({ world, resources, calico }: Asked, query: Query): Explanation {
  const answer = world.ask(query);
  const staged = stagedIn(resources).length === 0 ? undefined : enforcedAnswer(resources, calico, query);
  const apart = staged !== undefined && verdictOf(staged.answer) !== verdictOf(answer);
  return { query, answer, behind: translated(world, query, answer), ...(apart && { staged }) };
}

/** A workload is asked as its first pod, `internet` as one of its addresses; what nobody knows stays, and the answer says so. */
export function endNamed({ world, resources, pools }: Asked, name: string): string {
  if (world.find(name) !== undefined || name.startsWith('service/')) return name;
  if (name === 'internet')
    return outsideOf(world, pools).find((part) => part.name.startsWith('the internet'))?.address ?? name;
  const pods = [...workloadsOf(resources)].filter(
    ([pod, workload]) => workload === name && world.find(pod) !== undefined,
  );
  return pods[0]?.[0] ?? name;
}

function enforcedAnswer(resources: readonly Resource[], calico: string | undefined, query: Query) {
  const enforced = withStagedEnforced(resources);
  return { resources: enforced, answer: new World(enforced, calico === undefined ? {} : { calico }).ask(query) };
}

function verdictOf(answer: Answer): string {
  return answer.ok ? answer.verdict.verdict : 'error';
}

function translated(world: World, query: Query, answer: Answer) {
  const all = answer.ok ? (answer.verdict.behind ?? []) : [];
  return [...Map.groupBy(all, ({ verdict }) => verdict).values()].map(([first]) => {
    const { dst, port } = first as NonNullable<Verdict['behind']>[number];
    const asked = { ...query, dst, port };
    return { query: asked, answer: world.ask(asked) };
  });
}

export function explanationLines(
  { query, answer, behind, staged }: Explanation,
  resources: readonly Resource[],
): string[] {
  if (!answer.ok) return [`${connectionText(query)}: ${answer.error}`];
  const { verdict } = answer.verdict;
  const before = [
    `${connectionText(query)}: ${verdict}`,
    ...(answer.verdict.behind ?? []).map(
      (one) => `  ${query.dst} sends it to ${one.dst} ${query.proto ?? 'tcp'}/${one.port}: ${one.verdict}`,
    ),
  ];
  const parts = behind.length === 0 ? [{ query, answer }] : behind;
  return [
    ...before,
    ...parts.flatMap((part) => [
      ...(behind.length > 1 ? [`  ${connectionText(part.query)}`] : []),
      ...sidesLines(part.query, part.answer, resources, behind.length > 1 ? '    ' : '  '),
    ]),
    ...(staged === undefined ? [] : stagedLines(query, staged)),
  ];
}

function stagedLines(query: Query, { answer, resources }: NonNullable<Explanation['staged']>): string[] {
  if (!answer.ok) return [`  once staged policies are enforced: ${answer.error}`];
  return [
    `  once staged policies are enforced: ${answer.verdict.verdict}`,
    ...sidesLines(query, answer, resources, '    '),
  ];
}

function sidesLines({ src, dst }: Query, answer: Answer, resources: readonly Resource[], indent: string): string[] {
  if (!answer.ok) return [`${indent}${answer.error}`];
  const side = (name: 'egress' | 'ingress', of: string, { verdict, trace, on = [], why }: Side) => [
    `${indent}${name} of ${of}: ${verdict}${why === undefined ? '' : ` (${why})`}`,
    ...trace.flatMap((step) => {
      const { said, text } = stepWords(step, name, resources);
      return [`${indent}  ${said}`, ...(text === undefined ? [] : [`${indent}    ${text}`])];
    }),
    ...on.map((doubt) => `${indent}  depends on ${doubtWords(doubt, name, resources)}`),
  ];
  const { egress, ingress, way = [] } = answer.verdict;
  return [
    ...side('egress', src, egress),
    ...way.flatMap((passage) => side(passage.direction, passage.endpoint, passage.side)),
    ...side('ingress', dst, ingress),
  ];
}

/** As a line of JSON of a query, each step of a side with the names that its author gave; `behind` and `staged` as there are. */
export function explanationJson(
  { query, answer, behind, staged }: Explanation,
  resources: readonly Resource[],
): string {
  return JSON.stringify({
    ...query,
    ...answerJson(answer, resources),
    ...(behind.length > 0 && {
      translated: behind.map((one) => ({
        dst: one.query.dst,
        port: one.query.port,
        ...answerJson(one.answer, resources),
      })),
    }),
    ...(staged !== undefined && { stagedEnforced: answerJson(staged.answer, staged.resources) }),
  });
}

function answerJson(answer: Answer, resources: readonly Resource[]): object {
  if (!answer.ok) return { error: answer.error };
  const { verdict, egress, ingress, way, behind } = answer.verdict;
  const side = (name: 'egress' | 'ingress', { verdict: said, trace, on, why }: Side) => ({
    verdict: said,
    ...(trace.length > 0 && {
      rule: trace.at(-1),
      trace: trace.map(stepText),
      steps: trace.map((step) => stepWords(step, name, resources)),
    }),
    ...(on !== undefined && { on }),
    ...(why !== undefined && { why }),
  });
  return {
    verdict,
    egress: side('egress', egress),
    ingress: side('ingress', ingress),
    ...(way !== undefined && {
      way: way.map((one) => ({ ...one, side: side(one.direction, one.side) })),
    }),
    ...(behind !== undefined && { behind }),
  };
}
