/**
 * The cache: one folder for each part and recipe, complete or not there at all.
 *
 * A part is built in a folder beside its place, under a lock of its own, and renamed into place when it is complete.
 * What a broken-off build left is thrown away by the next one, under the same lock.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Lock, lock } from './lock.ts';

const marker = '.complete';

/** True if the folder was finished: its marker is written last, before the folder gets its name. */
export function isComplete(directory: string): boolean {
  return existsSync(join(directory, marker));
}

export interface Filling {
  /** The folder to fill. It is renamed afterwards: nothing in it may hold its own path. */
  readonly into: string;
  /** The name it will have. */
  readonly place: string;
  readonly lock: Lock;
}

/**
 * Makes `place` complete by calling `fill`, unless it is or another set-up makes it so while we wait.
 * Returns what `fill` returned, or undefined when there was nothing to do. When `fill` throws, nothing is kept.
 */
export async function complete<T>(
  place: string,
  fill: (filling: Filling) => Promise<T>,
  onWait?: () => void,
): Promise<T | undefined> {
  if (isComplete(place)) return undefined;
  const held = await lock(`${place}.lock`, onWait === undefined ? {} : { onWait });
  try {
    if (isComplete(place)) return undefined;
    await sweep(place);
    const into = `${place}.partial-${process.pid}-${Date.now().toString(36)}`;
    mkdirSync(into);
    try {
      const result = await fill({ into, place, lock: held });
      writeFileSync(join(into, marker), `${new Date().toISOString()}\n`);
      renameSync(into, place);
      return result;
    } catch (error) {
      await remove(into);
      throw error;
    }
  } finally {
    held.release();
  }
}

/** Takes away what broken-off builds of this part left, and a folder under its final name that lacks the marker. */
async function sweep(place: string): Promise<void> {
  const parent = dirname(place);
  const name = basename(place);
  for (const entry of readdirSync(parent)) {
    if (entry === name || entry.startsWith(`${name}.partial-`)) await remove(join(parent, entry));
  }
}

/** `--one-file-system`: a broken-off image build can have left a mount, and what is mounted is not ours to delete. */
async function remove(directory: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn('rm', ['-rf', '--one-file-system', '--', directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`cannot remove ${directory}`))));
  });
}
