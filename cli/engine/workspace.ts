/**
 * The folder the engine works in: a copy of Pulumi.yaml and of the stack's file outside the checkout. The engine writes the salt of the
 * passphrase into the stack's file; a checkout that changes with every first preview would ask to be committed.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { UserError } from '../../cluster/finding.ts';
import type { Levels } from '../../policies/levels.ts';
import { labDir, stateDir } from '../places.ts';
import type { Project, StackFile } from '../project.ts';
import type { Backend } from './backend.ts';

/** One folder for each stack of each backend: the salt that is kept there belongs to a passphrase, and that to a backend. */
export function workDirOf(backend: Backend, project: Project, file: StackFile): string {
  if (backend.kind === 'lab') return join(labDir(), 'work');
  const url = createHash('sha256').update(backend.url).digest('hex').slice(0, 8);
  return join(stateDir(), 'work', backend.kind === 'user' ? `user-${url}` : backend.kind, project.name, file.stack);
}

/**
 * Prepares `dir` and gives it back. `backendUrl` is where a file backend's state, and in it the salt, may lie; one that a full disk
 * left half written is the one before it again, and `say` told so.
 * @throws UserError where there is no whole one
 */
export function prepareWorkspace(
  dir: string,
  project: Project,
  file: StackFile,
  backendUrl: string,
  say: (line: string) => void = () => {},
): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeWhole(join(dir, 'Pulumi.yaml'), withoutMain(project.text));
  const target = join(dir, `Pulumi.${file.stack}.yaml`);
  const salt = saltOfState(backendUrl, project.name, file.stack, say) ?? saltOf(readIfThere(target));
  writeWhole(target, withSalt(file.text, salt));
  return dir;
}

/** The levels as the file that the engine's `--policy-pack-config` reads; gives its path back. */
export function writeLevels(dir: string, levels: Levels): string {
  const path = join(dir, 'policy-levels.json');
  writeWhole(path, `${JSON.stringify(levels, null, 2)}\n`);
  return path;
}

/** `main:` names a file of the checkout; the engine would look for it in the work folder, and the program is ours to run. */
function withoutMain(text: string): string {
  const document = parseDocument(text);
  document.delete('main');
  return document.toString();
}

/** The stack's file with `salt`, unless it brings its own, or keeps its secrets another way. */
export function withSalt(text: string, salt: string | undefined): string {
  if (salt === undefined || /^(encryptionsalt|secretsprovider):/m.test(text)) return text;
  return `${text}${text.endsWith('\n') || text === '' ? '' : '\n'}encryptionsalt: ${salt}\n`;
}

export function saltOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /^encryptionsalt: *(\S+) *$/m.exec(text)?.[1];
}

/** `secretsprovider:` of a stack's file. */
export function secretsProviderOf(text: string): string | undefined {
  const provider = parseDocument(text).get('secretsprovider');
  return typeof provider === 'string' ? provider : undefined;
}

/** A file backend's state names the salt it was made with; that one is right even where the work folder was lost. */
function saltOfState(
  backendUrl: string,
  project: string,
  stack: string,
  say: (line: string) => void,
): string | undefined {
  if (!backendUrl.startsWith('file:///')) return undefined;
  const path = join(fileURLToPath(backendUrl), '.pulumi', 'stacks', project, `${stack}.json`);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const provider = (parsed(text) ?? stateBefore(path, stack, say)).checkpoint?.latest?.secrets_providers;
  return provider?.type === 'passphrase' ? provider.state?.salt : undefined;
}

/**
 * On a disk that fills up, the engine puts what it could write of the state in the place of the whole one (gocloud.dev
 * blob/blob.go, WriteAll: the writer is closed, and so renamed, after a failed write). It has copied that one first.
 */
function stateBefore(path: string, stack: string, say: (line: string) => void): State {
  const before = parsed(readIfThere(`${path}.bak`) ?? '');
  if (before === undefined) {
    throw UserError.of(
      'state-torn',
      '',
      `the state of stack ${stack} is half a file: ${path}`,
      'move it away: the next `up` adopts the cluster, of which the controller has a record',
    );
  }
  copyFileSync(`${path}.bak`, `${path}.whole`);
  renameSync(`${path}.whole`, path);
  say(`The state of stack ${stack} was half written, as on a full disk: the one before it is taken.`);
  return before;
}

function parsed(text: string): State | undefined {
  try {
    return JSON.parse(text) as State;
  } catch {
    return undefined;
  }
}

interface State {
  checkpoint?: { latest?: { secrets_providers?: { type?: string; state?: { salt?: string } } } };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeWhole(path: string, text: string): void {
  if (readIfThere(path) === text) return;
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, path);
}
