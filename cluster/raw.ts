import type { Finding } from './finding.ts';

/** Looking into a value that may be anything: what has the wrong type is empty, as the schema complains of it. */
export type Raw = Record<string, unknown>;

export function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `reference`: where upstream says so. */
export function refused(code: string, path: string, message: string, hint: string, reference?: string): Finding {
  return { code, class: 'refused', path, message, hint, ...(reference === undefined ? {} : { reference }) };
}
