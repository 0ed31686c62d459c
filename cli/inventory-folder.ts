/** An inventory's folder as text: the files that Ansible would read, within bounds. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { type Finding, UserError } from '../cluster/finding.ts';
import { decoded, findingsFrom, placesIn } from '../cluster/text.ts';
import { nameOf } from './read.ts';

export interface InventoryFolder {
  readonly dir: string;
  /** The inventory file, where one was named instead of the folder. */
  readonly inventory?: string;
  /** Path inside the folder → text. */
  readonly files: Readonly<Record<string, string>>;
  /** Files that are no text, too large or not to be read; places inside the folder. */
  readonly findings: readonly Finding[];
}

/** Ten thousand nodes, each with its own variables, take less than 3 MiB. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_FILES = 20_000;
const MOST_LEVELS = 8;
/** What runs of kubespray leave there, secrets among it. */
const PASSED_OVER = new Set(['artifacts', 'credentials', 'node_modules']);
const ENDINGS = new Set(['', '.yml', '.yaml', '.json', '.ini']);

/** @throws UserError where there is no such folder or file, or too much in it */
export function readInventoryFolder(path: string): InventoryFolder {
  const found = statOf(path);
  if (found === undefined) {
    throw UserError.of(
      'no-such-folder',
      '',
      `${nameOf(path)} does not exist`,
      "Name the folder of an inventory: kubespray's inventory/NAME.",
    );
  }
  const dir = found.isDirectory() ? path : dirname(path);
  const names = filesIn(dir, found.isDirectory() ? undefined : basename(path));
  const files: Record<string, string> = {};
  const findings: Finding[] = [];
  for (const name of names) {
    const bytes = bytesOf(join(dir, name));
    if (typeof bytes === 'string') {
      findings.push({
        code: 'unreadable',
        class: 'refused',
        path: '',
        message: bytes,
        hint: 'Check who may read it, or move it out of the folder.',
        at: { file: name, line: 1, column: 1 },
      });
      continue;
    }
    const { text, problem } = { problem: undefined, ...decoded(bytes) };
    if (problem === undefined) files[name] = text;
    else findings.push(...findingsFrom([problem], placesIn(text, name)));
  }
  return { dir, ...(found.isDirectory() ? {} : { inventory: basename(path) }), files, findings };
}

/** Those at the top that may be an inventory (or the named one alone), and all below any group_vars and host_vars. */
function filesIn(dir: string, inventory: string | undefined): string[] {
  const names: string[] = [];
  const look = (inside: string, level: number, isVariables: boolean): void => {
    for (const entry of entriesOf(join(dir, inside))) {
      if (entry.startsWith('.') || entry.endsWith('~') || PASSED_OVER.has(entry)) continue;
      const name = inside === '' ? entry : `${inside}/${entry}`;
      const found = statOf(join(dir, name));
      if (found?.isDirectory() === true) {
        if (level < MOST_LEVELS) look(name, level + 1, isVariables || entry === 'group_vars' || entry === 'host_vars');
      } else if (found?.isFile() === true && ENDINGS.has(extname(entry))) {
        if (isVariables || (level === 0 && (inventory === undefined ? mayBeInventory(entry) : entry === inventory)))
          names.push(name);
      }
      if (names.length > MOST_FILES) {
        throw UserError.of(
          'too-large',
          '',
          `${nameOf(dir)} holds more than ${MOST_FILES} files`,
          'Name the folder of one inventory.',
        );
      }
    }
  };
  look('', 0, false);
  return names;
}

function entriesOf(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch (error) {
    throw unreadable(dir, error);
  }
}

/** Undefined where nothing is there, or a link leads nowhere. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return UserError.of('unreadable', '', `${nameOf(path)} cannot be read: ${message}`, 'Check who may read it.');
}

function mayBeInventory(name: string): boolean {
  return extname(name) !== '' || name === 'hosts' || name === 'inventory';
}

/** The bytes, or why there are none. */
function bytesOf(path: string): Uint8Array | string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(descriptor);
    if (size > MOST_BYTES) return `the file is larger than ${MOST_BYTES / 1024 / 1024} MiB`;
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    for (let more = -1; more !== 0 && length < size; length += more) {
      more = readSync(descriptor, bytes, length, size - length, null);
    }
    return bytes.subarray(0, length);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `the file cannot be read: ${message}`;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
