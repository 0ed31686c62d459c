import assert from 'node:assert/strict';
import { ending, pods, result, VerifyWorld } from './verify-world.ts';

/** However it ends: what it made is gone, or said to be left. */
describe('a verification leaves nothing behind', function () {
  this.timeout(120_000);
  let world: VerifyWorld;
  afterEach(() => world.remove());

  it('what a killed one left is removed by the next, what is still at work is not', async () => {
    world = new VerifyWorld();
    const labels = { 'app.kubernetes.io/managed-by': 'calispray-verify' };
    const until = (time: string) => ({ metadata: { labels, annotations: { 'calispray.dev/remove-after': time } } });
    world.object('/api/v1/namespaces/calispray-verify-000001', until('2020-01-01T00:00:00Z'));
    world.object(
      '/api/v1/namespaces/calispray-verify-000002',
      until(new Date(Date.now() + 60_000).toISOString().replace(/\.\d+/, '')),
    );
    world.object('/api/v1/namespaces/calispray-verify-000003', until('never'));
    world.object('/api/v1/namespaces/production', {
      metadata: { annotations: { 'calispray.dev/remove-after': '2020-01-01T00:00:00Z' } },
    });
    const ran = await world.verify(world.plan([pods()]));
    assert.equal(ran.code, 0, ran.errors);
    const there = ['calispray-verify-000001', 'calispray-verify-000002', 'calispray-verify-000003', 'production'];
    assert.deepEqual(
      there.filter((name) => world.has(`/api/v1/namespaces/${name}`)),
      there.slice(1),
    );
    assert.ok(ran.events.some((each) => each.event === 'step' && each.text.includes('calispray-verify-000001')));
  });

  it('two at once do not disturb each other', async () => {
    world = new VerifyWorld();
    const plan = world.plan([pods(), { kind: 'node', with: { node: 'alpha' } }]);
    const both = await Promise.all([world.verify(plan), world.verify(plan)]);
    for (const ran of both) assert.deepEqual([ran.code, ran.errors], [0, '']);
    assert.equal(world.made().filter(([path]) => path === '/api/v1/namespaces').length, 2);
    assert.deepEqual(world.left(), []);
  });

  it('says what it could not take away, and how it is done', async () => {
    world = new VerifyWorld();
    const running = world.start(world.plan([pods({ with: { nodes: ['alpha', 'beta'], size: 1400 } })]));
    await until(() => running.said().some((each) => each.event === 'step' && each.text.startsWith('Making')));
    world.faults({ delete: 'refused' });
    const ran = await running.ended;
    const [left] = ending(ran).left;
    assert.match(
      left ?? '',
      /^namespace (calispray-verify-\w+): deleting is not allowed here \(status 403\); kubectl delete namespace \1$/,
    );
    assert.equal(ran.code, 1);
    assert.ok(ran.errors.includes(left ?? 'nothing'));
  });

  it('ends after the time that all of it may take, with what was not done said to have failed', async () => {
    world = new VerifyWorld();
    world.faults({ pods: { alpha: { phase: 'Pending' } } });
    const ran = await world.verify(world.plan([pods()], { seconds: 3 }));
    assert.equal(result(ran, 'pods-across-nodes').outcome, 'failed');
    assert.match(result(ran, 'pods-across-nodes').seen, /not done within the 3 s/);
    assert.deepEqual(world.left(), []);
  });

  describe('interrupted while it measures', () => {
    /** One that waits for a pod that does not start; its namespace is there. */
    async function atWork() {
      world = new VerifyWorld();
      world.faults({ pods: { alpha: { phase: 'Pending' } } });
      const running = world.start(world.plan([pods()]));
      await until(
        () => world.left().length === 1 && world.made().filter(([path]) => path.endsWith('/pods')).length >= 2,
      );
      return running;
    }
    const nothingLeft = async () => {
      await until(() => world.left().length === 0);
      await until(() => world.processes().length === 0);
    };

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      it(`by ${signal}`, async () => {
        const running = await atWork();
        running.kill(signal);
        const ran = await running.ended;
        assert.equal(ran.code, 1);
        assert.match(ran.errors, new RegExp(`^interrupted by ${signal}\n`));
        assert.equal(ending(ran).ok, false);
        assert.deepEqual(world.left(), []);
        await nothingLeft();
      });
    }

    it('by the end of who reads', async () => {
      const running = await atWork();
      running.stdout?.destroy();
      running.stderr?.destroy();
      await nothingLeft();
    });

    it('by SIGKILL of the agents: what they began ends with them, and what is left is said', async () => {
      world = new VerifyWorld();
      world.faults({ policies: 'ignored' });
      const running = world.start(
        world.plan([{ kind: 'policy', with: { nodes: ['alpha', 'beta'] }, seconds: 60 }], { seconds: 90 }),
      );
      await until(() => world.made().some(([, { kind }]) => kind === 'NetworkPolicy'));
      for (const pid of world.agents()) process.kill(pid, 'SIGKILL');
      const ran = await running.ended;
      assert.equal(result(ran, 'policy').outcome, 'failed');
      const [name] = world.left();
      assert.equal(ending(ran).left.length, 1);
      assert.match(ending(ran).left[0] ?? '', new RegExp(`^namespace ${name}: .*; kubectl delete namespace ${name}$`));
      await until(() => world.processes().length === 0);
    });

    it('by SIGKILL: the agents take everything away', async () => {
      const running = await atWork();
      running.kill('SIGKILL');
      await nothingLeft();
    });
  });
});

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((wake) => setTimeout(wake, 50));
}
