/** Where set-up keeps things. Nothing here reads or writes the cache. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The checkout this file lies in. */
export const checkout = resolve(import.meta.dirname, '..');

/** `CALISPRAY_CACHE`, by default `~/.cache/calispray`. Shareable between checkouts and users; survives `down`. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.CALISPRAY_CACHE;
  return named === undefined || named === '' ? join(homedir(), '.cache', 'calispray') : resolve(named);
}

/** Text of a file of this room that decides what is built: `go/pulumi/go.sum`. */
export function recipeFile(path: string): string {
  return readFileSync(join(import.meta.dirname, path), 'utf8');
}

/** Twelve hex digits that change whenever one of the texts changes. */
export function digest(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex').slice(0, 12);
}
