/** Files of resources and of queries: JSON, JSON a line, or YAML of one document or many. They may be large: a cluster's dump is. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { type Finding, UserError } from '../../cluster/finding.ts';
import type { Query } from '../../reachability/index.ts';
import { LAST_PORT } from '../../reachability/ports.ts';
import { nameOf } from '../read.ts';

/** Ten thousand pods in full, or a million queries, are a tenth of it; a string cannot be longer. */
const MOST_BYTES = 400 * 1024 * 1024;

/**
 * Every document of a file; of JSON there is one, unless each line is one.
 * @throws UserError `no-such-file`, `not-a-file`, `unreadable`, `too-large` or `not-yaml` with its line
 */
export function documentsIn(path: string): unknown[] {
  const file = nameOf(path);
  const text = textOf(path, file);
  return asJson(text) ?? asLines(text) ?? asParts(text) ?? asYaml(text, file);
}

/**
 * Queries of a file: a list, a mapping with `queries`, or one a line.
 * @throws UserError as documentsIn, and `no-query` with the place of the first that is none
 */
export function queriesIn(path: string): Query[] {
  const found = documentsIn(path).flatMap((document) => listIn(document, 'queries').map(withoutNulls));
  const wrong = found.findIndex((query) => !isQuery(query));
  if (wrong < 0) return found as Query[];
  const what = `${nameOf(path)}: query ${wrong + 1} is not understood: ${JSON.stringify(found[wrong]).slice(0, 200)}`;
  const hint =
    'A query is {src, dst, proto?, port?, srcPort?, icmpType?, icmpCode?}, as {"src": "ns/pod", "dst": "10.0.0.1", "port": 80}.';
  throw UserError.of('no-query', '', what, hint);
}

function listIn(document: unknown, key: string): unknown[] {
  if (Array.isArray(document)) return document;
  const inside = (document as Record<string, unknown> | null)?.[key];
  return Array.isArray(inside) ? inside : document === null ? [] : [document];
}

/** Many programs write a port that there is none of as null. */
function withoutNulls(query: unknown): unknown {
  if (typeof query !== 'object' || query === null || !Object.values(query).includes(null)) return query;
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null));
}

/** Why a query cannot be asked of any world; undefined of one that can. */
export function troubleIn({ port, srcPort }: Query): string | undefined {
  const wrong = [port, srcPort].find((one) => one !== undefined && (one < 0 || one > LAST_PORT));
  return wrong === undefined ? undefined : `${wrong} is no port: those are from 1 to ${LAST_PORT}`;
}

function isQuery(value: unknown): value is Query {
  if (typeof value !== 'object' || value === null) return false;
  const { src, dst, proto, ...numbers } = value as Record<string, unknown>;
  const isNumber = (key: string) => numbers[key] === undefined || Number.isInteger(numbers[key]);
  return (
    typeof src === 'string' &&
    typeof dst === 'string' &&
    ['undefined', 'string', 'number'].includes(typeof proto) &&
    ['port', 'srcPort', 'icmpType', 'icmpCode'].every(isNumber)
  );
}

function textOf(path: string, file: string): string {
  let descriptor: number;
  try {
    // A named pipe that nobody writes to would keep us waiting otherwise.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw wrong('no-such-file', file, 'does not exist', 'Check the name.');
    throw wrong('unreadable', file, `cannot be read: ${message}`, 'Check who may read it.');
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw wrong('not-a-file', file, 'is a folder, a pipe or a device', 'Name a plain file.');
    if (status.size > MOST_BYTES) {
      throw wrong('too-large', file, `is larger than ${MOST_BYTES / 1024 / 1024} MiB`, 'Ask in several runs.');
    }
    // A mark of byte order, as Windows' editors put it, is no part of the text.
    return readFileSync(descriptor, 'utf8').replace(/^\ufeff/, '');
  } finally {
    closeSync(descriptor);
  }
}

function wrong(code: string, file: string, what: string, hint: string): UserError {
  return UserError.of(code, '', `${file} ${what}`, hint);
}

function asJson(text: string): unknown[] | undefined {
  const value = jsonOf(text);
  return value === undefined ? undefined : [value];
}

/** Undefined where the text is no JSON; no text of JSON says undefined. */
function jsonOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asLines(text: string): unknown[] | undefined {
  return text.startsWith('{') ? allJson(text.split('\n').filter((line) => line.trim() !== '')) : undefined;
}

/** YAML documents that are JSON each, as programs write them, are read a hundred times faster as that. */
function asParts(text: string): unknown[] | undefined {
  return /^\s*(---\s*)?[[{]/.test(text)
    ? allJson(text.split(/^---[ \t]*$/m).filter((part) => part.trim() !== ''))
    : undefined;
}

function allJson(texts: readonly string[]): unknown[] | undefined {
  const values: unknown[] = [];
  for (const part of texts) {
    const value = jsonOf(part);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function asYaml(text: string, file: string): unknown[] {
  const parsed = parseAllDocuments(text, { merge: true, prettyErrors: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    throw new UserError(
      errors.slice(0, 3).map((error): Finding => {
        const before = text.slice(0, error.pos[0]).split('\n');
        const at = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
        return { code: 'not-yaml', class: 'refused', path: '', message: error.message, hint: 'Mend this line.', at };
      }),
    );
  }
  return documents.map((document) => document.toJS({ maxAliasCount: 1000 })).filter((value) => value !== null);
}
