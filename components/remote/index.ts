import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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

/** The runner's files, name below `~/.calispray/CLUSTER/runner` → text: what `put-runner.py` takes as JSON on standard input. */
export function runnerFiles(): Record<string, string> {
  const names = readdirSync(fileURLToPath(new URL('runner', import.meta.url)), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.(py|yml)$/.test(name)).sort();
  return Object.fromEntries(files.map((name) => [name, read(`runner/${name}`)]));
}

/**
 * What `kubespray-from-git.sh` takes on standard input: the requirements of a release of kubespray, each with its hashes.
 * Empty for one that is not among ours, whose own requirements.txt is then taken.
 */
export function requirementsOf(version: string): string {
  const file = `requirements/${version}.txt`;
  return existsSync(new URL(file, import.meta.url)) ? read(file) : '';
}

/** Lays the runner; prints a digest of what it laid. */
export const layRunnerCommand = (cluster: string): string => remotePython('put-runner.py', [cluster]);

/**
 * Makes sure that one fact of the cluster is carried out: `['release']`, `['settings']`, `['calico']`, `['member', HOST]`,
 * `['peer', PEER]`. Standard input: `{"part": that part of the desired facts, "secrets"?: {…}}`.
 */
export function ensureCommand(cluster: string, fact: readonly string[], become = false): string {
  return call(cluster, 'ensure.py', fact, become);
}

/** Takes a member or a peer away that is declared no more; one that still is, stays: then it is a destroy. */
export function goneCommand(cluster: string, what: 'member' | 'peer', name: string, become = false): string {
  return call(cluster, 'ensure.py', ['gone', what, name], become);
}

/** Takes the whole cluster down: reset.yml. */
export const resetCommand = (cluster: string, become = false): string => call(cluster, 'ensure.py', ['reset'], become);

/** Carries out what is owed though no fact's command was asked for it: a change that was taken back before it had ended. */
export const settleCommand = (cluster: string, become = false): string =>
  call(cluster, 'ensure.py', ['settled'], become);

/** Prints what was last carried out, type Facts, as one line of JSON; `{}` where nothing was. */
export const recordCommand = (cluster: string): string => call(cluster, 'record.py', []);

/** Prints the list of runs; the shapes are in runner/runs.py. */
export const runsCommand = (cluster: string): string => call(cluster, 'runs.py', ['--json']);

/** Prints the events of a run, the one at work by default, until it ends; the shapes are in runner/follow.py. */
export function followCommand(cluster: string, run?: string): string {
  return call(cluster, 'follow.py', [...(run === undefined ? [] : ['--run', run]), '--json']);
}

function call(cluster: string, program: string, words: readonly string[], become = false): string {
  const path = `"$HOME"/.calispray/${quote(cluster)}/runner/${program}`;
  const variables = become ? ['BECOME=true'] : [];
  return [...variables, 'python3', path, quote(cluster), ...words.map(quote)].join(' ');
}
