import { same } from './digest.ts';
import { MIGRATES } from './encapsulation.ts';
import { FIXED } from './fixed.ts';
import { inWords, pathOf, usual } from './paths.ts';
import type { Difference, StepKind } from './types.ts';

type Variables = Readonly<Record<string, unknown>>;

/** What differs between two lists of variables, by the field of the stack file; no run can change some. */
export function variableDifferences(
  part: 'settings' | 'calico',
  before: Variables,
  after: Variables,
  step: StepKind,
): Difference[] {
  const names = namesOf(before, after).filter((name) => !MIGRATES.includes(name));
  return (
    names
      // The two are one field, and always the same.
      .filter((name) => name !== 'calico_veth_mtu' || !names.includes('calico_mtu'))
      // It follows another encapsulation, which is told by itself.
      .filter((name) => name !== 'calico_network_backend' || MIGRATES.every((mode) => same(before[mode], after[mode])))
      .map((name) => differenceOf(name, before, after, FIXED[part].includes(name) ? undefined : step))
  );
}

/** One variable, with what it is where nobody says it. `node`: of that host alone. */
export function differenceOf(
  name: string,
  before: Variables,
  after: Variables,
  step?: StepKind,
  node?: string,
): Difference {
  const [was, is] = [before[name] ?? usual(name), after[name] ?? usual(name)];
  return {
    sign: was === undefined ? '+' : is === undefined ? '-' : '~',
    path: pathOf(name, node),
    ...(was === undefined ? {} : { before: inWords(name, was) }),
    ...(is === undefined ? {} : { after: inWords(name, is) }),
    ...(step === undefined ? {} : { step }),
  };
}

/** Names whose values differ, sorted. */
export function namesOf(before: Variables, after: Variables): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter(
    (name) => Object.hasOwn(before, name) !== Object.hasOwn(after, name) || !same(before[name], after[name]),
  );
}
