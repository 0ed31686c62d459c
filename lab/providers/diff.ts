import {
  Archive,
  Asset,
  hasSecret,
  isMap,
  type PropertyMap,
  type PropertyValue,
  reveal,
  Secret,
  Unknown,
} from './properties.ts';

export type Path = readonly (string | number)[];
export type ChangeKind = 'add' | 'delete' | 'update';
export interface Change {
  readonly path: Path;
  readonly kind: ChangeKind;
}

/**
 * What changed between two property maps, one entry a leaf: maps by key, lists by position. Absent and null are the same. A value
 * that became secret, or ceased to be, counts as updated even where its content is the same: the state must be rewritten.
 */
export function diffProperties(before: PropertyMap, after: PropertyMap): Change[] {
  return diffValue(before, after, []);
}

function diffValue(before: PropertyValue, after: PropertyValue, path: Path): Change[] {
  const had = before !== undefined && before !== null;
  const has = after !== undefined && after !== null;
  if (!had && !has) return [];
  if (!had) return [{ path, kind: 'add' }];
  if (!has) return [{ path, kind: 'delete' }];
  if (before instanceof Secret || after instanceof Secret) {
    const sameSecrecy = before instanceof Secret && after instanceof Secret;
    return sameSecrecy && same(reveal(before), reveal(after)) ? [] : [{ path, kind: 'update' }];
  }
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => diffValue(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }).flatMap((_, i) => diffValue(before[i], after[i], [...path, i]));
  }
  return same(before, after) ? [] : [{ path, kind: 'update' }];
}

/** Equal in content; an unknown equals nothing, and assets are compared by the hash of what they hold. */
export function same(a: PropertyValue, b: PropertyValue): boolean {
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (a instanceof Secret || b instanceof Secret) {
    return hasSecret(a) === hasSecret(b) && same(reveal(a), reveal(b));
  }
  if (a instanceof Asset || a instanceof Archive || b instanceof Asset || b instanceof Archive) {
    const sameClass =
      (a instanceof Asset && b instanceof Asset) || (a instanceof Archive && b instanceof Archive) ? [a, b] : undefined;
    if (sameClass === undefined) return false;
    const [x, y] = sameClass as [Asset, Asset];
    return x.hash !== undefined && y.hash !== undefined ? x.hash === y.hash : same({ ...x.fields }, { ...y.fields });
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (isMap(a) && isMap(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => (a[key] ?? null) === (b[key] ?? null) || same(a[key] ?? null, b[key] ?? null));
  }
  return a === b;
}

/** A property path as Pulumi writes it: `spec.ingress[0].ports[0].port`, `metadata.labels["kubernetes.io/name"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
