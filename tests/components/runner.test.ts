import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goneCommand, resetCommand, runnerFiles } from '../../components/remote/index.ts';
import type { Call, Facts } from '../../kubespray/plan/types.ts';
import { changed, desiredOf, type Ended, facts, host, RunnerHome } from './runner-home.ts';

/** The runner of the controller, with a real shell, real Python, real locks and signals; ansible-playbook is a stand-in. */
describe('runner', () => {
  let runner: RunnerHome;
  beforeEach(() => {
    runner = new RunnerHome();
    runner.playbook('true');
  });
  afterEach(() => runner.remove());

  const withHosts = (hosts: Facts['hosts']): Facts => ({ ...facts, hosts: { ...facts.hosts, ...hosts } });
  /** With the calls of one step replaced. */
  const calling = (wanted: Facts, kind: string, ...calls: Call[]) => {
    const desired = desiredOf(wanted);
    return { ...desired, how: { ...desired.how, [kind]: calls } };
  };
  const built = () => well(runner.ensure(['release']));
  const well = ({ status, stderr }: Ended) => assert.equal(status, 0, stderr);
  const event = (value: object) => `echo '${JSON.stringify(value)}' >> "$CALISPRAY_EVENTS"`;
  const words = () => readFileSync(join(runner.home, 'words'), 'utf8').split('\n').slice(0, -1);
  const saveWords = 'printf "%s\\n" "$@" > "$HOME/words"; cp "$2" "$HOME/hosts"';

  it('builds once, for whichever fact is asked for first; the others find themselves carried out', () => {
    runner.playbook(
      [
        event({ kind: 'play', name: 'Install etcd' }),
        event({ kind: 'summary', hosts: { node1: { ok: 3, changed: 1, failed: 0, unreachable: 0, skipped: 9 } } }),
      ].join('\n'),
    );
    const first = runner.ensure(['calico']);
    assert.equal(first.status, 0, first.stderr);
    assert.match(
      first.stdout,
      /^run 0001-build-[0-9a-f]{8}: node1, node2\nplay: Install etcd\nnode1: ok=3 changed=1\n$/,
    );
    for (const fact of [['release'], ['settings'], ['calico'], ['member', 'node1'], ['member', 'node2']]) {
      assert.equal(runner.ensure(fact).stdout, 'carried out before, nothing to do\n');
    }
    assert.deepEqual(runner.calls(), ['build.yml']);
    assert.deepEqual(runner.record(), facts);
  });

  it('runs only what a change needs, and the same change later again: A → B → A', () => {
    built();
    for (const mtu of [1400, 1440, 1400]) {
      runner.lay(desiredOf(changed('calico', { calico_mtu: mtu })));
      assert.equal(runner.ensure(['settings']).stdout, 'carried out before, nothing to do\n');
      assert.equal(runner.ensure(['calico']).status, 0);
      assert.equal(runner.record().calico?.calico_mtu, mtu);
    }
    assert.deepEqual(runner.calls(), ['build.yml', 'calico.yml', 'calico.yml', 'calico.yml']);
    const states = runner.runs().map(({ run, state, attempts }) => [run.slice(0, 11), state, attempts.length]);
    assert.deepEqual(
      states.slice(1),
      [2, 3, 4].map((number) => [`000${number}-calico`, 'succeeded', 1]),
    );
  });

  it('names host, task, message, log and the way on; the next attempt is of the same run', () => {
    runner.playbook(
      `${event({ kind: 'failed', host: 'node2', task: 'etcd : start', status: 'failed', message: 'no space left' })}\nexit 2`,
    );
    const failed = runner.ensure(['release']);
    assert.equal(failed.status, 1);
    assert.match(
      failed.stderr,
      /^node2 failed, task etcd : start:\nno space left\nbuild.yml ended with status 2\nThe log is \/\S+\/runs\/0001-build-\w+\/log on the controller\.\nMend the cause and run `up` again: it goes on as attempt 2 of run 0001-build-\w+\.\n$/,
    );
    assert.deepEqual(runner.record(), {});
    runner.playbook('true');
    assert.match(runner.ensure(['settings']).stdout, /^run 0001-build-\w+, attempt 2: node1, node2\n$/);
    const [run, ...others] = runner.runs();
    assert.deepEqual(others, []);
    assert.deepEqual(
      run.attempts.map(({ number, outcome }: { number: number; outcome: string }) => [number, outcome]),
      [
        [1, 'failed'],
        [2, 'succeeded'],
      ],
    );
    assert.equal(run.who, 'root from 192.168.4.10');
  });

  it('gives the last lines of the log where a playbook fails before any task', () => {
    runner.playbook('echo "ERROR! the playbook: build.yml could not be found" >&2; exit 1');
    assert.match(runner.ensure(['release']).stderr, /could not be found/);
  });

  it('refuses where another declaration was laid meanwhile, and says whose', () => {
    const mine = runner.input(['settings']);
    runner.lay(desiredOf(changed('settings', { upstream_dns_servers: ['1.1.1.1'] })));
    const refused = runner.sh('python3 "$HOME"/.calispray/vm/runner/ensure.py vm settings', mine);
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /^another `up` has laid another inventory meanwhile \(root from 192\.168\.4\.10, \d{4}-/,
    );
    assert.deepEqual(runner.calls(), []);
  });

  it('refuses what a living cluster cannot change, and what no run carries out', () => {
    built();
    runner.lay(desiredOf(changed('settings', { kube_pods_subnet: '10.250.0.0/16' })));
    assert.match(
      runner.ensure(['settings']).stderr,
      /^kube_pods_subnet is 10\.244\.0\.0\/16 in this cluster and cannot become 10\.250/,
    );
    runner.lay(desiredOf(withHosts({ node2: host('10.0.0.9') })));
    assert.match(runner.ensure(['member', 'node2']).stderr, /^address of node2 is 10\.0\.0\.2/);
    runner.lay(desiredOf(withHosts({ node2: host('10.0.0.2', []) })));
    assert.match(runner.ensure(['member', 'node2']).stderr, /nothing that a run can change/);
    assert.deepEqual(runner.calls(), ['build.yml']);
  });

  it('hands over inventory, key, extra variables, tags and limits, with the hosts a call is to see', () => {
    built();
    const wanted = withHosts({ node3: host('10.0.0.3'), node0: host('10.0.0.4') });
    const desired = calling(wanted, 'join', {
      playbook: 'scale.yml',
      limit: 'new',
      tags: ['a', 'b'],
      skipTags: ['c'],
      extraVars: { n: '{node}' },
    });
    runner.lay(desired, { 'inventory/extra-vars.json': '{"x": 1}' });
    runner.playbook(saveWords);
    assert.equal(runner.ensure(['member', 'node3']).status, 0);
    const [run] = runner.runs().slice(-1);
    const at = (name: string) => runner.at('runs', run.run, name);
    assert.deepEqual(words(), [
      ...[
        '-i',
        at('inventory/hosts-1.yaml'),
        '-b',
        `--private-key=${runner.at('id_ed25519')}`,
        '-e',
        `@${at('inventory/extra-vars.json')}`,
      ],
      ...['-e', '{"n": "node0,node3"}', '--tags', 'a,b', '--skip-tags', 'c', '--limit', 'node0,node3'],
      runner.at('kubespray-x/kubespray/scale.yml'),
    ]);
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(runner.home, 'hosts'), 'utf8')).all.hosts), [
      'node1',
      'node2',
      'node3',
      'node0',
    ]);
    assert.equal(runner.ensure(['member', 'node0']).stdout, 'carried out before, nothing to do\n');
  });

  it('leaves hosts that have not joined out of the inventory of those who must not see them', () => {
    built();
    const wanted = { ...withHosts({ node3: host('10.0.0.3') }), calico: { calico_mtu: 1400 } };
    runner.lay(calling(wanted, 'calico', { playbook: 'cluster.yml', sees: 'members' }));
    runner.playbook(saveWords);
    assert.equal(runner.ensure(['calico']).status, 0);
    const seen = JSON.parse(readFileSync(join(runner.home, 'hosts'), 'utf8')).all;
    assert.deepEqual(Object.keys(seen.hosts), ['node1', 'node2']);
    assert.deepEqual(Object.keys(seen.children.kube_node.hosts), ['node1', 'node2']);
    assert.deepEqual(Object.keys(runner.record().hosts ?? {}), ['node1', 'node2']);
  });

  it('makes a playbook of a command, which is tried again and only made where it applies', () => {
    built();
    const command = {
      name: 'the BGPPeer {peer}',
      command: ['calicoctl.sh', 'delete', '{peer}'],
      on: 'kube_control_plane[0]',
      tries: 3,
      delaySeconds: 5,
    };
    const peers = { 'global-rack': { router_id: '10.0.0.9' } };
    runner.lay(desiredOf({ ...facts, peers }));
    assert.equal(runner.ensure(['peer', 'global-rack']).status, 0);
    runner.lay(calling(facts, 'unpeer', { ...command, ifIn: ['calico_rr'] }, command));
    runner.playbook('cp "$book" "$HOME/own"');
    assert.equal(runner.sh(goneCommand('vm', 'peer', 'global-rack')).status, 0);
    assert.deepEqual(JSON.parse(readFileSync(join(runner.home, 'own'), 'utf8')), [
      {
        name: 'the BGPPeer global-rack',
        hosts: 'kube_control_plane[0]',
        gather_facts: false,
        tasks: [
          {
            name: 'the BGPPeer global-rack',
            'ansible.builtin.command': { argv: ['calicoctl.sh', 'delete', 'global-rack'] },
            register: 'said',
            until: 'said is succeeded',
            retries: 2,
            delay: 5,
          },
        ],
      },
    ]);
    assert.deepEqual(runner.calls().slice(1), ['calico.yml', 'call-1.yml']);
    assert.deepEqual(runner.record().peers, {});
  });

  it('removes a host with the inventory it was built with; one still declared stays', () => {
    runner.lay(desiredOf(withHosts({ node3: host('10.0.0.3') })));
    built();
    assert.match(
      runner.sh(goneCommand('vm', 'member', 'node3')).stdout,
      /^node3 stays as it is: the cluster keeps running/,
    );
    const remove: Call = {
      playbook: 'remove-node.yml',
      extraVars: { node: '{node}' },
      inventory: 'applied',
      sees: 'members',
    };
    const left = desiredOf({ ...facts, hosts: { node1: host('10.0.0.1', facts.hosts.node1?.groups) } });
    const dead: Call = { ...remove, playbook: 'remove-dead.yml' };
    const alone = { ...left, how: { ...left.how, remove: [remove], 'remove-dead': [dead] }, removeDead: ['node2'] };
    runner.lay(alone);
    assert.deepEqual(Object.keys(runner.record().hosts ?? {}), ['node1'], 'what leaves has a resource of its own');
    runner.playbook(saveWords);
    const gone = runner.sh(goneCommand('vm', 'member', 'node3'));
    assert.match(gone.stdout, /^run 0002-remove-\w+: node3\n$/);
    assert.ok(words().includes('{"node": "node3"}'));
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(runner.home, 'hosts'), 'utf8')).all.hosts), [
      'node1',
      'node2',
      'node3',
    ]);
    assert.equal(runner.sh(goneCommand('vm', 'member', 'node3')).stdout, 'node3 is gone already, nothing to do\n');
    assert.equal(runner.sh(goneCommand('vm', 'member', 'node2')).status, 0);
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(runner.home, 'hosts'), 'utf8')).all.hosts), [
      'node1',
      'node2',
    ]);
    assert.deepEqual(runner.calls(), ['build.yml', 'remove-node.yml', 'remove-dead.yml']);
  });

  it('takes the cluster down only when told to reset it; then there is nothing any more', () => {
    built();
    assert.equal(runner.sh(resetCommand('vm')).status, 0);
    assert.deepEqual(runner.calls(), ['build.yml', 'reset.yml']);
    assert.deepEqual(runner.record(), {});
    built();
    assert.deepEqual(runner.calls(), ['build.yml', 'reset.yml', 'build.yml']);
  });

  it('adopts what is there when nobody knows of it any more: nothing is run', () => {
    built();
    const again = [['release'], ['settings'], ['calico'], ['member', 'node1'], ['member', 'node2']];
    for (const fact of again) assert.equal(runner.ensure(fact).stdout, 'carried out before, nothing to do\n');
    assert.deepEqual(runner.calls(), ['build.yml']);
  });

  it('keeps the newest runs, and the last that ended well', () => {
    const keep = { runs: { limitSeconds: 60, keep: 2, forks: 5 } };
    runner.lay(desiredOf(facts, keep));
    built();
    runner.playbook('exit 1');
    for (let number = 1; number <= 4; number++) {
      runner.lay(desiredOf(changed('calico', { calico_mtu: 1400 + number }), keep));
      assert.equal(runner.ensure(['calico']).status, 1);
    }
    assert.deepEqual(
      runner.runs().map(({ run }) => run.slice(0, 8)),
      ['0001-bui', '0004-cal', '0005-cal'],
    );
  });

  it('forgets what Ansible knew of a host that was made anew', () => {
    built();
    const forget = (known: string) => {
      for (const name of ['node1', 'node2']) writeFileSync(runner.at('facts', name), '{}');
      runner.lay(desiredOf(changed('calico', { calico_mtu: Math.random() })), { known_hosts: known });
      assert.equal(runner.ensure(['calico']).status, 0);
      return readdirSync(runner.at('facts'));
    };
    const key = (address: string, text = `AAAA${address}`) => `${address} ssh-ed25519 ${text}\n`;
    assert.deepEqual(forget(key('10.0.0.1') + key('10.0.0.2')), ['node1', 'node2']);
    assert.deepEqual(forget(key('10.0.0.1') + key('10.0.0.2', 'OTHER')), ['node1']);
    assert.deepEqual(
      forget(key('10.0.0.1') + key('10.0.0.2', 'OTHER') + key('[proxy]:22')),
      [],
      'a name that may be anybody’s',
    );
  });

  it('holds every host to its declared key, and keeps the first one of a host that has none', () => {
    runner.lay(runner.laid, { known_hosts: '10.0.0.1 ssh-ed25519 AAAA\n[10.0.0.2]:22 ssh-ed25519 AAAA\n' });
    runner.playbook(saveWords);
    built();
    const { node1, node2 } = JSON.parse(readFileSync(join(runner.home, 'hosts'), 'utf8')).all.hosts;
    assert.equal(node1.ansible_ssh_args, undefined);
    assert.match(
      node2.ansible_ssh_args,
      /StrictHostKeyChecking=accept-new -o UserKnownHostsFile=\S+\/known_hosts\.accepted$/,
    );
    const config = readFileSync(runner.at('runs', runner.runs()[0].run, 'ansible.cfg'), 'utf8');
    assert.match(config, /^ssh_args = .* -o StrictHostKeyChecking=yes -o UserKnownHostsFile=\S+\/known_hosts$/m);
  });

  it('runs on the inventory it was started with, whatever is laid meanwhile', async () => {
    runner.playbook(
      'touch "$HOME/began"; while [ ! -e "$HOME/go" ]; do sleep 0.05; done; cat "$(dirname "$2")/group_vars/all/all.yml" > "$HOME/seen"',
    );
    const { ended } = runner.begin(['release']);
    await runner.until(() => existsSync(join(runner.home, 'began')), 'the run');
    runner.lay(desiredOf(changed('calico', { calico_mtu: 1400 })), {
      'inventory/group_vars/all/all.yml': 'colour: red\n',
    });
    writeFileSync(join(runner.home, 'go'), '');
    assert.equal((await ended).status, 0);
    assert.equal(readFileSync(join(runner.home, 'seen'), 'utf8'), 'colour: blue\n');
    assert.equal(runner.record().calico?.calico_mtu, 1440, 'what was carried out is what it was started with');
  });

  it('keeps kubespray’s own files in one place, through every snapshot', () => {
    runner.playbook('echo conf > "$(dirname "$2")/artifacts/admin.conf"');
    built();
    assert.equal(readFileSync(runner.at('inventory/artifacts/admin.conf'), 'utf8'), 'conf\n');
    runner.lay(desiredOf(changed('calico', { calico_mtu: 1400 })));
    assert.equal(runner.ensure(['calico']).status, 0);
    assert.ok(existsSync(runner.at('inventory/artifacts/admin.conf')));
  });

  it('prints little, however much there is to say', () => {
    const play = event({ kind: 'play', name: 'x'.repeat(150) });
    const hosts = Object.fromEntries(
      Array.from({ length: 500 }, (_, at) => [
        `node-with-a-long-name-${at}`,
        { ok: 1, changed: 1, failed: 0, unreachable: 0, skipped: 0 },
      ]),
    );
    runner.playbook(`i=0; while [ $i -lt 300 ]; do i=$((i+1)); ${play}; done\n${event({ kind: 'summary', hosts })}`);
    const { stdout, stderr } = runner.ensure(['release']);
    assert.ok(Buffer.byteLength(stdout + stderr) <= 2048, stdout);
    assert.match(stdout, /more lines are in the log\)\nnode-with[\s\S]*and \d+ more hosts\n$/);
    const failure = event({
      kind: 'failed',
      host: 'h'.repeat(60),
      task: 't'.repeat(160),
      status: 'failed',
      message: 'ü'.repeat(600),
    });
    runner.playbook(`for i in 1 2 3 4 5; do ${play}; done; for i in 1 2 3 4 5; do ${failure}; done; exit 2`);
    runner.lay(desiredOf(changed('calico', { calico_mtu: 1400 })));
    const failed = runner.ensure(['calico']);
    assert.ok(
      Buffer.byteLength(failed.stdout + failed.stderr) <= 2048,
      `${Buffer.byteLength(failed.stdout + failed.stderr)}`,
    );
    assert.match(failed.stderr, /attempt 2 of run 0002-calico-\w+\.\n$/);
    for (const line of `${stdout}${stderr}${failed.stdout}${failed.stderr}`.split('\n'))
      assert.ok(line.length <= 200, line);
  });

  it('is written for the oldest Python it says it runs with', () => {
    const parse =
      'import ast, sys; [ast.parse(open(name).read(), name, feature_version=(3, 9)) for name in sys.argv[1:]]';
    const files = Object.keys(runnerFiles()).map((name) => `'${runner.at('runner', name)}'`);
    const parsed = runner.sh(`python3 -c '${parse}' ${files.join(' ')}`);
    assert.equal(parsed.status, 0, parsed.stderr);
  });

  it('is laid anew beside what is no longer part of it', () => {
    mkdirSync(runner.at('runner/old'), { recursive: true });
    writeFileSync(runner.at('runner/old/gone.py'), '');
    runner.layRunner();
    assert.deepEqual(readdirSync(runner.at('runner/old')), []);
    assert.ok(existsSync(runner.at('runner/ensure.py')));
  });
});
