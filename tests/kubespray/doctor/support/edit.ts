/** A healthy cluster with something changed: what a world of tests/kubespray/doctor/worlds/ is written as. */
import type { Evidence } from '../../../../kubespray/doctor/index.ts';
import { type Healthy, healthy } from './healthy.ts';

export interface Written {
  readonly base: Healthy;
  readonly edits: readonly Edit[];
}

/** What is at the place, or at all places that the last but one step matches: replaced, merged with, appended to, or taken away. */
interface Edit {
  /** Keys; `*` is every entry, and an object every entry of a list that has all of it. */
  readonly at: readonly (string | number | Readonly<Record<string, unknown>>)[];
  readonly to?: unknown;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly add?: readonly unknown[];
  readonly remove?: true;
}

export function evidenceOf({ base, edits }: Written): Evidence {
  const evidence = structuredClone(healthy(base));
  for (const edit of edits) {
    const done = apply(evidence as unknown as Values, edit, edit.at);
    if (done === 0) throw new Error(`${JSON.stringify(edit.at)} is nowhere in the base`);
  }
  return evidence;
}

type Values = Record<string, unknown>;

/** How many places were changed. */
function apply(value: Values, edit: Edit, [step, ...rest]: Edit['at']): number {
  const keys = keysOf(value, step as Edit['at'][number], 'to' in edit);
  if (rest.length > 0) {
    return keys.reduce((sum, key) => {
      const inner = value[key];
      return typeof inner === 'object' && inner !== null ? sum + apply(inner as Values, edit, rest) : sum;
    }, 0);
  }
  for (const key of keys.toReversed()) {
    if (edit.remove === true) {
      if (Array.isArray(value)) value.splice(Number(key), 1);
      else delete value[key];
    } else if (edit.with !== undefined) value[key] = { ...(value[key] as Values), ...edit.with };
    else if (edit.add !== undefined) value[key] = [...(value[key] as unknown[]), ...edit.add];
    else value[key] = edit.to;
  }
  return keys.length;
}

/** What is not there can be written, and neither changed nor taken away. */
function keysOf(value: Values, step: Edit['at'][number], creates: boolean): string[] {
  if (step === '*') return Object.keys(value);
  if (typeof step !== 'object') return String(step) in value || creates ? [String(step)] : [];
  return Object.keys(value).filter((key) => {
    const entry = value[key] as Values;
    return Object.entries(step).every(([name, wanted]) => entry?.[name] === wanted);
  });
}
