/** Nodes that fail, and playbooks that print what no log wants. */
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, FaultGroup } from '../../support/faults/fault.ts';
import { type Ground, home } from '../../support/faults/ground.ts';
import { cable } from '../../support/faults/node.ts';

/** A task on the controller that writes into what `ansible-playbook` itself prints, as a plugin gone wild would. */
const printing = (command: string) => `- name: Prints
  ansible.builtin.shell: |
    to=/proc/$(pgrep -o -f bin/ansible-playbook)/fd/1
    { ${command}; } > $to
  run_once: true
  delegate_to: masternode
`;

const newest = async (ground: Ground): Promise<string> => {
  const run = (await ground.runs()).at(-1);
  assert.ok(run !== undefined);
  return `${home}/runs/${run.run}`;
};

const longestLine = async (ground: Ground) => Number(await ground.controller.sh(`wc -L < ${await newest(ground)}/log`));

const newHostKey = (ground: Ground) =>
  ground
    .node('homelab')
    .sh(`cd /etc/ssh && ls ssh_host_ed25519_key.old > /dev/null 2>&1 || cp -p ssh_host_ed25519_key ssh_host_ed25519_key.old
    rm ssh_host_ed25519_key ssh_host_ed25519_key.pub
    ssh-keygen -q -t ed25519 -N '' -C homelab -f ssh_host_ed25519_key
    systemctl restart ssh`);

/** Nobody goes on with a connection of before. */
const closeConnections = (ground: Ground) => ground.controller.sh(`rm -rf ${home}/cp; pkill -x ssh || true`);

const faults: readonly Fault[] = [
  {
    name: 'playbook-fails-on-one-of-three',
    what: 'A task fails on one node of three.',
    when: 'before',
    tasks: `- name: Fails on one
  ansible.builtin.fail: {msg: the disk of homelab is worn out}
  when: inventory_hostname == 'homelab'
`,
    met: {
      code: [1],
      says: /homelab failed, task .*Fails on one.*:\n.*the disk of homelab is worn out[\s\S]*log/,
      as: 'names host, task, message, log and the way on',
    },
  },
  {
    name: 'node-down-for-ansible',
    what: 'A node does not answer the controller when the playbook begins.',
    when: 'before',
    async arrange(ground) {
      await closeConnections(ground);
      await ground.node('homelab').sh('systemctl stop ssh.socket ssh 2> /dev/null || systemctl stop ssh');
    },
    met: { code: [1], says: /homelab unreachable/, as: 'names the node' },
    heal: async (ground) => void (await ground.node('homelab').sh('systemctl start ssh')),
  },
  {
    name: 'node-lost-in-mid-run',
    what: 'The power of a node goes in mid-run; it is back later.',
    when: 'during',
    async inject(ground) {
      await ground.node('homelab').cutPower();
      ground.release();
    },
    met: { code: [1], says: /homelab unreachable/, as: 'names the node' },
    heal: (ground) => ground.mend(),
  },
  {
    name: 'node-without-cable-for-seconds',
    what: 'A node has no network for four seconds in mid-run.',
    when: 'during',
    async inject(ground) {
      await cable(ground.calispray.lab, 'homelab', 'down');
      ground.release();
      await new Promise((wake) => setTimeout(wake, 4000));
      await cable(ground.calispray.lab, 'homelab', 'up');
    },
    met: { code: [0], as: 'goes on when the node is back' },
  },
  {
    name: 'host-key-changed-for-ansible',
    what: 'A node shows the controller another host key than the declared one.',
    when: 'before',
    async arrange(ground) {
      await closeConnections(ground);
      await newHostKey(ground);
    },
    met: { code: [1], says: /homelab unreachable[\s\S]*[Hh]ost key/, as: 'connects to no such node' },
    heal: async (ground) =>
      void (await ground.node('homelab').sh(`cd /etc/ssh && mv ssh_host_ed25519_key.old ssh_host_ed25519_key
        ssh-keygen -y -f ssh_host_ed25519_key > ssh_host_ed25519_key.pub
        systemctl restart ssh`)),
  },
  {
    name: 'node-reinstalled',
    what: 'A node was installed anew: other host key (declared), other machine id; what Ansible remembers is of the old one.',
    when: 'before',
    async arrange(ground) {
      await closeConnections(ground);
      await newHostKey(ground);
      const node = ground.node('homelab');
      await node.sh('tr 0-9a-f 1-9a-f0 < /etc/machine-id > /run/id && cat /run/id > /etc/machine-id');
      const key = node.read('/etc/ssh/ssh_host_ed25519_key.pub').split(' ').slice(0, 2).join(' ');
      const { labDir } = ground.calispray;
      writeFileSync(join(labDir, 'hosts/homelab/host_key.pub'), `${key}\n`);
      await ground.mend();
    },
    met: { code: [0], as: 'asks the node anew' },
    async proof(ground) {
      const remembered = JSON.parse(ground.controller.read(`${home}/facts/homelab`)) as Record<string, unknown>;
      assert.equal(remembered.ansible_machine_id, ground.node('homelab').read('/etc/machine-id').trim());
    },
  },
  {
    name: 'failure-with-1-mib-of-message',
    what: 'A task fails with a message of one line of 1 MiB.',
    when: 'before',
    tasks: `- name: Fails at length
  ansible.builtin.shell: head -c 1048576 /dev/zero | tr '\\\\0' x >&2; exit 1
  run_once: true
`,
    met: { code: [1], says: /^[\s\S]{100,2400}$/, as: 'says it in at most 2 KiB' },
  },
  {
    name: 'lines-of-1-mib',
    what: 'The playbook prints lines of 1 MiB.',
    when: 'before',
    tasks: printing(`for i in 1 2 3 4; do head -c 1048576 /dev/zero | tr '\\0' x; echo; done`),
    met: { code: [0], as: 'cuts the lines of the log' },
    async proof(ground) {
      const longest = await longestLine(ground);
      assert.ok(longest > 8000 && longest < 9000, String(longest));
    },
  },
  {
    name: 'binary-output',
    what: 'The playbook prints 4 MiB of random bytes.',
    when: 'before',
    tasks: printing('head -c 4194304 /dev/urandom'),
    met: { code: [0], as: 'keeps the log readable' },
    async proof(ground) {
      const log = ground.controller.read(`${await newest(ground)}/log`);
      assert.ok(log.length > 1_000_000 && log.includes('PLAY RECAP'));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      assert.doesNotMatch(log, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    },
  },
  {
    name: 'log-of-100-mib',
    what: 'The playbook prints 100 MiB.',
    when: 'before',
    tasks: printing('yes "$(printf %0999d 0)" | head -c 104857600'),
    met: { code: [0], as: 'keeps head and tail of the log' },
    async proof(ground) {
      const log = `${await newest(ground)}/log`;
      const { size } = statSync(ground.controller.place(log));
      assert.ok(size > 60 << 20 && size < 80 << 20, String(size));
      const tail = await ground.controller.sh(
        `tail -c 4000 ${log}; grep -c 'MiB of the log were left out here' ${log}`,
      );
      assert.match(tail, /PLAY RECAP[\s\S]*\n1\n$/);
    },
  },
];

export const nodes: FaultGroup = { title: 'the nodes and the playbook', faults };
