/** The command itself is stopped or killed. What it started on the controller goes on without it. */
import type { Fault, FaultGroup } from '../../support/faults/fault.ts';

const asked = /answer and are fit/;
const interrupted = { code: [130], as: 'stops, state written' };
const killed = { code: [-1], as: 'is gone' };

const faults: readonly Fault[] = [
  {
    name: 'up-interrupted-before-a-run',
    what: '`up` gets Ctrl-C (SIGINT) when the nodes have been asked and nothing runs yet.',
    when: 'before',
    async inject(ground, up) {
      await ground.says(up, asked);
      up.kill('SIGINT');
    },
    met: interrupted,
  },
  {
    name: 'up-killed-before-a-run',
    what: '`up` gets SIGKILL when the nodes have been asked and nothing runs yet.',
    when: 'before',
    async inject(ground, up) {
      await ground.says(up, asked);
      up.kill('SIGKILL');
    },
    met: killed,
  },
  {
    name: 'up-interrupted-during-a-run',
    what: '`up` gets Ctrl-C (SIGINT) while the playbook is at work.',
    when: 'during',
    inject: async (_ground, up) => up.kill('SIGINT'),
    met: interrupted,
  },
  {
    name: 'up-killed-during-a-run',
    what: '`up` gets SIGKILL while the playbook is at work.',
    when: 'during',
    inject: async (_ground, up) => up.kill('SIGKILL'),
    met: killed,
  },
  {
    name: 'up-interrupted-after-a-run',
    what: '`up` gets Ctrl-C (SIGINT) when the playbook has ended and what comes after it has not.',
    when: 'after',
    inject: async (_ground, up) => up.kill('SIGINT'),
    met: { code: [130, 0], as: 'stops, or had nothing left to do' },
  },
  {
    name: 'up-killed-after-a-run',
    what: '`up` gets SIGKILL when the playbook has ended and what comes after it has not.',
    when: 'after',
    inject: async (_ground, up) => up.kill('SIGKILL'),
    met: killed,
  },
];

export const signals: FaultGroup = { title: 'the command is stopped', faults };
