/** Where the labs of the tests have their disks: in memory where there is plenty, since the disks are thrown away. */
import { mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
/** What the disks of a few labs take, each 0.7 GiB once Ansible is installed on its controller. */
const enough = 6 * 2 ** 30;
const tmpfs = 0x01021994;

/** A new folder of the test's own, `PREFIX` and six characters; the test removes it. */
export function labFolder(prefix: string): string {
  return mkdtempSync(join(hasRoom() ? memory : tmpdir(), prefix));
}

function hasRoom(): boolean {
  try {
    const mount = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === memory);
    const { type, bsize, bavail } = statfsSync(memory);
    const [, free = '0'] = /^MemAvailable: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    const executes = mount !== undefined && !mount.split(' ')[3]?.split(',').includes('noexec');
    return type === tmpfs && executes && bsize * bavail > enough && Number(free) * 1024 > enough;
  } catch {
    return false; // a system without /dev/shm or /proc
  }
}
