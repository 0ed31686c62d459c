/**
 * A node's disk: the overlay's upper layer over the shared base image. Made once, in full, and then moved to its place;
 * it survives a restart of the node.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import ssh2 from 'ssh2';
import { run } from './command.ts';
import { readIfThere } from './state.ts';
import { hostsFile, type Machine, sudoer } from './topology.ts';

const sudoerId = 1000;
const ours = (name: string) => readFileSync(new URL(`node/${name}`, import.meta.url), 'utf8');

/** Type, length and 32 bytes of key in OpenSSH's wire format: 4 + 11 + 4 + 32. */
const wholeKey = 51;

/** A throwaway key pair in OpenSSH's own format; `public` is `ssh-ed25519 AAAA…` without comment. */
export function makeKey(comment: string): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    const [type, key = ''] = pair.public.trim().split(/\s+/);
    // ssh2 1.17.0 lib/keygen.js:291 drops leading zero bytes: one key in 256 is too short, and OpenSSH cannot load it.
    if (Buffer.from(key, 'base64').length === wholeKey) return { private: pair.private, public: `${type} ${key}` };
  }
}

/** Type and key of a public key line, without its comment. */
export function publicPart(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}

/** The node's host key, as `makeDisk` recorded it outside the disk; undefined where there is no disk yet. */
export function hostKeyOf(dir: string): string | undefined {
  return readIfThere(join(dir, 'host_key.pub'))?.trim();
}

/** Makes `dir` with the layers and what distinguishes this node from the base image. `authorized`: root's public key. */
export async function makeDisk(dir: string, node: Machine, base: string, authorized: string): Promise<void> {
  const half = `${dir}.half`;
  rmSync(half, { recursive: true, force: true });
  for (const layer of ['upper', 'work', 'lower', 'root']) mkdirSync(join(half, layer), { recursive: true });
  chmodSync(join(half, 'upper'), 0o755);

  const key = makeKey(node.name);
  writeFileSync(join(half, 'host_key.pub'), `${key.public}\n`);
  const disk = writer(join(half, 'upper'));
  disk.file('etc/ssh/ssh_host_ed25519_key', key.private, 0o600);
  disk.file('etc/ssh/ssh_host_ed25519_key.pub', `${key.public} ${node.name}\n`);
  disk.file('etc/ssh/sshd_config.d/lab.conf', ours('sshd.conf'));
  disk.file('etc/hostname', `${node.name}\n`);
  disk.file('etc/hosts', hostsFile());
  disk.file('etc/resolv.conf', ours('resolv.conf'));
  disk.file('etc/machine-id', `${randomBytes(16).toString('hex')}\n`, 0o444);
  disk.folder('root', 0o700);
  disk.folder('root/.ssh', 0o700);
  disk.file('root/.ssh/authorized_keys', `${authorized}\n`, 0o600);
  addSudoer(disk, base, authorized);
  disk.folder('opt/calispray-lab/bin');
  disk.folder('opt/calispray-lab/crds');
  for (const unit of entries(ours('masked-units'))) disk.link(`etc/systemd/system/${unit}`, '/dev/null');
  for (const name of entries(ours('masked-generators')))
    disk.link(`etc/systemd/system-generators/${name}`, '/dev/null');
  for (const unit of entries(ours('disabled-units'))) {
    // The link itself counts: where it leads is a path of the node, not of this machine.
    if (lstatSync(join(base, unit), { throwIfNoEntry: false }) !== undefined) await disk.whiteout(unit);
  }
  renameSync(half, dir);
}

/** A user as a real machine has one: own home, the same key, `sudo` without a password. */
function addSudoer(disk: DiskWriter, base: string, authorized: string): void {
  const id = sudoerId;
  const append = (path: string, line: string, mode: number) =>
    disk.file(path, `${readFileSync(join(base, path), 'utf8').trimEnd()}\n${line}\n`, mode, groupOfShadow(path));
  append('etc/passwd', `${sudoer}:x:${id}:${id}::/home/${sudoer}:/bin/bash`, 0o644);
  append('etc/group', `${sudoer}:x:${id}:`, 0o644);
  append('etc/shadow', `${sudoer}:*:19700:0:99999:7:::`, 0o640); // `!` would mean locked, and sshd refuses those
  append('etc/gshadow', `${sudoer}:!::`, 0o640);
  disk.file(`etc/sudoers.d/${sudoer}`, `${sudoer} ALL=(ALL) NOPASSWD: ALL\n`, 0o440);
  disk.folder(`home/${sudoer}`, 0o755, id);
  disk.folder(`home/${sudoer}/.ssh`, 0o700, id);
  disk.file(`home/${sudoer}/.ssh/authorized_keys`, `${authorized}\n`, 0o600, { user: id, group: id });
}

/** Debian: root:shadow, and shadow is 42 (base-passwd). */
function groupOfShadow(path: string): { user: number; group: number } {
  return { user: 0, group: path.endsWith('shadow') ? 42 : 0 };
}

type DiskWriter = ReturnType<typeof writer>;

/** Writes below an upper layer with modes and owners as said, whatever the umask. */
function writer(upper: string) {
  const place = (path: string) => {
    const full = join(upper, path);
    for (const folder of foldersAbove(path)) {
      const at = join(upper, folder);
      if (existsSync(at)) continue;
      mkdirSync(at);
      chmodSync(at, 0o755);
    }
    return full;
  };
  return {
    folder(path: string, mode = 0o755, owner = 0) {
      const full = place(path);
      mkdirSync(full, { recursive: true });
      chmodSync(full, mode);
      chownSync(full, owner, owner);
    },
    file(path: string, text: string, mode = 0o644, owner = { user: 0, group: 0 }) {
      const full = place(path);
      writeFileSync(full, text);
      chmodSync(full, mode);
      chownSync(full, owner.user, owner.group);
    },
    link(path: string, target: string) {
      symlinkSync(target, place(path));
    },
    /** Hides a file of the base image: overlayfs takes a character device 0/0 for "removed". */
    async whiteout(path: string) {
      await run('mknod', [place(path), 'c', '0', '0']);
    },
  };
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.unshift(folder);
  return folders;
}

/** The lines of a list file that are neither empty nor a comment. */
function entries(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
