/** A stack file's value while it is made; sections come in the order in which a reader expects them. */
export class Draft {
  readonly #root = new Map<string, unknown>(
    ['apiVersion', 'name', 'kubespray', 'kubernetes', 'ssh', 'nodes', 'network', 'calico', 'felix', 'monitoring'].map(
      (key) => [key, undefined],
    ),
  );

  /** `network.pool.cidr`: the maps on the way are made. */
  set(path: string, value: unknown): void {
    const keys = path.split('.');
    const last = keys.pop() as string;
    let map = this.#root;
    for (const key of keys) {
      const next = map.get(key);
      const inner = next instanceof Map ? next : new Map<string, unknown>();
      map.set(key, inner);
      map = inner;
    }
    map.set(last, value);
  }

  /** The value so far; a copy. */
  value(): Record<string, unknown> {
    return plainOf(this.#root) as Record<string, unknown>;
  }
}

function plainOf(value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(
    [...value].filter(([, part]) => part !== undefined).map(([key, part]) => [key, plainOf(part)]),
  );
}
