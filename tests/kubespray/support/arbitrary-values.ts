import fc from 'fast-check';

/** What decides several fields of a spec at once, so that they fit together. */
export interface Shape {
  readonly dual: boolean;
  /** Number of nodes. */
  readonly size: number;
  readonly topology: 'full-mesh' | 'routers' | 'reflectors';
  /** Pools beside the one of kubespray, which take Calico's IPAM and its API server. */
  readonly pools: boolean;
}

/** A value that is left out as often as not. */
export function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

/** A map of a stack file: what is undefined is not written. */
export function written(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record(fields)
    .map((map) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)));
}

/** Nothing: a field that is never written. */
export const absent = fc.constant(undefined);

export const port = fc.integer({ min: 1024, max: 65000 });
export const as = fc.integer({ min: 64512, max: 65534 });

/** Texts that YAML would read as something else if they were not quoted, among others. */
export const text = fc.oneof(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/),
  fc.constantFrom('true', 'false', 'yes', 'off', '1:30', '0o17', '012', '~', '1e3', '2026-01-01', 'null'),
);

/** Up to two peers at addresses and under names of their own: `place` tells those of one list from those of another. */
export function peers(place: number, least: number): fc.Arbitrary<readonly Record<string, unknown>[]> {
  const peer = fc.integer({ min: 1, max: 250 }).chain((last) =>
    written({
      address: fc.constant(`10.0.${place}.${last}`),
      as,
      name: maybe(fc.constant(`peer-${place}-${last}`)),
      filters: maybe(fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { maxLength: 2 })),
      sourceAddress: maybe(fc.constantFrom('node-ip', 'none')),
      allowedLocalAs: maybe(fc.integer({ min: 1, max: 5 })),
    }),
  );
  return fc.uniqueArray(peer, { minLength: least, maxLength: 2, selector: (one) => one.address });
}
