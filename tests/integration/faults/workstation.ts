/** The workstation loses its state, its disk, its cable, or is not the only one. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../lab/command.ts';
import type { Fault, FaultGroup } from '../../support/faults/fault.ts';
import type { Ground } from '../../support/faults/ground.ts';
import { cable } from '../../support/faults/node.ts';

const backendOf = (ground: Ground) => join(ground.calispray.labDir, 'backend');

/** The backend moves to a file system of its own with this much room left, so that its disk can be full without this machine's. */
async function ownFileSystem(ground: Ground): Promise<void> {
  const backend = backendOf(ground);
  const aside = `${backend}.aside`;
  cpSync(backend, aside, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=700', 'tmpfs', backend]);
  cpSync(aside, backend, { recursive: true });
}

/** What the fault left of the state stays the state. */
async function backToTheDisk(ground: Ground): Promise<void> {
  const backend = backendOf(ground);
  const aside = `${backend}.aside`;
  rmSync(join(backend, 'filler'), { force: true });
  rmSync(aside, { recursive: true, force: true });
  cpSync(backend, aside, { recursive: true });
  await run('umount', ['--lazy', backend]);
  rmSync(backend, { recursive: true, force: true });
  cpSync(aside, backend, { recursive: true });
  rmSync(aside, { recursive: true, force: true });
}

function fill(folder: string): void {
  const block = Buffer.alloc(1 << 16);
  for (let written = 0; ; written++) {
    try {
      writeFileSync(join(folder, 'filler'), block, { flag: 'a' });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      assert.ok(written > 0);
      return;
    }
  }
}

const faults: readonly Fault[] = [
  {
    name: 'state-file-lost',
    what: 'The state on the workstation is deleted; the cluster is there.',
    when: 'before',
    async arrange(ground) {
      const backend = backendOf(ground);
      assert.ok(readdirSync(backend, { recursive: true }).length > 0);
      rmSync(backend, { recursive: true });
    },
    met: { code: [0], as: 'adopts the cluster; what runs is the change alone' },
  },
  {
    name: 'backend-disk-full',
    what: 'The disk that holds the state on the workstation fills up while the playbook is at work.',
    when: 'during',
    arrange: ownFileSystem,
    async inject(ground) {
      fill(backendOf(ground));
      ground.release();
    },
    met: { code: [1], says: /state-unwritable.*no space left on device/, as: 'says that there is no space left' },
    heal: backToTheDisk,
  },
  {
    name: 'backend-read-only',
    what: 'The file system that holds the state on the workstation is read-only.',
    when: 'before',
    async arrange(ground) {
      await ownFileSystem(ground);
      await run('mount', ['-o', 'remount,ro', backendOf(ground)]);
    },
    met: {
      code: [1],
      says: /state-unwritable.*read-only file system/,
      as: 'says that the state cannot be written',
    },
    async heal(ground) {
      await run('mount', ['-o', 'remount,rw', backendOf(ground)]);
      await backToTheDisk(ground);
    },
  },
  {
    name: 'two-ups-on-one-workstation',
    what: 'A second `up` is started on the same workstation while the first is in mid-run.',
    when: 'during',
    async inject(ground) {
      const second = await ground.up().ended;
      assert.equal(second.code, 1, second.text);
      assert.match(second.text, /locked by \S+@\S+, process \d+, since .*and it is at work/);
      ground.release();
    },
    met: { code: [0], as: 'goes on undisturbed; the second names who holds the lock' },
  },
  {
    name: 'two-ups-on-two-workstations',
    what: 'A second workstation with a state of its own starts the same `up` while the first is in mid-run.',
    when: 'during',
    async inject(ground) {
      const second = ground.upElsewhere();
      await ground.says(second, /found run \S+ at work since \S+, following it/);
      ground.release();
      const ended = await second.ended;
      assert.equal(ended.code, 0, ended.text);
    },
    met: { code: [0], as: 'both follow the one run' },
  },
  {
    name: 'cable-out-for-seconds',
    what: 'The workstation has no network for five seconds in mid-run.',
    when: 'during',
    async inject(ground) {
      await cable(ground.calispray.lab, 'workstation', 'down');
      await new Promise((wake) => setTimeout(wake, 5000));
      await cable(ground.calispray.lab, 'workstation', 'up');
      ground.release();
    },
    met: { code: [0], as: 'goes on as if nothing had been' },
  },
  {
    name: 'connection-cut',
    what: 'The SSH session from the workstation to the controller is cut in mid-run.',
    when: 'during',
    async inject(ground) {
      // The sshd above each process that a login from there started; what made itself a session of its own lives on.
      await ground.controller.sh(
        `for process in $(grep -l 'SSH_CONNECTION=192.168.4.10 ' /proc/[0-9]*/environ 2> /dev/null); do
           parent=$(sed -n 's/^PPid:\\s*//p' "\${process%/environ}/status" 2> /dev/null) || continue
           case $(cat "/proc/$parent/comm") in sshd*) kill -9 "$parent" ;; esac
         done`,
      );
    },
    met: { code: [1], as: 'ends with an error; the run goes on' },
  },
  {
    name: 'node-down-at-the-start',
    what: 'A node does not answer when `up` begins, and is back later.',
    when: 'before',
    arrange: (ground) => cable(ground.calispray.lab, 'homelab', 'down'),
    met: { code: [1], says: /homelab/, as: 'names the node before anything is touched' },
    heal: (ground) => cable(ground.calispray.lab, 'homelab', 'up'),
  },
  {
    name: 'host-key-changed',
    what: 'A node shows another host key than the declared one.',
    when: 'before',
    arrange: (ground) =>
      ground
        .node('homelab')
        .sh(`cd /etc/ssh && mv ssh_host_ed25519_key old && mv ssh_host_ed25519_key.pub old.pub
        ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key && systemctl restart ssh`)
        .then(() => {}),
    met: { code: [1], says: /host-key-mismatch/, as: 'refuses to connect, before anything is touched' },
    heal: (ground) =>
      ground
        .node('homelab')
        .sh(`cd /etc/ssh && mv old ssh_host_ed25519_key && mv old.pub ssh_host_ed25519_key.pub
        systemctl restart ssh`)
        .then(() => {}),
  },
  {
    name: 'api-server-down',
    what: 'The API server goes down when the turn of the API comes, and is back five seconds later.',
    when: 'after',
    async inject(ground, up) {
      await ground.controller.sh('systemctl stop kube-apiserver');
      await new Promise((wake) => setTimeout(wake, 5000));
      assert.equal(up.over(), false, up.text);
      await ground.controller.sh('systemctl start kube-apiserver');
    },
    met: { code: [0], as: 'waits for the API and goes on' },
  },
];

export const workstation: FaultGroup = { title: 'the workstation and its way to the cluster', faults };
