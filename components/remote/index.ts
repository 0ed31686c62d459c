import { readFileSync } from 'node:fs';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** One word for a POSIX shell, whatever is in it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The text of a remote command: its parameters as shell variables, then the script. Nothing secret goes in here, since a
 * command's text shows in previews, errors and the node's process list; secrets and long data go through standard input.
 */
export function remoteScript(file: string, variables: Readonly<Record<string, string | number>>): string {
  const header = Object.entries(variables).map(([name, value]) => `${name}=${quote(String(value))}`);
  return [...header, read('lib.sh'), read(file)].join('\n');
}

/** The same for a Python script, which takes its parameters as arguments and leaves standard input to data. */
export function remotePython(file: string, args: readonly string[]): string {
  return ['python3', '-c', quote(read(file)), ...args.map(quote)].join(' ');
}
