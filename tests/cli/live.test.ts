import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { duration, eventIn, eventLines, type RunEvent } from '../../cli/live/events.ts';
import { progress } from '../../cli/live/follow.ts';
import { recordedIn } from '../../cli/live/recorded.ts';
import { openLine, type Run, runLines, runNamed, runsLines } from '../../cli/live/runs.ts';
import { factsOf } from '../../kubespray/plan/index.ts';
import { ShellNode } from '../support/shell-node.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

const failure = { host: 'homelab', task: 'etcd : start', status: 'failed', message: 'no space\nleft on device' };
const result = {
  attempt: 2,
  outcome: 'failed',
  code: 2,
  seconds: 12.4,
  message: 'cluster.yml ended with status 2',
  failures: [failure],
  hosts: { homelab: { ok: 3, changed: 1, failed: 1, unreachable: 0, skipped: 0 } },
  log: '/root/.calispray/vmstation/runs/0002-calico-22222222/log',
};
const runs: Run[] = [
  {
    run: '0001-build-11111111',
    kind: 'build',
    hosts: ['masternode', 'homelab'],
    who: 'root from 192.168.4.10',
    state: 'succeeded',
    since: '2026-04-24T10:00:00Z',
    log: '/root/.calispray/vmstation/runs/0001-build-11111111/log',
    attempts: [
      { number: 1, start: '2026-04-24T10:00:00Z', end: '2026-04-24T10:20:05Z', outcome: 'succeeded', seconds: 1205 },
    ],
  },
  {
    run: '0002-calico-22222222',
    kind: 'calico',
    hosts: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    who: 'root from 192.168.4.10',
    state: 'failed',
    since: '2026-04-25T10:00:00Z',
    log: result.log,
    attempts: [
      { number: 1, start: '2026-04-25T10:00:00Z', outcome: 'killed' },
      { number: 2, start: '2026-04-25T11:00:00Z', outcome: 'failed', seconds: 12.4 },
    ],
    result,
  },
];

describe('runs in words', () => {
  it('are a line each', () =>
    assert.deepEqual(runsLines(runs), [
      '0001-build-11111111   2026-04-24 10:00:00 UTC  succeeded  20 min 5 s              masternode, homelab',
      '0002-calico-22222222  2026-04-25 10:00:00 UTC  failed     12 s        2 attempts  a, b, c, d, e and 2 more',
    ]));
  it('tell what the record does not show: one at work, and one whose change was taken back half-way', () => {
    const left = (changes: Partial<Run>) => [...runs.slice(0, 1), { ...(runs[1] as Run), ...changes }];
    assert.equal(openLine(runs, false), undefined);
    assert.match(
      openLine(left({ state: 'running' }), true) ?? '',
      /^Run 0002-calico-2{8} is at work on the controller/,
    );
    const taken = left({ unfinished: true });
    assert.match(
      openLine(taken, false) ?? '',
      /^Run 0002-calico-2{8} did not end well, .* `up` runs the same playbooks/,
    );
    assert.equal(openLine(taken, true), undefined);
    const upgrade = left({ unfinished: true, kind: 'upgrade' });
    assert.match(openLine(upgrade, false) ?? '', /no way back from half an upgrade.* Declare it again/);
  });
  it('are one sentence where there is none', () => assert.deepEqual(runsLines([]), ['There was no run yet.']));
  it('tell of one what failed where, and how each attempt ended', () =>
    assert.deepEqual(runLines(runs[1] as Run), [
      '0002-calico-22222222: failed',
      '  what       calico of a, b, c, d, e and 2 more',
      '  asked by   root from 192.168.4.10',
      '  attempt 1  2026-04-25 10:00:00 UTC, killed',
      '  attempt 2  2026-04-25 11:00:00 UTC, failed after 12 s',
      '  cluster.yml ended with status 2',
      '  ✗ homelab failed: etcd : start',
      '      no space left on device',
      '  homelab: 3 ok, 1 changed, 1 failed',
      `  log        ${result.log}`,
    ]));
  it('are named by name, number or beginning', () => {
    for (const word of ['0002-calico-22222222', '2', '0002', '0002-cal'])
      assert.equal(runNamed(runs, word).run, '0002-calico-22222222');
    assert.throws(() => runNamed(runs, '3'), /no-such-run.*there is no run 3\n.*0001-build-11111111, 0002/);
    assert.throws(() => runNamed(runs, '000'), /may be any of 0001-build-11111111, 0002/);
    assert.throws(() => runNamed([], 'x'), /there was no run yet/);
  });
  it('take the time of people', () =>
    assert.deepEqual([0.4, 59, 60, 125, 3600, 5400].map(duration), [
      '0 s',
      '59 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '1 h 30 min',
    ]));
});

