/** Files that people write, read with a bound and without trust: whatever is wrong with one is a finding with its line. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { UserError } from '../cluster/finding.ts';
import { decoded, findingsFrom, placesIn } from '../cluster/text.ts';
import { readYaml, type Source } from '../cluster/yaml.ts';

/** Ten thousand nodes, each with its own variables, take less than 3 MiB. */
const MOST_BYTES = 8 * 1024 * 1024;

export interface Written extends Source {
  /** The file's text, without a byte order mark. */
  readonly text: string;
}

/**
 * A YAML file of keys and values.
 * @throws UserError with every finding; `no-such-file`, `not-a-file`, `unreadable`, `too-large`, `not-utf8` or those of readYaml
 */
export function readYamlFile(path: string): Written {
  const file = nameOf(path);
  const { text, problem } = { problem: undefined, ...decoded(bytesOf(path, file)) };
  if (problem !== undefined) throw new UserError(findingsFrom([problem], placesIn(text, file)));
  const read = readYaml(text, file);
  if (!read.ok) throw new UserError(read.findings);
  return { ...read.source, text };
}

/** As findings name a file: from the present folder where it is inside, so that a terminal can open it. */
export function nameOf(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

function bytesOf(path: string, file: string): Uint8Array {
  let descriptor: number;
  try {
    // A named pipe that nobody writes to would keep us waiting otherwise.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw wrong('not-a-file', file, 'is a folder, a pipe or a device', 'Name a plain file.');
    if (status.size > MOST_BYTES) {
      const most = `${MOST_BYTES / 1024 / 1024} MiB`;
      throw wrong('too-large', file, `is larger than ${most}`, 'Name a file that holds just the cluster.');
    }
    return readFileSync(descriptor);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unreadable(file, error as NodeJS.ErrnoException);
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(file: string, error: NodeJS.ErrnoException): UserError {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return wrong('no-such-file', file, 'does not exist', 'Check the name, and the folder that it is looked for in.');
  }
  return wrong('unreadable', file, `cannot be read: ${error.message}`, 'Check who may read it.');
}

function wrong(code: string, file: string, what: string, hint: string): UserError {
  return UserError.of(code, '', `${file} ${what}`, hint);
}
