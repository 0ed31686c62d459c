/** The kernel lets a user have so many instances of inotify; systemd on a node needs some, and says nothing where it gets none. */
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { readIfThere } from './state.ts';

const LIMIT = 'fs.inotify.max_user_instances';

/** What the first process of a node and the services beside it open while they start. */
const OF_A_NODE = 8;

/** What to do where so many are in use that a node may not start for it; undefined where there is room, or the kernel has no limit. */
export function watchersWayOut(limit = allowed(), used = inUse()): string | undefined {
  if (used + OF_A_NODE <= limit) return undefined;
  return (
    `${LIMIT} is ${limit}, and root has ${used} in use: systemd on a node cannot start. ` +
    `Raise it (\`sysctl -w ${LIMIT}=${8 * limit}\`) or take another lab down, then \`npx calispray lab down\` and the same command again`
  );
}

function allowed(): number {
  const said = readIfThere(`/proc/sys/${LIMIT.replaceAll('.', '/')}`);
  return said === undefined ? Number.POSITIVE_INFINITY : Number(said);
}

/** Instances that processes of root hold, those in the labs' nodes among them. One that two share is counted twice. */
function inUse(): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .reduce((sum, pid) => sum + heldBy(`/proc/${pid}`), 0);
}

function heldBy(process: string): number {
  try {
    if (statSync(process).uid !== 0) return 0;
    return readdirSync(`${process}/fd`).filter((fd) => targetOf(`${process}/fd/${fd}`) === 'anon_inode:inotify').length;
  } catch {
    return 0; // it has ended
  }
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined; // it was closed
  }
}