describe('events of a run', () => {
  const events: RunEvent[] = [
    { kind: 'play', name: 'Install etcd' },
    { kind: 'task', name: 'etcd : start', number: 17 },
    { kind: 'failed', ...failure },
    { kind: 'host', task: 'etcd : start', ok: 2, failed: 1 },
    { kind: 'summary', hosts: result.hosts },
    { kind: 'end', run: '0002-calico-22222222', outcome: 'failed', result },
  ];
  it('are a line each, failures two', () => {
    const lines = eventLines();
    assert.deepEqual(events.flatMap(lines), [
      'play: Install etcd',
      '  ✗ homelab failed: etcd : start',
      '      no space left on device',
      '    17  etcd : start: 2 ok, 1 failed',
      '  homelab: 3 ok, 1 changed, 1 failed',
      'Run 0002-calico-22222222 failed after 12 s.',
      '  cluster.yml ended with status 2',
      `  Its log on the controller: ${result.log}`,
    ]);
  });
  it('are bounded, and steer no terminal', () => {
    const lines = eventLines();
    const hosts = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`n${i}`, { ok: 1 }]));
    const said = [
      ...lines({ kind: 'play', name: 'x'.repeat(5000) }),
      ...lines({ kind: 'failed', ...failure, message: `\u001b[2J${'y'.repeat(5000)}` }),
      ...lines({ kind: 'summary', hosts }),
    ];
    assert.equal(said.length, 1 + 2 + 21);
    for (const line of said) {
      assert.ok(line.length <= 200, line);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
      assert.doesNotMatch(line, /[\u0000-\u001f]/);
    }
    assert.equal(said.at(-1), '  and 480 more');
  });
  it('are told beside an up every five seconds, failures at once', () => {
    const said: string[] = [];
    let now = 0;
    const tell = progress(
      (line) => said.push(line),
      () => now,
    );
    for (const event of events) tell(event);
    assert.deepEqual(said, ['    ✗ homelab failed: etcd : start', '        no space left on device']);
    now = 5000;
    for (const event of [...events, ...events]) tell(event);
    assert.deepEqual(
      said.filter((line) => line.includes('task 17')),
      ['      task 17, etcd : start: 2 ok, 1 failed'],
    );
  });
  for (const junk of ['', 'null', '7', '{}', '{"kind":1}', '{"kind":"play"'])
    it(`do not begin with ${JSON.stringify(junk)}`, () => assert.equal(eventIn(junk), undefined));
});

const facts = factsOf(clusterOf(stackCluster('dev')), 'source');
const urn = (name: string) =>
  `urn:pulumi:dev::calispray::calispray:cluster:CalicoCluster$calispray:kubespray:Build$command:remote:Command::vmstation-build-${name}`;
const build = {
  urn: 'urn:pulumi:dev::calispray::calispray:cluster:CalicoCluster$calispray:kubespray:Build::vmstation-build',
  type: 'calispray:kubespray:Build',
};
const command = (name: string, stdin: unknown, stdout?: string) => ({
  urn: urn(name),
  type: 'command:remote:Command',
  inputs: { stdin },
  outputs: { ...(stdout === undefined ? {} : { stdout }) },
});

