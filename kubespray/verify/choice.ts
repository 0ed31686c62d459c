/** Checks by name: `routes`, `routes/homelab`, `pods-across-nodes/masternode+homelab`. */
import { nearest } from '../../cluster/nearest.ts';
import type { CheckChoice } from '../../cluster/types.ts';
import type { Check } from './types.ts';

/** Whether a choice of the stack file means the check with that group and nodes. */
export function means(
  { group, node }: CheckChoice,
  check: { readonly group: string; readonly nodes: readonly string[] },
): boolean {
  return group === check.group && (node === undefined || check.nodes.includes(node));
}

/** Whether a word of a person means the check: its whole name, or the beginning of it up to a slash or a plus. */
export function isCalled(word: string, { id }: Pick<Check, 'id'>): boolean {
  if (id === word) return true;
  const [group, ...subject] = word.split('/');
  const parts = id.split('/');
  if (parts[0] !== group) return false;
  // One node of a pair stands for every pair that it is in.
  return subject.length === 0 || (subject.length === 1 && (parts[1] ?? '').split('+').includes(subject[0] ?? ''));
}

/** Those that the words mean, in their order; and words that mean none, each with the name that may be meant. */
export function chosen<T extends Pick<Check, 'id'>>(
  checks: readonly T[],
  words: readonly string[],
): { readonly checks: readonly T[]; readonly unknown: readonly { readonly word: string; readonly meant?: string }[] } {
  const names = [...new Set(checks.flatMap(({ id }) => [id, id.split('/')[0] ?? id]))];
  return {
    checks: checks.filter((check) => words.some((word) => isCalled(word, check))),
    unknown: words
      .filter((word) => !checks.some((check) => isCalled(word, check)))
      .map((word) => {
        const meant = nearest(word, names);
        return meant === undefined ? { word } : { word, meant };
      }),
  };
}
