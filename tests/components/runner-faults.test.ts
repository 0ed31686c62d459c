import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCommand, followCommand } from '../../components/remote/index.ts';
import { desiredOf, facts, RunnerHome } from './runner-home.ts';

/** What can happen to a run, and what the runner makes of it: real processes, killed for real. */
describe('runner under faults', () => {
  let runner: RunnerHome;
  beforeEach(() => {
    runner = new RunnerHome();
  });
  afterEach(() => runner.remove());

  const limited = (seconds: number) => desiredOf(facts, { runs: { limitSeconds: seconds, keep: 20, forks: 5 } });
  /** Begins, then waits for the file `go`. */
  const patient = 'echo $$ >> "$HOME/pids"; while [ ! -e "$HOME/go" ]; do sleep 0.05; done';
  const go = () => writeFileSync(join(runner.home, 'go'), '');
  const began = () => runner.until(() => existsSync(join(runner.home, 'pids')), 'the run');
  const holder = () => JSON.parse(readFileSync(runner.at('holder.json'), 'utf8'));
  const log = (run = runner.runs().at(-1)) => readFileSync(run.log);
  const alive = (pid: number) => {
    try {
      return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };

  it('goes on when whoever follows is killed; the next one finds it', async () => {
    runner.playbook(`${patient}; echo '{"kind":"play","name":"Late"}' >> "$CALISPRAY_EVENTS"`);
    const first = runner.begin(['release']);
    await began();
    process.kill(-(first.child.pid as number), 'SIGKILL');
    await first.ended;
    const second = runner.begin(['settings']);
    await runner.until(() => second.said().includes('found run'), 'the second');
    go();
    const { status, stdout } = await second.ended;
    assert.equal(status, 0);
    assert.match(stdout, /^found run 0001-build-\w+ at work since \S+, following it\nplay: Late\n/);
    assert.deepEqual(runner.calls(), ['build.yml']);
    assert.equal(runner.runs().length, 1);
  });

  it('takes its playbook along when it is killed, says so, and begins anew in the same run', async () => {
    runner.playbook(patient);
    const { ended } = runner.begin(['release'], { token: 'do-not-tell-1' });
    await began();
    const playbook = Number(readFileSync(join(runner.home, 'pids'), 'utf8'));
    const { pid, run } = holder();
    assert.ok(existsSync(runner.at('runs', run, 'secrets.json')));
    process.kill(pid, 'SIGKILL');
    const { status, stderr } = await ended;
    assert.equal(status, 1);
    assert.match(stderr, /^run 0001-build-\w+ was killed before it ended[\s\S]*attempt 2 of run 0001/);
    await runner.until(() => !alive(playbook), 'the end of the playbook');
    assert.deepEqual(
      runner.runs().map(({ state }) => state),
      ['killed'],
    );
    go();
    assert.equal(runner.ensure(['release']).status, 0);
    assert.ok(!existsSync(runner.at('runs', run, 'secrets.json')));
    const attempts = runner.runs().map((each) => each.attempts.map(({ outcome }: { outcome: string }) => outcome));
    assert.deepEqual(attempts, [['killed', 'succeeded']]);
  });

  it('never has two playbooks at work: what a killed run left behind is ended before another begins', async () => {
    // A worker of Ansible in a session of its own: it outlives playbook and job, and holds the lock.
    runner.playbook('setsid sh -c \'echo $$ > "$HOME/worker"; exec sleep 300\' & echo $$ > "$HOME/pids"; wait');
    const { ended } = runner.begin(['release']);
    await runner.until(
      () => existsSync(join(runner.home, 'worker')) && existsSync(join(runner.home, 'pids')),
      'the worker',
    );
    const worker = Number(readFileSync(join(runner.home, 'worker'), 'utf8'));
    process.kill(holder().pid, 'SIGKILL');
    assert.match((await ended).stderr, /was killed before it ended/);
    assert.ok(alive(worker));
    runner.playbook('true');
    assert.equal(runner.ensure(['release']).status, 0);
    assert.ok(!alive(worker));
  });

  it('ends a hung run at its limit, with everything it began, also what does not listen', async () => {
    runner.lay(limited(1));
    runner.playbook(
      'trap "" TERM; (trap "" TERM; echo $BASHPID > "$HOME/child"; while :; do sleep 0.2; done) & while :; do sleep 0.2; done',
    );
    runner.sh(`sed -i 's/^GRACE = 20/GRACE = 1/' ${runner.at('runner/job.py')}`);
    const hung = runner.ensure(['release']);
    assert.equal(hung.status, 1);
    assert.match(hung.stderr, /^the run was ended after 1 s \(kubespray\.runs\.limitMinutes\)\nThe log is/);
    assert.ok(!alive(Number(readFileSync(join(runner.home, 'child'), 'utf8'))));
    assert.equal(runner.runs()[0].state, 'timed-out');
  });

  it('is not deceived by a clock that jumps, forwards or back', () => {
    const patched = join(runner.home, 'patched');
    mkdirSync(patched);
    /** Every reading of the wall clock is so many hours off the one before. */
    const jumping = (hours: number) => {
      writeFileSync(
        join(patched, 'sitecustomize.py'),
        [
          'import time, itertools',
          `real, turn, of = time.time, itertools.count(0, ${hours * 3600}), time.gmtime`,
          'time.time = lambda: real() + next(turn)',
          'time.gmtime = lambda seconds=None: of(time.time() if seconds is None else seconds)',
        ].join('\n'),
      );
      return runner.sh(ensureCommand('vm', ['release']), runner.input(['release']), { PYTHONPATH: patched });
    };
    runner.lay(limited(5));
    runner.playbook('sleep 1');
    const well = jumping(2);
    assert.equal(well.status, 0, well.stderr);
    const { start, end, seconds } = runner.runs()[0].attempts[0];
    assert.ok(Date.parse(end) - Date.parse(start) > 3_600_000, 'the clock did jump in the job');
    assert.ok(seconds >= 1 && seconds < 60, `${seconds}`);
    runner.lay({ ...limited(1), facts: { ...facts, release: { ...facts.release, source: 'other' } } });
    runner.playbook('sleep 60');
    jumping(-2);
    assert.equal(runner.runs().at(-1).state, 'timed-out');
  });

  it('ends in order when the controller goes down, and says so', async () => {
    runner.playbook(patient);
    const { ended } = runner.begin(['release'], { token: 'do-not-tell-2' });
    await began();
    const { pid, run } = holder();
    process.kill(pid, 'SIGTERM');
    assert.match((await ended).stderr, /^the run was asked to end by signal 15/);
    assert.ok(!existsSync(runner.at('runs', run, 'secrets.json')));
    assert.equal(runner.runs()[0].state, 'interrupted');
  });

  it('lets the second of two wait, saying who is at work since when, and judge again after that', async () => {
    runner.playbook('true');
    runner.ensure(['release']);
    runner.lay(desiredOf({ ...facts, calico: { calico_mtu: 1400 } }));
    runner.playbook(patient);
    const first = runner.begin(['calico']);
    await began();
    runner.lay(desiredOf({ ...facts, calico: { calico_mtu: 1380 } }));
    const second = runner.begin(['calico']);
    await runner.until(() => second.said().includes('waiting for'), 'the second');
    go();
    assert.equal((await first.ended).status, 1, 'it is not what is declared any more');
    const { status, stdout } = await second.ended;
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^waiting for 0002-calico-\w+, at work since \d{4}-\S+ for root from 192\.168\.4\.10\nrun 0003-calico/,
    );
    assert.deepEqual(runner.calls(), ['build.yml', 'calico.yml', 'calico.yml']);
  });

  it('is one run for many who ask at the same time', async () => {
    runner.playbook(patient);
    const asked = [['release'], ['settings'], ['calico'], ['member', 'node1'], ['member', 'node2']].map((fact) =>
      runner.begin(fact),
    );
    await began();
    go();
    for (const { ended } of asked) {
      const { status, stderr } = await ended;
      assert.equal(status, 0, stderr);
    }
    assert.deepEqual(runner.calls(), ['build.yml']);
  });

  it('cuts lines of a mebibyte, and makes harmless what is no text', () => {
    runner.playbook(
      'head -c 1048576 /dev/zero | tr "\\0" x; echo; head -c 200000 /dev/urandom; printf "\\033[31mred\\033[0m \\377\\n"; echo last',
    );
    assert.equal(runner.ensure(['release']).status, 0);
    const text = log().toString('utf8');
    const lines = text.split('\n');
    assert.ok(lines.every((line) => line.length <= 8192 + 30));
    assert.ok(lines.some((line) => /^x{8192} … \(1040384 more\)$/.test(line)));
    assert.doesNotMatch(text.replaceAll(/[\n\t]/g, ''), /[\p{Cc}]/u);
    assert.match(text, /�\[31mred�\[0m �\nlast\n/);
  });

  it('keeps head and tail of a log of 100 MiB, and says what it left out', () => {
    const line = 'x'.repeat(1023);
    runner.playbook(`echo the first line; yes ${line} | head -c 104857600; echo the last line`);
    assert.equal(runner.ensure(['release']).status, 0);
    const bytes = log();
    assert.ok(bytes.length <= 72.1 * 2 ** 20 && bytes.length >= 66 * 2 ** 20, `${bytes.length}`);
    const text = bytes.toString('latin1');
    assert.match(text.slice(0, 2000), /the first line\n/);
    assert.match(text.slice(-2000), /the last line\n== succeeded/);
    const said = /\n== (\d+) MiB of the log were left out here\n/.exec(text);
    assert.ok(said !== null && Number(said[1]) * 2 ** 20 + bytes.length > 99 * 2 ** 20, said?.[0]);
    assert.deepEqual(
      readdirSync(runner.at('runs', runner.runs()[0].run)).filter((name) => name.startsWith('log')),
      ['log'],
    );
  });

  it('hides secrets in every file, in what it prints and on every command line, and removes their file', async () => {
    const secrets = {
      registry_password: 'swordfish-"quoted"\\back',
      deep: { list: ['another secret of mine', 1234567890] },
      key: '-----BEGIN KEY-----\nc2VjcmV0LWxpbmUtb2YtYS1rZXk\n-----END KEY-----',
    };
    const planted = [
      'swordfish',
      'another secret of mine',
      '1234567890',
      'c2VjcmV0LWxpbmUtb2YtYS1rZXk',
      'another%20secret',
      'YW5vdGhlciBzZWNyZXQ',
    ];
    const told = JSON.stringify(secrets);
    runner.playbook(
      [
        'stat -c %a "$(dirname "$ANSIBLE_CONFIG")/secrets.json" > "$HOME/mode"',
        'printf "%s\\n" "$@" > "$HOME/words"',
        // As a playbook may write them: plain, in JSON, twice in JSON, in base64, in a URL, in the middle of a long line.
        `cat <<'END'\n${told}\n${JSON.stringify(told)}\n${secrets.registry_password}\n${secrets.key}\nanother%20secret%20of%20mine YW5vdGhlciBzZWNyZXQgb2YgbWluZQ==\n${'y'.repeat(8185)}another secret of mine\nEND`,
        `printf '%s\\n' '${JSON.stringify({ kind: 'failed', host: 'node1', task: 't', status: 'failed', message: 'no' })}' >> "$CALISPRAY_EVENTS"`,
        patient,
        'exit 2',
      ].join('\n'),
    );
    const { child, ended } = runner.begin(['release'], secrets);
    await began();
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return (
            readFileSync(`/proc/${pid}/cmdline`, 'latin1') +
            (pid === `${child.pid}` ? '' : readFileSync(`/proc/${pid}/environ`, 'latin1'))
          );
        } catch {
          return '';
        }
      })
      .filter((line) => line.includes(runner.home));
    assert.ok(lines.length >= 3);
    go();
    const { stdout, stderr } = await ended;
    rmSync(runner.at('kubespray-x'), { recursive: true }); // where this test itself wrote them
    for (const [name, text] of [
      ...runner.files(),
      ['output', stdout + stderr],
      ...lines.map((line) => ['command', line]),
    ] as [string, string][]) {
      for (const secret of planted) assert.ok(!text.includes(secret), `${secret} in ${name}`);
    }
    assert.equal(readFileSync(join(runner.home, 'mode'), 'utf8'), '600\n');
    assert.match(readFileSync(join(runner.home, 'words'), 'utf8'), /\n-e\n@\S+\/secrets\.json\n/);
    assert.match(log().toString('utf8'), /\*\*\*/);
  });

  it('follows a run for others, as lines of JSON', () => {
    runner.playbook(
      `echo '{"kind":"play","name":"One"}' >> "$CALISPRAY_EVENTS"; echo '{"kind":"cut' >> "$CALISPRAY_EVENTS"`,
    );
    assert.equal(runner.sh(followCommand('vm')).status, 3);
    runner.ensure(['release']);
    const { status, stdout } = runner.sh(followCommand('vm'));
    assert.equal(status, 0);
    const [play, end, ...more] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(play, { kind: 'play', name: 'One' });
    assert.equal(end.kind, 'end');
    assert.equal(end.outcome, 'succeeded');
    assert.equal(end.result.code, 0);
    assert.deepEqual(more, []);
  });

  describe('on a small disk', () => {
    let disk: string;
    const mount = (mebibytes: number) => {
      disk = mkdtempSync(join(tmpdir(), 'calispray-disk-'));
      const done = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', disk], { encoding: 'utf8' });
      assert.equal(done.status, 0, done.stderr);
      runner.remove();
      runner = new RunnerHome(disk);
    };
    const free = () => statfsSync(disk).bavail * statfsSync(disk).bsize;
    afterEach(() => {
      runner.remove();
      assert.equal(spawnSync('umount', ['-l', disk]).status, 0);
      rmSync(disk, { recursive: true });
    });

    it('begins nothing where there is too little room', () => {
      mount(100);
      runner.playbook('true');
      const refused = runner.ensure(['release'], { token: 'do-not-tell-3' });
      assert.equal(refused.status, 1);
      assert.match(
        refused.stderr,
        /^only \d+ MiB are free below \S+ on the controller, 200 are wanted: make room, nothing was begun\.\n$/,
      );
      assert.deepEqual([runner.calls(), runner.runs()], [[], []]);
    });

    it('carries a run out whose disk fills up, and says that its log is not whole', () => {
      mount(210);
      runner.playbook(
        'head -c 400000000 /dev/zero > "$HOME/filler" 2> /dev/null; for i in 1 2 3; do yes | head -c 100000; done; exit 0',
      );
      const well = runner.ensure(['release']);
      assert.equal(well.status, 0, well.stderr);
      assert.ok(free() < 2 ** 20 * 2, `${free()}`);
      assert.match(well.stdout, /the log ends before the run did: No space left on device\n$/);
      assert.equal(runner.record().release?.version, 'v2.31.0');
      assert.equal(runner.runs()[0].state, 'succeeded');
      assert.equal(runner.ensure(['calico']).stdout, 'carried out before, nothing to do\n');
    });

    it('says in a sentence that the disk is full where it cannot even begin', () => {
      mount(300);
      runner.playbook('exit 2');
      assert.equal(runner.ensure(['release']).status, 1);
      spawnSync('sh', ['-c', `head -c 400000000 /dev/zero > ${disk}/filler 2> /dev/null`]);
      const refused = runner.ensure(['release']);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /^only 0 MiB are free/);
      rmSync(join(disk, 'filler'));
      runner.playbook('true');
      assert.equal(runner.ensure(['release']).status, 0);
      assert.equal(runner.runs().length, 1);
    });
  });

  it('begins anew where the record on the controller is broken', () => {
    runner.playbook('true');
    runner.ensure(['release']);
    writeFileSync(runner.at('applied.json'), '{"cluster": "vm", "rel');
    assert.match(runner.ensure(['calico']).stdout, /^run 0002-build/);
    assert.equal(statSync(runner.at('applied.json')).mode & 0o777, 0o600);
  });
});