describe('what the state says was carried out', () => {
  const record = command('record', 'digest', `${JSON.stringify(facts)}\n`);
  it('is the record of the last up', () => {
    assert.deepEqual(recordedIn([build, record]), facts);
    assert.equal(recordedIn([]), undefined);
    assert.equal(recordedIn([build]), undefined);
    assert.equal(recordedIn([build, command('record', 'digest', '{}\n')]), undefined);
  });
  it('and hosts and peers that are still to leave', () => {
    const part = { address: '192.168.4.70', groups: ['kube_node'], settings: {}, calico: {} };
    const peer = { router_id: '192.168.4.1', as: '65000' };
    const found = recordedIn([
      build,
      command('member-old', JSON.stringify({ part })),
      command('member-masternode', JSON.stringify({ part })),
      command('member-secretive', { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' }),
      command('peer-global-rack', JSON.stringify({ part: peer })),
      { ...command('member-replaced', JSON.stringify({ part })), delete: true },
      record,
    ]);
    assert.deepEqual(found?.hosts, {
      old: part,
      secretive: { address: '', groups: [], settings: {}, calico: {} },
      ...facts.hosts,
    });
    assert.deepEqual(found?.peers, { 'global-rack': peer });
  });
});

describe('the day-two commands', () => {
  const node = new ShellNode();
  before(() => node.start());
  after(() => node.stop());

  const engine = (resources: readonly object[] | undefined) => {
    const answer =
      resources === undefined
        ? 'echo "error: no stack named \'dev\' found" >&2; exit 255'
        : `cat <<'END'\n${JSON.stringify({ version: 3, deployment: { resources } })}\nEND`;
    writeFileSync(join(node.dir, 'engine'), `#!/bin/sh\n${answer}\n`);
    chmodSync(join(node.dir, 'engine'), 0o755);
  };

  describe('plan', () => {
    beforeEach(() => engine(undefined));

    it('is the first run where there is no state, and touches no node', async () => {
      node.told.length = 0;
      const { code, out } = await node.calispray('plan', '--stack', 'dev');
      assert.deepEqual([code, /cluster\.yml.*\n.*nodes\.masternode/.test(out)], [0, true], out);
      assert.deepEqual(node.told, []);
    });

    it('is nothing where the state says that all of it was carried out', async () => {
      const first = JSON.parse((await node.calispray('plan', '--stack', 'dev', '--json')).out);
      assert.deepEqual([first.ok, first.plan.first, first.plan.steps[0].kind], [true, true, 'build']);
      engine([build, command('record', '', JSON.stringify(first.desired))]);
      const { code, out } = await node.calispray('plan', '--stack', 'dev');
      assert.deepEqual([code, out], [0, 'vmstation: nothing to do.\n']);
      node.declare((text) => text.replace('mtu: 1440', 'mtu: 1400'));
      const changed = await node.calispray('plan', '--stack', 'dev');
      assert.match(changed.out, /network\.mtu +1440 → 1400/);
      node.declare((text) => text.replace('services: 10.233.0.0/18', 'services: 10.234.0.0/18'));
      const refused = await node.calispray('plan', '--stack', 'dev');
      assert.equal(refused.code, 1);
      assert.match(refused.out, /^refused \S+ at network\.services \(.*Pulumi\.dev\.yaml:\d+\): /m);
      node.declare((text) => text);
    });

    it('asks the nodes with --live alone', async () => {
      node.told.length = 0;
      const { code, out } = await node.calispray('plan', '--stack', 'dev', '--live');
      assert.equal(code, 0, out);
      assert.match(out, /^No cluster is live on the first control-plane node\.$/m);
      assert.deepEqual(node.told, ['sh -s']);
    });

    it('starts with --live from what the controller wrote down, whatever the state remembers', async () => {
      const { desired } = JSON.parse((await node.calispray('plan', '--stack', 'dev', '--json')).out);
      node.lay('applied.json', desired);
      const found = await node.calispray('plan', '--stack', 'dev', '--live');
      assert.deepEqual([found.code, found.err], [0, '']);
      assert.match(found.out, /^The state has no record; .*\nvmstation: nothing to do\.\n/);
      rmSync(join(node.home, '.calispray'), { recursive: true });
      engine([build, command('record', '', JSON.stringify(desired))]);
      const lost = await node.calispray('plan', '--stack', 'dev', '--live');
      assert.match(lost.out, /^The controller has no record of what the state remembers: .*\n.*cluster\.yml/);
    });
  });

  it('say that there was no run where no up has laid the runner', async () => {
    for (const words of [['runs'], ['follow'], ['reset', '--confirm', 'vmstation']]) {
      const { code, err } = await node.calispray(...words, '--stack', 'dev');
      assert.deepEqual([words[0], code, /no-runner at nodes\.masternode/.test(err)], [words[0], 1, true], err);
    }
    assert.match((await node.calispray('follow', '--stack', 'dev', '--json')).out, /"no-runner"/);
  });

  it('say of a cluster that is there that down leaves it running, and how it is reset', async () => {
    const unasked = async () => {
      const { code, out, err } = await node.calispray('down', '--stack', 'dev');
      assert.deepEqual([code, /no-terminal.*\n.*--yes/.test(err)], [1, true], err);
      return out;
    };
    assert.equal(await unasked(), '');
    node.lay('applied.json', {});
    assert.match(
      await unasked(),
      /The cluster keeps running; `npx calispray reset --stack dev` is what takes it off its nodes\.\n$/,
    );
    rmSync(join(node.home, '.calispray'), { recursive: true });
  });

  it('reset only by the name of the cluster', async () => {
    node.told.length = 0;
    const other = await node.calispray('reset', '--stack', 'dev', '--confirm', 'prod');
    assert.deepEqual([other.code, /reset-not-confirmed at name/.test(other.err)], [1, true], other.err);
    assert.match(other.out, /off its nodes: masternode\.$/m);
    const unasked = await node.calispray('reset', '--stack', 'dev');
    assert.deepEqual([unasked.code, /no-terminal.*\n.*--confirm/.test(unasked.err)], [1, true], unasked.err);
    assert.deepEqual(node.told, []);
  });

  describe('with runs on the controller', () => {
    const [built, failed] = runs.map((run) => run.run) as [string, string];
    before(() => {
      node.layRunner();
      for (const { run, kind, hosts, who, since, attempts } of runs)
        node.lay(`runs/${run}/run.json`, { run, kind, hosts, who, since, attempts, digest: run });
      node.lay(`runs/${built}/result.json`, {
        ...result,
        attempt: 1,
        outcome: 'succeeded',
        message: '',
        failures: [],
        seconds: 1205,
      });
      node.lay(`runs/${built}/events.jsonl`, `${JSON.stringify({ kind: 'play', name: 'First' })}\n`);
      node.lay(`runs/${failed}/result.json`, result);
      node.lay(`runs/${failed}/events.jsonl`, `${JSON.stringify({ kind: 'play', name: 'Second' })}\n`);
      node.lay(`runs/${failed}/log`, `${'x\n'.repeat(500)}the last \u001b[2Jline\n`);
    });

    it('list them, in words and as JSON', async () => {
      const { code, out } = await node.calispray('runs', '--stack', 'dev');
      assert.deepEqual([code, out.trim().split('\n').length], [0, 2], out);
      assert.match(out, /^0001-build-11111111 .*succeeded {2}20 min 5 s/m);
      const { runs: listed } = JSON.parse((await node.calispray('runs', '--stack', 'dev', '--json')).out);
      assert.deepEqual(
        listed.map(({ run, state }: Run) => [run, state]),
        [
          [built, 'succeeded'],
          [failed, 'failed'],
        ],
      );
    });

    it('show one with the end of its log', async () => {
      const { code, out } = await node.calispray('runs', '2', '--stack', 'dev');
      assert.equal(code, 0);
      assert.match(out, /^0002-calico-22222222: failed$/m);
      assert.match(out, /the last \[2Jline\n$/);
      assert.equal(out.match(/^x$/gm)?.length, 39);
      assert.match((await node.calispray('runs', '9', '--stack', 'dev')).err, /no-such-run/);
    });

    it('follow the last one to its end, or another by its name', async () => {
      const last = await node.calispray('follow', '--stack', 'dev');
      assert.equal(last.code, 1);
      assert.match(last.out, /^play: Second\n.*Run 0002-calico-22222222 failed after 12 s\./s);
      const first = await node.calispray('follow', '--stack', 'dev', '--run', '1', '--json');
      assert.equal(first.code, 0);
      const events = first.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ['play', 'end'],
      );
    });

    it('follow one at work as it goes on, and leave it alone at Ctrl-C', async () => {
      const run = '0003-build-33333333';
      const attempts = [{ number: 1, start: '2026-04-26T10:00:00Z' }];
      node.lay(`runs/${run}/run.json`, { ...runs[0], run, digest: run, attempts });
      node.lay(`runs/${run}/events.jsonl`, `${JSON.stringify({ kind: 'play', name: 'Third' })}\n`);
      const holding = spawn('python3', ['-c', HOLD, join(node.home, '.calispray/vmstation'), run], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await once(holding.stdout, 'data');
      const child = node.child(['follow', '--stack', 'dev']);
      let out = '';
      for await (const chunk of child.stdout ?? []) {
        out += chunk;
        if (/play: Third/.test(out)) child.kill('SIGINT');
      }
      assert.match(out, /^play: Third\nThe run goes on without you\.\n$/);
      assert.equal(holding.exitCode, null);
      const closed = once(holding, 'close');
      holding.stdin.end();
      await closed;
    });
  });
});

/** Holds the lock of the runs as a job does, until its standard input ends. */
const HOLD = `
import fcntl, json, os, sys
home, run = sys.argv[1:]
lock = open(home + "/run.lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
born = open("/proc/self/stat").read().rpartition(")")[2].split()[19]
json.dump({"run": run, "attempt": 1, "pid": os.getpid(), "born": born}, open(home + "/holder.json", "w"))
print("held", flush=True)
sys.stdin.read()
`;
