/** Looks programs up as the shell does, without starting one. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** System directories are searched last: a user's PATH may lack `sbin`, where `ip` and `chroot` can lie. */
const systemDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Absolute path of the first executable file of this name on PATH, or undefined. */
export function which(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const directories = [
    ...(environment.PATH ?? '').split(':').filter((entry) => entry.startsWith('/')),
    ...systemDirectories,
  ];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
