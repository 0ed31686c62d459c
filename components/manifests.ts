/** Reads the files of `policies.manifests`, for the program and for the command line alike: what they say is judged where the stack is. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Manifests, manifestPathsIn, type Unread } from '../cluster/index.ts';
import { decoded } from '../cluster/text.ts';

/** All of a stack's together: ten thousand policies are less. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * What the manifests say that `value`, a stack's `calispray:cluster`, points to: for `parseCluster(value, { manifests })`. `folder` is where
 * relative paths begin: that of the project. What cannot be read is in it with the reason, which the parser tells with the stack's field.
 */
export function readManifests(value: unknown, folder: string): Manifests {
  const found = new Map<string, string | Unread>();
  let left = MOST_BYTES;
  const take = (name: string) => {
    const read = reading(name, () => textOf(resolve(folder, name), left));
    left -= typeof read === 'string' ? Buffer.byteLength(read) : 0;
    found.set(name, read);
  };
  for (const path of manifestPathsIn(value)) {
    const files = reading(path, () => filesOf(path, resolve(folder, path)));
    if (Array.isArray(files)) files.forEach(take);
    else found.set(path, files);
  }
  return Object.fromEntries(found);
}

/** The file itself; of a folder what lies right in it, by the names that the stack gives them. */
function filesOf(path: string, place: string): string[] {
  if (path === '') return [];
  const inside = entriesOf(place);
  if (inside === undefined) return [path];
  const names = inside.filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  return names.map((name) => `${path.replace(/\/+$/, '')}/${name}`);
}

/** Undefined where it is no folder. */
function entriesOf(place: string): string[] | undefined {
  try {
    return readdirSync(place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function textOf(place: string, most: number): string {
  // A named pipe that nobody writes to would keep us waiting otherwise.
  const descriptor = openSync(place, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw refused('not-a-file', 'is a folder, a pipe or a device', 'Name a plain file.');
    if (status.size > most) {
      const hint = 'Keep policies alone in them.';
      throw refused('too-large', `makes the manifests larger than ${MOST_BYTES / 1024 / 1024} MiB`, hint);
    }
    const read = decoded(readFileSync(descriptor));
    if ('problem' in read) throw refused(read.problem.code, `is no text: ${read.problem.message}`, read.problem.hint);
    return read.text;
  } finally {
    closeSync(descriptor);
  }
}

/** Carries why a file is refused, without its name. */
class Refused extends Error {
  readonly unread: Unread;

  constructor(unread: Unread) {
    super(unread.message);
    this.unread = unread;
  }
}

function refused(code: string, message: string, hint: string): Refused {
  return new Refused({ code, message, hint });
}

/** What `read` gives, or why it gives nothing. */
function reading<T>(name: string, read: () => T): T | Unread {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return { ...error.unread, message: `${name} ${error.unread.message}` };
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const hint =
        'Check the name: a relative one begins at the folder of the project, with --spec FILE at that of the file.';
      return { code: 'no-such-file', message: `${name} does not exist`, hint };
    }
    return { code: 'unreadable', message: `${name} cannot be read: ${message}`, hint: 'Check who may read it.' };
  }
}
