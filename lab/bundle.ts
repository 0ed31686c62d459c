/**
 * kubespray-bundle.tar: what a controller without internet is brought. Same inputs, same bytes (sorted, no times, no
 * owners), and made again only when an input changed. Its digest lies beside it (`.sha256`).
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../cluster/finding.ts';
import { run } from './command.ts';
import { readIfThere, writeAtomically } from './state.ts';

const playbooks = fileURLToPath(new URL('kubespray', import.meta.url));

/** Makes `path` from a folder named kubespray (default lab/kubespray/) and `wheels` (as wheels/). True when it had to be written. */
export async function makeBundle(path: string, wheels: string, kubespray: string = playbooks): Promise<boolean> {
  if (!existsSync(wheels)) {
    throw UserError.of(
      'missing-set-up',
      '',
      `the Python wheels for the controller are not there (${wheels})`,
      'run `npm run setup`',
    );
  }
  const digest = inputsDigest(kubespray, wheels);
  const digestPath = `${path}.inputs`;
  if (existsSync(path) && readIfThere(digestPath) === digest) return false;
  const half = `${path}.${process.pid}.half`;
  const same = [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--format=gnu',
    '--mode=u=rwX,go=rX',
  ];
  const rename = ['--transform=s,^\\.$,wheels,', '--transform=s,^\\./,wheels/,'];
  await run('tar', [
    ...['--create', `--file=${half}`, ...same, ...rename, '--exclude=__pycache__'],
    ...['-C', dirname(kubespray), basename(kubespray), '-C', wheels, '.'],
  ]);
  const content = createHash('sha256').update(readFileSync(half)).digest('hex');
  renameSync(half, path);
  // A preview then knows what the tar is without reading it (components/source.ts).
  writeAtomically(`${path}.sha256`, `${content}\n`);
  writeAtomically(digestPath, digest);
  return true;
}

/** Playbooks count by content. Wheels are checked by hash when they are fetched: name, size and time tell them apart. */
function inputsDigest(kubespray: string, wheels: string): string {
  const hash = createHash('sha256').update('1\n'); // the way of packing; another number makes every bundle anew
  for (const path of filesBelow(kubespray)) {
    const content = readFileSync(join(kubespray, path));
    const executable = (statSync(join(kubespray, path)).mode & 0o111) !== 0;
    hash.update(`${path} ${executable} ${content.length}\n`).update(content);
  }
  for (const path of filesBelow(wheels)) {
    const stat = statSync(join(wheels, path));
    hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}
