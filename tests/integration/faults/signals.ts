/** The command itself is stopped or killed. What it started on the controller goes on without it. */
import assert from 'node:assert/strict';
import type { Fault, FaultGroup, Running } from '../../support/faults/fault.ts';
import type { Ground } from '../../support/faults/ground.ts';
import { until } from '../../support/faults/node.ts';

/** One `up` is ended when the nodes have been asked and nothing runs yet, the next one while the playbook is at work. */
async function endTwo(ground: Ground, signal: NodeJS.Signals, code: number): Promise<void> {
  const first = ground.up();
  await ground.says(first, /answer and are fit/);
  first.kill(signal);
  assert.equal((await first.ended).code, code, first.text);

  const second = ground.up();
  await ground.held(second);
  second.kill(signal);
  assert.equal((await second.ended).code, code, second.text);
}

/** The third has found the run, which then ends: now there is only what comes after it. */
async function endThird(ground: Ground, up: Running, signal: NodeJS.Signals): Promise<void> {
  await ground.says(up, /found run \S+ at work since \S+, following it/);
  ground.release();
  await until('the change is carried out', () => ground.applied() === `${ground.interval}s`, 300);
  up.kill(signal);
}

const faults: readonly Fault[] = [
  {
    name: 'up-interrupted-before-during-and-after-a-run',
    what: 'Ctrl-C (SIGINT) three times for one change: before anything runs, in mid-run, and when the playbook has just ended.',
    when: 'during',
    arrange: (ground) => endTwo(ground, 'SIGINT', 130),
    inject: (ground, up) => endThird(ground, up, 'SIGINT'),
    met: { code: [130, 0], as: 'stops each time, with its state written' },
  },
  {
    name: 'up-killed-before-during-and-after-a-run',
    what: 'SIGKILL three times for one change: before anything runs, in mid-run, and when the playbook has just ended.',
    when: 'during',
    arrange: (ground) => endTwo(ground, 'SIGKILL', -1),
    inject: (ground, up) => endThird(ground, up, 'SIGKILL'),
    met: { code: [-1], as: 'is gone; the run goes on without it' },
  },
];

export const signals: FaultGroup = { title: 'the command is stopped', faults };
