/** Resources as they are written, before anything is believed of them: whoever reads a field says what it takes it for. */

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Fields;
    readonly annotations?: Fields;
    readonly deletionTimestamp?: unknown;
  };
  readonly [field: string]: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The value where it is a map, else an empty one. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is a list, else an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value where it is a text, else an empty one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function texts(value: unknown): readonly string[] {
  return list(value).filter((item) => typeof item === 'string');
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A map of texts; numbers and truth values, as YAML makes them of an unquoted `1` or `true`, are written out. */
export function textMap(value: unknown): [string, string][] {
  return Object.entries(fields(value)).map(([key, v]) => [key, v === null ? '' : String(v)]);
}

/** The parts of an apiVersion: the core group is `''`. */
export function groupOf({ apiVersion }: Resource): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
