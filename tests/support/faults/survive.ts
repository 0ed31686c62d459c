import assert from 'node:assert/strict';
import type { Ran } from '../calispray.ts';
import type { Fault, FaultGroup, Running } from './fault.ts';
import { type Ground, home } from './ground.ts';
import { until } from './node.ts';
import { noteResult } from './results.ts';

/** Describes of Mocha: one ground for all faults of these groups, each ending with the same proof. */
export function survives(groups: readonly FaultGroup[], make: () => Ground): void {
  describe('faults', function () {
    this.timeout(600_000);
    let ground: Ground;
    before(async () => {
      ground = make();
      await ground.build();
    });
    after(() => ground.remove());
    for (const { title, faults } of groups) {
      describe(title, () => {
        for (const fault of faults) it(`${fault.name}: ${fault.what}`, () => survive(ground, fault));
      });
    }
  });
}

async function survive(ground: Ground, fault: Fault): Promise<void> {
  const began = performance.now();
  const before = await standing(ground);
  const met = await meet(ground, fault);
  await prove(ground, fault, before);
  noteResult({ fault: fault.name, code: met.code, seconds: (performance.now() - began) / 1000 });
}

interface Before {
  readonly runs: readonly string[];
  readonly generation: number;
}

async function standing(ground: Ground): Promise<Before> {
  const { generation } = await ground.felix();
  return { runs: (await ground.runs()).map(({ run }) => run), generation };
}

/** A change is asked for, the fault comes, the command ends as it must, and the fault goes. */
async function meet(ground: Ground, fault: Fault): Promise<Ran> {
  ground.change();
  await ground.hold(fault.tasks, fault.when === 'during');
  try {
    const met = await (await injected(ground, fault)).ended;
    assert.ok(fault.met.code.includes(met.code), `it ended with ${met.code}:\n${met.text}`);
    if (fault.met.says !== undefined) assert.match(met.text, fault.met.says);
    assert.doesNotMatch(met.text, /\n\s+at .*\.ts|Traceback/, 'a fault is no bug: no stack trace');
    return met;
  } finally {
    // Also where it was not met as it should be: the next fault begins on sound ground.
    ground.release();
    await fault.heal?.(ground);
  }
}

async function injected(ground: Ground, fault: Fault): Promise<Running> {
  await fault.arrange?.(ground);
  const up = ground.up();
  const gone = () => (up.over() ? `the command ended first:\n${up.text}` : undefined);
  if (fault.when === 'during') await ground.held(up);
  if (fault.when === 'after')
    await until('the change is carried out', () => ground.applied() === `${ground.interval}s`, 300, gone);
  await fault.inject?.(ground, up);
  return up;
}

/** `up` converges; one run for the change, which is there once; a further `up` has nothing to do. */
async function prove(ground: Ground, fault: Fault, before: Before): Promise<void> {
  const again = await ground.again().ended;
  assert.equal(again.code, 0, again.text);
  const wanted = `${ground.interval}s`;

  const { changes = 1 } = fault;
  const since = async () => (await ground.runs()).filter((run) => !before.runs.includes(run.run));
  const news = await since();
  assert.deepEqual(
    news.map(({ kind, state }) => ({ kind, state })),
    Array.from({ length: changes }, () => ({ kind: fault.kind ?? 'calico', state: 'succeeded' })),
    JSON.stringify(news),
  );
  assert.deepEqual(await ground.felix(), { interval: wanted, generation: before.generation + changes });
  assert.equal(ground.applied(), wanted);
  await fault.proof?.(ground);

  // Where nothing was left over after the fault, the `up` above is the further one already.
  const idle = ground.idle(again) ? again : await ground.again().ended;
  assert.equal(idle.code, 0, idle.text);
  assert.ok(ground.idle(idle), idle.text);
  assert.equal((await since()).length, changes, 'nothing ran a second time');
  assert.equal(await ground.controller.tries(`flock --nonblock ${home}/run.lock true`), true, 'nobody holds the lock');
}
