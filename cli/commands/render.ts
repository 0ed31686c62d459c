/** `calispray render`: kubespray's inventory as files, for those who want to read it or run kubespray by hand. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Finding, UserError } from '../../cluster/finding.ts';
import { exitCodes, terminal } from '../report.ts';
import { type SpecOptions, specified } from './check.ts';

/** What became of a file of the folder. */
interface Changed {
  readonly path: string;
  readonly change: 'new' | 'changed' | 'unchanged' | 'removed';
}

/** What an earlier rendering carries in its second line; extra-vars.json, being JSON, has no room for it. */
const MARK = 'Rendered by Calispray';

/** Writes the folder that `--out` names: what an earlier rendering left there and this one does not have is removed. */
export default async function render(options: SpecOptions & { out: string }): Promise<number> {
  const cluster = await specified(options);
  const { renderInventory, files: names } = await import('../../kubespray/index.ts');
  const { files } = renderInventory(cluster);
  const found = new Map(Object.values(names).map((name) => [name as string, textOf(join(options.out, name))]));
  refuseStrangers(options.out, found, names.extraVars);

  const changes: Changed[] = [];
  for (const [name, old] of found) {
    const path = join(options.out, name);
    const text = files[name];
    if (text !== undefined) write(path, text);
    else if (old !== undefined) rmSync(path);
    if (text !== undefined || old !== undefined) changes.push({ path, change: changeOf(old, text) });
  }
  const others = othersIn(options.out, new Set(found.keys()));
  if (options.json === true) terminal.out(JSON.stringify({ ok: true, files: changes, others }, null, 2));
  else {
    for (const { path, change } of changes) terminal.out(`${path} (${change})`);
    for (const path of others) terminal.out(`${path} is not ours, and Ansible reads it too`);
    const extra = files[names.extraVars] === undefined ? '' : ` -e @${join(options.out, names.extraVars)}`;
    terminal.out(`Run kubespray with: ansible-playbook -b -i ${join(options.out, names.hosts)}${extra} cluster.yml`);
  }
  return exitCodes.done;
}

function changeOf(old: string | undefined, text: string | undefined): Changed['change'] {
  if (text === undefined) return 'removed';
  if (old === undefined) return 'new';
  return old === text ? 'unchanged' : 'changed';
}

/** A file under one of our names that somebody else wrote is somebody's inventory: nothing is overwritten then. */
function refuseStrangers(out: string, found: ReadonlyMap<string, string | undefined>, extraVars: string): void {
  const strangers = [...found].filter(
    ([name, text]) => text !== undefined && !(name === extraVars ? isOurExtraVars(text) : text.includes(MARK)),
  );
  if (strangers.length === 0) return;
  throw new UserError(
    strangers.map(
      ([name]): Finding => ({
        code: 'not-rendered-by-us',
        class: 'refused',
        path: join(out, name),
        message: 'is there, and Calispray did not write it',
        hint: 'Give another folder with --out, or move it away; `calispray import` reads an inventory written by hand.',
      }),
    ),
  );
}

function isOurExtraVars(text: string): boolean {
  try {
    return Object.keys(JSON.parse(text)).every((name) => name === 'calico_wireguard_packages');
  } catch {
    return false;
  }
}

/** group_vars and host_vars that lie beside ours: Ansible merges them. */
function othersIn(out: string, ours: ReadonlySet<string>): string[] {
  return ['group_vars', 'host_vars']
    .flatMap((folder) => filesBelow(out, folder))
    .filter((name) => !ours.has(name))
    .map((name) => join(out, name));
}

function filesBelow(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true })
      .flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        return entry.isDirectory() ? filesBelow(root, name) : [name];
      })
      .sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unwritable(path, error);
  }
}

function write(path: string, text: string): void {
  try {
    makeFolder(dirname(path));
    writeFileSync(path, text);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Not with `recursive`: where a folder takes none, as /proc does, Node v24 tries for ever. */
function makeFolder(dir: string): void {
  if (existsSync(dir)) return;
  if (dirname(dir) !== dir) makeFolder(dirname(dir));
  mkdirSync(dir);
}

function unwritable(path: string, error: unknown): UserError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return UserError.of('out-unwritable', path, `cannot be written (${code})`, 'Give a folder of yours with --out.');
}
