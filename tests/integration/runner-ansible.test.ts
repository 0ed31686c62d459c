import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { followCommand } from '../../components/remote/index.ts';
import { ensureTools } from '../../setup/index.ts';
import { desiredOf, facts, RunnerHome } from '../components/runner-home.ts';

/** The runner with the real Ansible of set-up, on three hosts of this machine without SSH. */
describe('runner with real Ansible', function () {
  this.timeout(120_000);
  let runner: RunnerHome;
  let venv: string;
  before(async function () {
    this.timeout(300_000);
    venv = join(dirname((await ensureTools(['ansible'])).wheels), 'venv');
  });
  beforeEach(() => {
    runner = new RunnerHome();
    rmSync(runner.at('kubespray-x/venv'), { recursive: true });
    symlinkSync(venv, runner.at('kubespray-x/venv'));
    const wanted = {
      ...facts,
      hosts: { ...facts.hosts, node3: { ...facts.hosts.node2, address: '10.0.0.3' } },
    } as typeof facts;
    runner.lay(desiredOf(wanted));
  });
  afterEach(() => runner.remove());

  const book = (...tasks: object[]) => {
    mkdirSync(runner.at('kubespray-x/kubespray'), { recursive: true });
    const play = { name: 'Try', hosts: 'all', gather_facts: false, become: false, tasks };
    writeFileSync(runner.at('kubespray-x/kubespray/build.yml'), JSON.stringify([play]));
  };
  const shell = (name: string, text: string, more: object = {}) => ({ name, 'ansible.builtin.shell': text, ...more });
  // biome-ignore lint/suspicious/noExplicitAny: lines of JSON, compared field by field
  const events = (): any[] => {
    const lines = runner.sh(followCommand('vm')).stdout.trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line)).map(({ at: _, ...event }) => event);
  };

  it('tells plays, tasks, counts of hosts and a summary as they are', () => {
    book(
      { name: 'Nothing', 'ansible.builtin.debug': { msg: 'hello' } },
      shell('Change', 'true', { when: "inventory_hostname != 'node3'" }),
      shell('May fail', 'exit 3', { ignore_errors: true }),
    );
    const well = runner.ensure(['release']);
    assert.equal(well.status, 0, well.stderr + well.stdout);
    assert.match(well.stdout, /\nplay: Try\nnode1: ok=3 changed=2\nnode2: ok=3 changed=2\nnode3: ok=2 changed=1\n$/);
    const count = (ok: number, changed: number, skipped: number) => ({
      ok,
      changed,
      failed: 0,
      unreachable: 0,
      skipped,
    });
    assert.deepEqual(events().slice(0, -1), [
      { kind: 'play', name: 'Try' },
      { kind: 'task', name: 'Nothing', number: 1 },
      { kind: 'host', task: 'Nothing', ok: 3 },
      { kind: 'task', name: 'Change', number: 2 },
      { kind: 'host', task: 'Change', changed: 2, skipped: 1 },
      { kind: 'task', name: 'May fail', number: 3 },
      { kind: 'host', task: 'May fail', ignored: 3 },
      { kind: 'summary', hosts: { node1: count(3, 2, 0), node2: count(3, 2, 0), node3: count(2, 1, 1) } },
    ]);
  });

  it('names the host, the task and the words of a failure, of the item that failed', () => {
    book(
      shell('Each', 'echo no room on {{ item }} >&2; test {{ item }} = a', {
        loop: ['a', 'b'],
        when: "inventory_hostname == 'node2' or item == 'a'",
      }),
    );
    const failed = runner.ensure(['release']);
    assert.equal(failed.status, 1);
    assert.match(
      failed.stderr,
      /^node2 failed, task Each:\nnon-zero return code: no room on b\nbuild\.yml ended with status 2\nThe log is /,
    );
    const [run] = runner.runs();
    assert.deepEqual(run.result.failures, [
      { host: 'node2', task: 'Each', status: 'failed', message: 'non-zero return code: no room on b' },
    ]);
    assert.equal(run.result.hosts.node2.failed, 1);
    assert.match(readFileSync(run.log, 'utf8'), /TASK \[Each\][\s\S]*PLAY RECAP/);
  });

  it('keeps to itself what a task hides, and every secret variable', () => {
    book(
      shell('Secret', 'echo {{ registry_password }} {{ inventory_dir }}; exit 0', { register: 'said' }),
      { name: 'Show', 'ansible.builtin.debug': { var: 'said.stdout' } },
      shell('Hidden', 'echo hidden-by-no-log >&2; exit 1', { no_log: true, ignore_errors: true }),
      shell('Told', 'echo {{ registry_password }} >&2; exit 1'),
    );
    const failed = runner.ensure(['release'], { registry_password: 'swordfish-of-the-deep' });
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /node1 failed, task Told:\nnon-zero return code: \*\*\*\n/);
    for (const [name, text] of runner.files()) assert.ok(!text.includes('swordfish'), name);
    for (const line of events()) assert.ok(!JSON.stringify(line).includes('hidden-by-no-log'));
    assert.match(readFileSync(runner.runs()[0].log, 'utf8'), /"said\.stdout": "\*\*\* /);
  });

  it('says that a host does not answer, and goes by the known host keys', () => {
    book(shell('Ask', 'true'));
    const { laid } = runner;
    const hosts = {
      all: {
        ...(laid.hosts.all as object),
        hosts: {
          node1: { ansible_connection: 'local' },
          node3: { ansible_connection: 'local' },
          node2: { ansible_host: '127.0.0.1', ansible_port: 9, ansible_connection: 'ssh' },
        },
      },
    };
    runner.lay({ ...laid, hosts });
    const failed = runner.ensure(['release']);
    assert.match(failed.stderr, /^node2 unreachable, task Ask:\n.*Connection refused/);
    assert.match(
      readFileSync(runner.at('runs', runner.runs()[0].run, 'ansible.cfg'), 'utf8'),
      /StrictHostKeyChecking=yes -o UserKnownHostsFile=\S+known_hosts/,
    );
  });

  it('reads group_vars beside its own hosts file, and commands as tasks that are tried again', () => {
    runner.lay({
      ...runner.laid,
      how: {
        ...runner.laid.how,
        build: [
          {
            name: 'colour',
            command: ['sh', '-c', `echo {{ colour }} > ${runner.home}/colour`],
            on: 'kube_control_plane[0]',
          },
          {
            name: 'third time',
            command: ['sh', '-c', `echo x >> ${runner.home}/tries; test $(wc -l < ${runner.home}/tries) -ge 3`],
            on: 'node1',
            tries: 3,
          },
        ],
      },
    });
    // `-b` is of the command line; here it would ask a sudo that may not be there.
    runner.lay(runner.laid, { 'inventory/group_vars/all/all.yml': 'colour: green\nansible_become: false\n' });
    const well = runner.ensure(['release']);
    assert.equal(well.status, 0, well.stderr);
    assert.equal(readFileSync(join(runner.home, 'colour'), 'utf8'), 'green\n');
    assert.equal(readFileSync(join(runner.home, 'tries'), 'utf8'), 'x\nx\nx\n');
    assert.match(well.stdout, /play: colour\nplay: third time\nnode1: ok=2 changed=2\n$/);
  });

  it('leaves nothing at work when a task hangs past the limit', async () => {
    runner.lay({ ...runner.laid, runs: { limitSeconds: 25, keep: 20, forks: 5 } });
    book(shell('Hang', `echo $$ > ${runner.home}/{{ inventory_hostname }}.pid; exec sleep 300`));
    const hung = runner.ensure(['release']);
    assert.match(hung.stderr, /the run was ended after 25 s/);
    for (const name of ['node1', 'node2', 'node3']) {
      const pid = readFileSync(join(runner.home, `${name}.pid`), 'utf8').trim();
      assert.ok(!existsSync(`/proc/${pid}/cmdline`) || readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '', name);
    }
  });

  it('takes Ansible and its workers along when the job is killed, and begins anew without them', async () => {
    book(
      shell(
        'Wait',
        `echo $$ > ${runner.home}/{{ inventory_hostname }}.pid; while [ ! -e ${runner.home}/go ]; do sleep 0.1; done; echo {{ inventory_hostname }} >> ${runner.home}/done`,
      ),
    );
    const { ended } = runner.begin(['release']);
    await runner.until(
      () => ['node1', 'node2', 'node3'].every((name) => existsSync(join(runner.home, `${name}.pid`))),
      'the task',
    );
    process.kill(JSON.parse(readFileSync(runner.at('holder.json'), 'utf8')).pid, 'SIGKILL');
    assert.match((await ended).stderr, /was killed before it ended/);
    const again = runner.begin(['release']);
    await runner.until(() => again.said().includes('attempt 2'), 'the second attempt');
    writeFileSync(join(runner.home, 'go'), '');
    assert.equal((await again.ended).status, 0);
    assert.deepEqual(readFileSync(join(runner.home, 'done'), 'utf8').split('\n').slice(0, -1).sort(), [
      'node1',
      'node2',
      'node3',
    ]);
    assert.equal(runner.runs().length, 1);
  });
});
