/** Packages of the machine's own Debian, by apt-get: lists brought up to date once, one installation at a time. */
import { readdirSync } from 'node:fs';
import { UserError } from '../../cluster/finding.ts';
import { lastLines } from '../command.ts';
import type { Refusal, Work } from '../part.ts';
import { which } from '../which.ts';
import { diskFull } from './go.ts';

/** The same sentence wherever the lab meets a user who is not root. */
export function withoutRoot(what: string, uid = process.getuid?.()): Refusal | undefined {
  if (uid === 0) return undefined;
  return {
    code: 'setup-no-root',
    message: `The lab needs root: here to ${what}.`,
    hint: 'Run it with `sudo`; `npm run preview -- --stack dev` needs neither root nor nodes.',
  };
}

/** True where `installPackages` has a chance. */
export function canInstall(environment: NodeJS.ProcessEnv): boolean {
  return withoutRoot('') === undefined && which('apt-get', environment) !== undefined;
}

let queue: Promise<void> = Promise.resolve();
let listsAreFresh = false;

/** Throws a UserError that says what the archive did not give. */
export function installPackages(work: Work, packages: readonly string[]): Promise<void> {
  const turn = queue.then(() => install(work, packages));
  queue = turn.catch(() => {});
  return turn;
}

/**
 * Unpacks one package into `directory`, which is there, and installs nothing. `wanted` is a name with its version, whose end may be left
 * open: `prometheus=2.42.0*`. apt checks what it brings against the archive's signature.
 */
export function unpackPackage(work: Work, wanted: string, directory: string): Promise<void> {
  const turn = queue.then(async () => {
    await freshLists(work);
    const fetched = await work.run(['apt-get', '-q', 'download', wanted], { directory });
    if (!fetched.ok) throw aptFailure(wanted, work, fetched.output);
    const files = readdirSync(directory).filter((name) => name.endsWith('.deb'));
    const unpacked = await work.run(['dpkg-deb', '-x', ...files, '.'], { directory });
    if (!unpacked.ok) throw aptFailure(wanted, work, unpacked.output);
  });
  queue = turn.catch(() => {});
  return turn;
}

async function freshLists(work: Work): Promise<void> {
  if (listsAreFresh) return;
  const updated = await work.run(['apt-get', '-q', 'update'], { environment: SILENT });
  if (!updated.ok) throw aptFailure('the package lists', work, updated.output);
  listsAreFresh = true;
}

const SILENT = { DEBIAN_FRONTEND: 'noninteractive' };

async function install(work: Work, packages: readonly string[]): Promise<void> {
  await freshLists(work);
  const flags = ['-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  const installed = await work.run(['apt-get', ...flags, 'install', ...packages], { environment: SILENT });
  if (!installed.ok) throw aptFailure(packages.join(', '), work, installed.output);
}

export function aptFailure(what: string, { log }: Pick<Work, 'log'>, output: string): UserError {
  if (/No space left on device|enough free space/.test(output)) return diskFull(what);
  const refused =
    /Unable to fetch|Failed to fetch|Could not resolve|Unable to locate|Temporary failure|Could not connect/;
  if (refused.test(output)) {
    return UserError.of(
      'setup-registry-refused',
      what,
      `Debian's package archive did not give ${what}: ${lastLines(output, 2)}`,
      'Look at /etc/apt/sources.list and sources.list.d and at the network, then run it again.',
    );
  }
  return UserError.of(
    'setup-apt-failed',
    what,
    `${what} could not be installed: ${lastLines(output)}`,
    `All of it is in ${log}.`,
  );
}
