import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { Calispray } from '../support/calispray.ts';
import { Farm, type FarmOptions } from '../support/farm/index.ts';
import { manyProject } from '../support/farm/many.ts';

const NODES = 20;

describe('twenty nodes with an sshd each', () => {
  let farm: Farm;
  const started = (options: FarmOptions) => {
    before(async () => {
      farm = await Farm.start(options);
    });
    after(() => farm.stop());
  };
  const logs = () => Array.from({ length: NODES }, (_, at) => farm.log(at + 1));
  const logins = (log: string) => [...log.matchAll(/Accepted publickey for root from ([\d.]+)/g)].map(([, by]) => by);

  describe('asked by `calispray up`', () => {
    started({ nodes: NODES });

    it('all answer and are fit, with one login each and far from the limits of sshd', async () => {
      const [asked] = await farm.ask(farm.cluster());
      assert.deepEqual(asked?.findings, []);
      assert.match(asked?.said.join() ?? '', /^Nodes: all 20 answer and are fit/);
      for (const log of logs()) {
        assert.equal(logins(log).length, 1, log);
        assert.doesNotMatch(log, /MaxStartups|drop connection|maximum authentication/, log);
      }
    });

    it('see each other without a login, or a connection, of any but the controller', async () => {
      const before = logs();
      await farm.ask(farm.cluster());
      const more = logs().map((log, at) => log.slice(before[at]?.length));
      const connections = more.map((log) => [...log.matchAll(/Connection closed by ([\d.]+)/g)].map(([, by]) => by));
      const [controller, ...others] = connections;
      assert.deepEqual(controller, []);
      for (const by of others) assert.deepEqual(by, ['10.77.0.1']);
    });

    it('behind one jump host they share one login to it, with its limits as sshd has them', async () => {
      const before = logs();
      const [asked] = await farm.ask(farm.cluster({ jump: true }));
      assert.deepEqual(asked?.findings, []);
      const [jump = '', ...behind] = logs().map((log, at) => log.slice(before[at]?.length));
      assert.deepEqual(logins(jump), ['10.77.0.254']);
      assert.doesNotMatch(jump, /MaxStartups|drop connection|no more sessions/);
      for (const log of behind) assert.deepEqual(logins(log), ['10.77.0.1']);
    });
  });

  describe('none of which answers before all have been asked', () => {
    started({ nodes: NODES, together: NODES });

    it('answer: nobody is waited for before the next is asked', async () => {
      const [asked] = await farm.ask(farm.cluster());
      assert.deepEqual(asked?.findings, []);
    });
  });

  describe('one of which takes no further login for a while', () => {
    started({ nodes: 1, sshd: 'MaxStartups 1' });

    it('is tried again until it does', async () => {
      const talk =
        "require('net').connect(22, '10.77.0.1').on('data', () => console.log('held')).on('error', () => {})";
      const other = farm.enter([process.execPath, '-e', talk]);
      await once(other.stdout as NodeJS.ReadableStream, 'data');
      const asked = farm.ask(farm.cluster());
      while (!farm.log(1).includes('past MaxStartups')) await new Promise((resume) => setTimeout(resume, 20));
      other.kill();
      assert.deepEqual((await asked)[0]?.findings, []);
    });
  });
});

describe('five hundred nodes, declared', () => {
  it('have a plan of one run, with every node in it, and no node is touched', async () => {
    const calispray = new Calispray('scale');
    try {
      const folder = manyProject(join(calispray.state, 'project'), 500);
      const { code, text } = await calispray.run('-C', folder, 'plan', '--stack', 'many', '--json');
      assert.equal(code, 0, text.slice(-2000));
      const { plan, desired } = JSON.parse(text);
      assert.deepEqual(
        plan.steps.map(({ kind, hosts }: { kind: string; hosts: string[] }) => [kind, hosts.length]),
        [['build', 500]],
      );
      assert.equal(Object.keys(desired.hosts).length, 500);
    } finally {
      calispray.remove();
    }
  });
});
