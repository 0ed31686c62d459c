/** A stack as a revision of the repository has it: its file and its manifests, by `git show`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import type { Manifests } from '../../cluster/policies/manifests.ts';
import { isRecord } from '../../cluster/raw.ts';
import { readYaml } from '../../cluster/yaml.ts';
import { CLUSTER_KEY, findProject, located } from '../project.ts';

/** As a stack's file at most is. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * @param revision as git takes it: `main`, `v1.2`, `HEAD~3`, a commit
 * @throws UserError `no-revision`, `not-in-revision`, and as the file itself would be refused, with the revision in its name
 */
export async function clusterAt(stack: string, revision: string, cwd?: string): Promise<Cluster> {
  const { dir } = findProject(cwd);
  if (!/^[A-Za-z0-9_.-]+$/.test(stack)) {
    throw UserError.of('unknown-stack', '', `${stack} is no name of a stack`, 'Name one as in Pulumi.NAME.yaml.');
  }
  const commit = await commitOf(dir, revision);
  const name = `Pulumi.${stack}.yaml`;
  const text = await show(dir, commit, name);
  if (text === undefined) {
    const what = `${name} is not in ${revision}`;
    throw UserError.of('not-in-revision', '', what, 'Name a revision that has the stack already.');
  }
  const file = `${name}@${revision}`;
  const read = readYaml(text, file);
  if (!read.ok) throw new UserError(read.findings);
  const { source } = read;
  const config = isRecord(source.value.config) ? source.value.config : {};
  const value = config[CLUSTER_KEY];
  if (value === undefined) {
    throw UserError.of('no-cluster', CLUSTER_KEY, `${file} declares no cluster`, 'Name a revision that has one.');
  }
  const [{ parseCluster }, { manifestPathsIn }] = await Promise.all([
    import('../../cluster/index.ts'),
    import('../../cluster/policies/manifests.ts'),
  ]);
  const parsed = parseCluster(value, { manifests: await manifestsAt(dir, commit, revision, manifestPathsIn(value)) });
  if (!parsed.ok) throw new UserError(located(parsed.findings, source, `config.${CLUSTER_KEY}`));
  return parsed.cluster;
}

async function manifestsAt(
  dir: string,
  commit: string,
  revision: string,
  paths: readonly string[],
): Promise<Manifests> {
  const found: Record<string, string | Exclude<Manifests[string], string>> = {};
  for (const path of paths) {
    const files = await filesBelow(dir, commit, path);
    if (files.length === 0) {
      const message = `${path} is not in ${revision}`;
      found[path] = { code: 'no-such-file', message, hint: 'Add the manifest to the commit that names it.' };
    }
    for (const file of files) found[file] = (await show(dir, commit, file)) ?? '';
  }
  return found;
}

/** The file itself, or what lies right in the folder, by the names that the stack gives them. */
async function filesBelow(dir: string, commit: string, path: string): Promise<string[]> {
  const folder = path.replace(/\/+$/, '');
  const out = await git(dir, ['ls-tree', '-z', commit, '--', `./${folder}`]);
  const entry = (out ?? '').split('\0')[0] ?? '';
  if (/^\d+ blob /.test(entry)) return [path];
  if (!/^\d+ tree /.test(entry)) return [];
  const inside = (await git(dir, ['ls-tree', '-z', '--name-only', commit, '--', `./${folder}/`])) ?? '';
  return inside
    .split('\0')
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .map((name) => `${folder}/${name.split('/').at(-1)}`);
}

async function commitOf(dir: string, revision: string): Promise<string> {
  // What begins with a dash would be an option of git.
  const found = revision.startsWith('-')
    ? undefined
    : await git(dir, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (found !== undefined) return found.trim();
  const inside = await git(dir, ['rev-parse', '--git-dir']);
  const what = inside === undefined ? `${dir} is no git repository` : `git knows no revision ${revision}`;
  throw UserError.of(
    'no-revision',
    '',
    what,
    'Fetch it first (`git fetch origin main`), or name another: stack:dev@origin/main.',
  );
}

function show(dir: string, commit: string, path: string): Promise<string | undefined> {
  return git(dir, ['show', `${commit}:./${join(path)}`]);
}

const run = promisify(execFile);

/** What git says; undefined where it says no. */
async function git(dir: string, words: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', ['-C', dir, ...words], { encoding: 'utf8', maxBuffer: MOST_BYTES });
    return stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw UserError.of(
        'no-git',
        '',
        'there is no git on this machine',
        'Install it, or give files in place of a revision.',
      );
    }
    return undefined;
  }
}
