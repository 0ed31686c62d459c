/** What the engine does by classes and by what changed, done the long way: every pair asked by itself. */
import { type Difference, together } from '../../reachability/diff.ts';
import type { Question, Verdict, World } from '../../reachability/index.ts';
import { type Block, linesOf } from '../../reachability/lines.ts';

/** `src dst` and the verdict; pods that have no address of one family do not reach each other. */
export function verdictsOf(world: World, question: Question): Map<string, Verdict['verdict']> {
  const pods = [...world.universe.located.values()].filter(({ endpoint }) => endpoint.kind === 'pod');
  const names = pods.map(({ endpoint }) => endpoint.id);
  return new Map(
    names.flatMap((src) =>
      names
        .filter((dst) => dst !== src)
        .map((dst) => {
          const answer = world.ask({ ...question, src, dst });
          return [`${src} ${dst}`, answer.ok ? answer.verdict.verdict : 'deny'] as const;
        }),
    ),
  );
}

export function plainDifferences(before: World, after: World, questions: readonly Question[]): Difference[] {
  return together(
    questions.map((question) => {
      const [old, now] = [verdictsOf(before, question), verdictsOf(after, question)];
      const blocks = [...old].flatMap(([pair, was]): Block[] => {
        const is = now.get(pair);
        const [src = '', dst = ''] = pair.split(' ');
        return is === undefined || is === was ? [] : [{ before: was, after: is, from: [src], to: [dst] }];
      });
      return { question, lines: linesOf(blocks) };
    }),
  );
}
