import type { Finding, FindingClass } from '../../cluster/finding.ts';

/** Where something stands in the inventory: the file's path inside its folder, and the line, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** The value of a variable as the inventory gives it, and where. */
export interface Given {
  /** What Ansible makes of the text; a vault-encrypted part is undefined. */
  readonly value: unknown;
  readonly place: Place;
  /** Some of it is encrypted with ansible-vault. */
  readonly vault: boolean;
}

export type Variables = ReadonlyMap<string, Given>;

/** A finding whose path is the place, `group_vars/all/all.yml:12`. */
export function at(
  place: Place | string,
  cls: FindingClass,
  code: string,
  message: string,
  hint: string,
  reference?: string,
): Finding {
  return { code, class: cls, path: placeText(place), message, hint, ...(reference === undefined ? {} : { reference }) };
}

export function placeText(place: Place | string): string {
  return typeof place === 'string' ? place : `${place.file}:${place.line}`;
}

/** Whether only Ansible can fill it: Jinja in some text of it. */
export function isTemplate(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{') || value.includes('{%');
  if (Array.isArray(value)) return value.some(isTemplate);
  return typeof value === 'object' && value !== null && Object.values(value).some(isTemplate);
}

/** A value as a message shows it: short, on one line. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
