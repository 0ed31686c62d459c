/**
 * A resource's inputs with what a preview cannot know taken apart. The SDK hands out proxies that throw at an unknown
 * value (@pulumi/policy 1.21.0 proxy.js), and unpacks them anew for every policy: here they are walked once.
 */

/** Stands where a variable is known only after the `up`. A template to every rule, and rules do not judge templates. */
export const PLACEHOLDER = '{{ known only after the up }}';

export interface Known {
  /** Plain values, PLACEHOLDER in place of each unknown one. */
  readonly value: Record<string, unknown>;
  /** Where the unknown ones are: `['variables', 'calico_mtu']`. */
  readonly unknown: readonly (readonly string[])[];
}

export function knownIn(inputs: Readonly<Record<string, unknown>>): Known {
  const unknown: string[][] = [];
  return { value: copy(inputs, [], unknown) as Record<string, unknown>, unknown };
}

function copy(value: unknown, path: string[], unknown: string[][]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const each = (key: string): unknown => {
    const here = [...path, key];
    let inner: unknown;
    try {
      inner = (value as Record<string, unknown>)[key];
    } catch (error) {
      if (!isUnknown(error)) throw error;
      unknown.push(here);
      return PLACEHOLDER;
    }
    return copy(inner, here, unknown);
  };
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, i) => each(String(i)));
  return Object.fromEntries(Object.keys(value).map((key) => [key, each(key)]));
}

/** Thrown by the SDK's proxy; its class is not exported. */
export function isUnknown(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === 'UnknownValueError';
}
