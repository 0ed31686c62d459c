import type { Finding, FindingClass, Place } from '../../cluster/finding.ts';

export type { Place } from '../../cluster/finding.ts';

/** The value of a variable as the inventory gives it, and where. */
export interface Given {
  /** What Ansible makes of the text; a vault-encrypted part is undefined. */
  readonly value: unknown;
  readonly place: Place;
  /** Some of it is encrypted with ansible-vault. */
  readonly vault: boolean;
}

export type Variables = ReadonlyMap<string, Given>;

/** A finding at a place of the inventory, or (a text) at a field of the stack file that no place is behind. */
export function at(
  where: Place | string,
  cls: FindingClass,
  code: string,
  message: string,
  hint: string,
  reference?: string,
): Finding {
  return {
    code,
    class: cls,
    path: typeof where === 'string' ? where : '',
    message: printable(message),
    hint: printable(hint),
    ...(reference === undefined ? {} : { reference }),
    ...(typeof where === 'string' ? {} : { at: where }),
  };
}

/** Names and values may hold what a terminal would act upon. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '�').toWellFormed();
}

/** The beginning of a file: for what is wrong with all of it. */
export function topOf(file: string): Place {
  return { file, line: 1, column: 1 };
}

/** `group_vars/all/all.yml:12` */
export function placeText({ file, line }: Place): string {
  return `${file}:${line}`;
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
