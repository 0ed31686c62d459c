/** What the lab needs of this machine, each named clearly before anything is made. */
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Finding, UserError } from '../cluster/finding.ts';
import { planOwnCgroups } from './cgroups.ts';
import { CommandError, run } from './command.ts';
import type { NodeMounts } from './host.ts';

const overlayMagic = 0x794c7630; // OVERLAYFS_SUPER_MAGIC, include/uapi/linux/magic.h
/** Capability numbers of include/uapi/linux/capability.h. */
const capabilities = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21, CAP_MKNOD: 27 };
const withoutLab = '`npm run preview -- --stack dev` needs neither root nor nodes';

/** Throws unless this process may make namespaces, mounts and devices. */
export function requireRoot(uid = process.getuid?.(), status = readFileSync('/proc/self/status', 'utf8')): void {
  if (uid !== 0) {
    throw UserError.of(
      'lab-needs-root',
      '',
      'the lab makes hosts out of network namespaces on this machine, and only root may do that',
      `run the same command with \`sudo\`; ${withoutLab}`,
    );
  }
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const missing = Object.entries(capabilities).filter(([, bit]) => !((effective >> BigInt(bit)) & 1n));
  if (missing.length === 0) return;
  throw UserError.of(
    'lab-needs-capabilities',
    '',
    `root has no ${missing.map(([name]) => name).join(', ')} here, as in a container that is not privileged`,
    `run it on a machine or in a privileged container; ${withoutLab}`,
  );
}

/** Throws with every part of kernel, tools and file system that is missing, not just the first. */
export async function requireMachine(dir: string, mounts: NodeMounts): Promise<void> {
  const findings = [...missingTools(), ...missingSetUp(mounts), ...unfitFileSystem(dir), ...missingCgroups()];
  if (findings.length === 0) findings.push(...(await missingKernelParts()));
  if (findings.length > 0) throw new UserError(findings);
}

function missingTools(): Finding[] {
  const packages: Record<string, string> = {
    ip: 'iproute2',
    unshare: 'util-linux',
    nsenter: 'util-linux',
    flock: 'util-linux',
    mount: 'mount',
    umount: 'mount',
    tar: 'tar',
  };
  return Object.entries(packages)
    .filter(([tool]) => !isOnPath(tool))
    .map(([tool, name]) =>
      refused(
        'missing-tool',
        '',
        `\`${tool}\` is not on PATH`,
        `\`apt-get install ${name}\`, or the package that has it`,
      ),
    );
}

function missingSetUp(mounts: NodeMounts): Finding[] {
  const parts = [
    ['base image for the nodes', join(mounts.base, 'usr/sbin/sshd')],
    ['programs for the nodes', mounts.bin],
    ['custom resource definitions', mounts.crds],
  ] as const;
  return parts
    .filter(([, path]) => !existsSync(path))
    .map(([what, path]) => refused('missing-set-up', '', `the ${what} is not there (${path})`, 'run `npm run setup`'));
}

/** The kernel refuses an overlay's upper layer on an overlay. */
function unfitFileSystem(dir: string): Finding[] {
  let there = dir;
  while (!existsSync(there)) there = dirname(there);
  if (statfsSync(there).type !== overlayMagic) return [];
  const message = `${dir} lies on an overlay file system, where the nodes' disks cannot be (an overlay on an overlay)`;
  return [
    refused(
      'lab-on-overlay',
      'CALISPRAY_STATE',
      message,
      'set CALISPRAY_STATE to a folder on ext4, xfs, btrfs or tmpfs',
    ),
  ];
}

function missingCgroups(): Finding[] {
  if (planOwnCgroups('any').length > 0) return [];
  return [
    refused(
      'missing-kernel-part',
      '',
      'no cgroup file system is mounted',
      'mount one: `mount -t cgroup2 cgroup2 /sys/fs/cgroup`',
    ),
  ];
}

/** Tries each part where nothing can come of it: in namespaces that end with the try. */
async function missingKernelParts(): Promise<Finding[]> {
  const tries: Record<string, string> = {
    overlay:
      'mount -t tmpfs t /mnt && cd /mnt && mkdir l u w m && mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m',
    veth: 'ip link add name one type veth peer name other',
    bridge: 'ip link add name one type bridge',
  };
  const findings = await Promise.all(
    Object.entries(tries).map(async ([part, script]) => {
      try {
        await run('unshare', ['--mount', '--net', 'sh', '-c', script]);
        return [];
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        const message = `this kernel has no ${part} (${error.output.split('\n').at(-1) || error.message})`;
        return [
          refused(
            'missing-kernel-part',
            '',
            message,
            `\`modprobe ${part}\`, or use a kernel that has it; ${withoutLab}`,
          ),
        ];
      }
    }),
  );
  return findings.flat();
}

function isOnPath(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function refused(code: string, path: string, message: string, hint: string): Finding {
  return { code, class: 'refused', path, message, hint };
}
