/**
 * Every node gets a child of the cgroups this process is in, in every hierarchy, and never leaves them: limits that
 * hold for us hold for the lab. Both generations are handled; systemd inside sees only its own part.
 */
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Cgroup {
  /** `-t` of mount(8). */
  readonly type: 'cgroup' | 'cgroup2';
  /** `-o` of mount(8): controllers, or the name of a hierarchy without any; `-` for version 2. */
  readonly options: string;
  /** Where the node mounts it, below its /sys/fs/cgroup; `.` for version 2 alone. */
  readonly mount: string;
  /** The node's own directory, on this machine. */
  readonly dir: string;
}

/**
 * The directories for `name`, from the texts of /proc/self/cgroup and /proc/self/mountinfo. A hierarchy that is not
 * mounted here is left out.
 */
export function planCgroups(name: string, selfCgroup: string, mountinfo: string): Cgroup[] {
  const mounts = parseMounts(mountinfo);
  const only = mounts.every((m) => m.type === 'cgroup2');
  return parseMemberships(selfCgroup).flatMap(({ controllers, path }): Cgroup[] => {
    const type = controllers === '' ? 'cgroup2' : 'cgroup';
    const mount = mounts.find(
      (m) => m.type === type && (controllers === '' || sameControllers(m.options, controllers)),
    );
    if (mount === undefined) return [];
    const dir = join(mount.path, pathBelow(mount.root, path), name);
    if (type === 'cgroup2') return [{ type, options: '-', mount: only ? '.' : 'unified', dir }];
    const hierarchy = controllers.startsWith('name=') ? controllers.slice(5) : undefined;
    const options = hierarchy === undefined ? controllers : `none,${controllers}`;
    return [{ type, options, mount: hierarchy ?? controllers, dir }];
  });
}

/** One line a cgroup, as lab/node/start.sh and init.sh read it. */
export function cgroupTable(cgroups: readonly Cgroup[]): string {
  return cgroups.map((c) => `${c.type} ${c.options} ${c.mount} ${c.dir}\n`).join('');
}

export function planOwnCgroups(name: string): Cgroup[] {
  return planCgroups(name, readFileSync('/proc/self/cgroup', 'utf8'), readFileSync('/proc/self/mountinfo', 'utf8'));
}

/** Removes directories of ours with everything below, once nothing runs in them; waits up to 5 s for the kernel. */
export async function removeCgroups(dirs: readonly string[]): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (const dir of dirs) {
    while (!removeTree(dir)) {
      if (Date.now() > deadline) throw new Error(`cgroup ${dir} still holds processes`);
      await sleep(20);
    }
  }
}

/** False where a directory is still in use. Files in a cgroup cannot be removed and need not be. */
function removeTree(dir: string): boolean {
  if (!existsSync(dir)) return true;
  try {
    const children = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    if (!children.every((child) => removeTree(join(dir, child.name)))) return false;
    rmdirSync(dir);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return true;
    if (code === 'EBUSY' || code === 'ENOTEMPTY') return false;
    throw error;
  }
}

/** `9:name=systemd:/`, `4:memory:/user.slice`, `0::/` */
function parseMemberships(text: string): { controllers: string; path: string }[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    return match?.[1] === undefined || match[2] === undefined ? [] : [{ controllers: match[1], path: match[2] }];
  });
}

/** `36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices` */
function parseMounts(text: string): { type: 'cgroup' | 'cgroup2'; root: string; path: string; options: string[] }[] {
  return text.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    const [, , , root, path] = before?.split(' ') ?? [];
    const [type, , options] = after?.split(' ') ?? [];
    if (root === undefined || path === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    return [{ type, root, path, options: options?.split(',') ?? [] }];
  });
}

/** What of `path` is below the part of the hierarchy that is mounted; nothing where it is elsewhere. */
function pathBelow(root: string, path: string): string {
  if (root === '/') return path;
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : '/';
}

function sameControllers(options: readonly string[], controllers: string): boolean {
  return controllers.split(',').every((controller) => options.includes(controller));
}
