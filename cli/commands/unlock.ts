/** `calispray unlock`: lifts a lock that its holder cannot lift any more. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../cluster/finding.ts';
import { describeLock, judgeLock, type Lock } from '../engine/locks.ts';
import { declare, open, prepare, type StackOptions } from '../open.ts';
import { exitCodes, terminal } from '../report.ts';

export default async function unlock(options: StackOptions & { force?: boolean }): Promise<number> {
  const declared = await declare(options);
  const { backend, session, project, file } = await open(await prepare(declared, terminal.out, false));
  const locks = backend.url.startsWith('file:///') ? locksIn(fileURLToPath(backend.url), project.name, file.stack) : [];
  if (locks.length === 0 && backend.kind !== 'user') {
    terminal.out(`Stack ${file.stack} is not locked.`);
    return exitCodes.done;
  }
  const atWork = locks.find((lock) => judgeLock(lock) !== 'dead');
  if (options.force !== true && (atWork !== undefined || locks.length === 0)) {
    const holder = atWork === undefined ? 'a run that only the backend knows' : describeLock(atWork);
    throw UserError.of(
      'lock-alive',
      '',
      `the lock of stack ${file.stack} is held by ${holder}, which may be at work`,
      'stop that run with Ctrl-C and wait for it; --force lifts the lock all the same, and two runs at once lose the state',
    );
  }
  await session.cancel();
  terminal.out(locks.length === 0 ? 'The lock is lifted.' : `Lifted: ${locks.map(describeLock).join('; ')}.`);
  return exitCodes.done;
}

/** The lock files of a file backend (pulumi 3.259.0 pkg/backend/diy/lock.go: locks/<organization/project/stack>/<id>.json). */
function locksIn(backend: string, project: string, stack: string): Lock[] {
  const dir = join(backend, '.pulumi', 'locks', 'organization', project, stack);
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const { pid, username, hostname, timestamp } = JSON.parse(readFileSync(join(dir, name), 'utf8')) as Record<
        string,
        string
      >;
      return {
        url: join(dir, name),
        user: username ?? '',
        host: hostname ?? '',
        pid: Number(pid),
        since: new Date(timestamp ?? ''),
      };
    });
}
