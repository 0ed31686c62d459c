import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remotePython, remoteScript } from '../../components/remote/index.ts';

/** The scripts that run on nodes and controller, run here by a real shell in a home of their own. */
describe('remote scripts', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'calispray-remote-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const sh = (script: string, input = '') =>
    spawnSync('sh', ['-c', script], {
      input,
      encoding: 'utf8',
      env: { HOME: home, PATH: process.env.PATH },
      timeout: 60_000,
    });

  it('makes the controller key once, prints its public half only', () => {
    const script = remoteScript('controller-key.sh', { CLUSTER: 'vm' });
    const first = sh(script);
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /^ssh-ed25519 \S+ calispray-vm\n$/);
    assert.equal(sh(script).stdout, first.stdout);
    assert.equal(statSync(join(home, '.calispray/vm/id_ed25519')).mode & 0o777, 0o600);
  });

  it('makes the key again where only half of a pair was left', () => {
    const script = remoteScript('controller-key.sh', { CLUSTER: 'vm' });
    const first = sh(script).stdout;
    rmSync(join(home, '.calispray/vm/id_ed25519'));
    const second = sh(script);
    assert.equal(second.status, 0, second.stderr);
    assert.notEqual(second.stdout, first);
  });

  it('authorises a key once, beside what stands there, and takes the older one of the cluster away', () => {
    mkdirSync(join(home, '.ssh'));
    const file = join(home, '.ssh/authorized_keys');
    writeFileSync(file, 'ssh-rsa AAAA somebody');
    const script = remoteScript('authorise.sh', { CLUSTER: 'vm' });
    for (const key of [
      'ssh-ed25519 OLD calispray-vm\n',
      'ssh-ed25519 NEW calispray-vm\n',
      'ssh-ed25519 NEW calispray-vm\n',
    ]) {
      assert.equal(sh(script, key).status, 0);
    }
    assert.equal(readFileSync(file, 'utf8'), 'ssh-rsa AAAA somebody\nssh-ed25519 NEW calispray-vm\n');
    assert.notEqual(sh(script, '').status, 0);
  });

  it('lays the inventory, drops what is no longer rendered, keeps what kubespray wrote', () => {
    const script = remotePython('put-inventory.py', ["it's"]);
    const put = (files: Record<string, string>) => sh(script, JSON.stringify(files));
    const gone = { 'inventory/group_vars/all/old.yml': 'b', 'inventory/extra-vars.json': '{}', known_hosts: 'h' };
    assert.equal(put({ 'inventory/hosts.yaml': 'a', ...gone }).status, 0);
    const inventory = join(home, ".calispray/it's/inventory");
    mkdirSync(join(inventory, 'artifacts'));
    writeFileSync(join(inventory, 'artifacts/admin.conf'), 'kept');
    mkdirSync(join(inventory, 'credentials'));
    writeFileSync(join(inventory, 'credentials/kubeadm_certificate_key.creds'), 'kept');
    const second = put({ 'inventory/hosts.yaml': 'c', 'inventory/group_vars/all/new.yml': 'd' });
    assert.match(second.stdout, /^[0-9a-f]{64}\n$/);
    assert.deepEqual(readdirSync(join(inventory, 'group_vars/all')), ['new.yml']);
    assert.equal(readFileSync(join(inventory, 'hosts.yaml'), 'utf8'), 'c');
    assert.deepEqual(readdirSync(inventory).sort(), ['artifacts', 'credentials', 'group_vars', 'hosts.yaml']);
    assert.ok(existsSync(join(inventory, 'artifacts/admin.conf')));
    assert.ok(existsSync(join(inventory, 'credentials/kubeadm_certificate_key.creds')));
    assert.ok(existsSync(join(inventory, '../known_hosts')));
  });

  it('gives another digest where only the extra variables of the command line are others', () => {
    const script = remotePython('put-inventory.py', ['vm']);
    const digest = (extra: string) =>
      sh(script, JSON.stringify({ 'inventory/hosts.yaml': 'a', 'inventory/extra-vars.json': extra })).stdout;
    assert.notEqual(digest('{"calico_wireguard_packages":[]}'), digest('{"calico_wireguard_packages":["x"]}'));
  });

  it('goes through sudo where the stack says so, and else not', () => {
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'sudo'), '#!/bin/sh\necho "sudo $*"\n');
    chmodSync(join(bin, 'sudo'), 0o755);
    const lib = remoteScript('lib.sh', { CLUSTER: 'vm', BECOME: 'true' });
    assert.equal(sh(`PATH=${bin}:$PATH\n${lib}\nas_root id -u`).stdout, 'sudo -n id -u\n');
    const without = remoteScript('lib.sh', { CLUSTER: 'vm', BECOME: 'false' });
    assert.equal(sh(`PATH=${bin}:$PATH\n${without}\nas_root id -u`).stdout, `${process.getuid?.()}\n`);
  });

  it('waits for what the API serves, and says in one sentence what is missing and how to get it', () => {
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'kubectl'), '#!/bin/sh\ncase "$*" in *projectcalico*) exit 0 ;; *) exit 1 ;; esac\n');
    chmodSync(join(bin, 'kubectl'), 0o755);
    writeFileSync(join(bin, 'sudo'), '#!/bin/sh\nshift\nexec "$@"\n');
    chmodSync(join(bin, 'sudo'), 0o755);
    const gate = (groups: string) =>
      sh(
        `PATH=${bin}:$PATH\n${remoteScript('api-gate.sh', { CLUSTER: 'vm', API_GROUPS: groups, WAIT: 1, BECOME: 'true' })}`,
      );
    assert.equal(gate('projectcalico.org/v3').stdout, 'serves projectcalico.org/v3\n');
    const without = gate('projectcalico.org/v3 monitoring.coreos.com/v1');
    assert.equal(without.status, 1);
    assert.match(without.stderr, /install the Prometheus operator .*, or say monitoring: none\.\n$/);
  });

  describe('run.sh', () => {
    const run = (id: string, limit = 60) =>
      remoteScript('run.sh', {
        CLUSTER: 'vm',
        DIGEST: id,
        SHORT: id.slice(0, 12),
        KUBESPRAY: 'kubespray-x',
        PLAYBOOK: 'cluster.yml',
        FORKS: 5,
        LIMIT: limit,
        BECOME: 'false',
      });
    /** What stands in for ansible-playbook here: the runner is what is tried, with a real shell, real locks, real signals. */
    const playbook = (body: string) => {
      const bin = join(home, '.calispray/vm/kubespray-x/venv/bin');
      mkdirSync(bin, { recursive: true });
      mkdirSync(join(home, '.calispray/vm/kubespray-x/kubespray'), { recursive: true });
      writeFileSync(join(bin, 'ansible-playbook'), `#!/bin/sh\necho run >> "$HOME/count"\n${body}\n`);
      chmodSync(join(bin, 'ansible-playbook'), 0o755);
    };
    const waitForGo = 'i=0; while [ ! -e "$HOME/go" ] && [ $i -lt 600 ]; do i=$((i+1)); sleep 0.05; done';
    const count = () => readFileSync(join(home, 'count'), 'utf8').split('\n').length - 1;
    const background = (script: string): ChildProcess =>
      spawn('sh', ['-c', script], { env: { HOME: home, PATH: process.env.PATH }, stdio: 'ignore', detached: true });
    const until = async (what: () => boolean, name: string) => {
      for (let tries = 0; tries < 200; tries++) {
        if (what()) return;
        await new Promise((wake) => setTimeout(wake, 50));
      }
      assert.fail(`${name} did not happen within 10 s`);
    };

    it('carries a playbook out once; the same digest again finds it done', () => {
      playbook('echo "PLAY [Install etcd] *****"\necho "node1 : ok=3    changed=1    failed=0"');
      const first = sh(run('abc'));
      assert.equal(first.status, 0, first.stderr);
      assert.equal(first.stdout, 'play: Install etcd\nnode1 : ok=3 changed=1 failed=0\n');
      const second = sh(run('abc'));
      assert.match(second.stdout, /was carried out before/);
      assert.equal(count(), 1);
      sh(run('abd'));
      assert.equal(count(), 2);
    });

    it('passes the extra variables of the inventory with -e, and nothing where it has none', () => {
      playbook('printf "%s\\n" "$@" > "$HOME/words"');
      const inventory = join(home, '.calispray/vm/inventory');
      const extra = () => {
        const words = readFileSync(join(home, 'words'), 'utf8').split('\n');
        const at = words.indexOf('-e');
        return at === -1 ? undefined : words[at + 1];
      };
      assert.equal(sh(run('abc')).status, 0);
      assert.equal(extra(), undefined);
      mkdirSync(inventory, { recursive: true });
      writeFileSync(join(inventory, 'extra-vars.json'), '{}');
      assert.equal(sh(run('abd')).status, 0);
      assert.equal(extra(), `@${inventory}/extra-vars.json`);
    });

    it('names the failed task, the log and the way on, and tries again the next time', () => {
      playbook('echo "fatal: [node1]: FAILED! => no space"\nexit 2');
      const failed = sh(run('abc'));
      assert.equal(failed.status, 1);
      assert.match(failed.stderr, /fatal: \[node1\]: FAILED! => no space/);
      assert.match(failed.stderr, /runs\/abc\/log on the controller; mend the cause/);
      playbook('exit 0');
      assert.equal(sh(run('abc')).status, 0);
    });

    it('outlives the one who follows it, who finds it again', async () => {
      playbook(`${waitForGo}\necho "PLAY [Late] **"`);
      const follower = background(run('abc'));
      await until(() => existsSync(join(home, 'count')), 'the run');
      process.kill(follower.pid as number, 'SIGKILL');
      const other = sh(run('other'));
      assert.equal(other.status, 1);
      assert.match(other.stderr, /run abc is at work/);
      const again = new Promise<string>((done) => {
        const child = spawn('sh', ['-c', run('abc')], { env: { HOME: home, PATH: process.env.PATH } });
        let text = '';
        child.stdout.on('data', (chunk) => {
          text += chunk;
          writeFileSync(join(home, 'go'), '');
        });
        child.on('close', () => done(text));
      });
      assert.match(await again, /found run abc at work[\s\S]*play: Late/);
      assert.equal(count(), 1);
    });

    it('ends a hung run at its limit', () => {
      playbook('sleep 30');
      const hung = sh(run('abc', 1));
      assert.equal(hung.status, 1);
      assert.match(hung.stderr, /ended after 1 s/);
    });

    it('says when a run was killed, and starts it anew after that', async () => {
      playbook(`echo $PPID > "$HOME/pids"; ${waitForGo}`);
      const follower = spawn('sh', ['-c', run('abc')], { env: { HOME: home, PATH: process.env.PATH } });
      let stderr = '';
      follower.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      const ended = new Promise((done) => follower.on('close', done));
      await until(() => existsSync(join(home, 'pids')), 'the run');
      const timeoutPid = Number(readFileSync(join(home, 'pids'), 'utf8'));
      const job = Number(readFileSync(`/proc/${timeoutPid}/stat`, 'utf8').split(' ')[3]);
      for (const pid of [job, timeoutPid]) process.kill(pid, 'SIGKILL');
      await ended;
      assert.match(stderr, /was killed before it ended/);
      writeFileSync(join(home, 'go'), '');
      assert.equal(sh(run('abc')).status, 0);
      assert.equal(count(), 2);
    });

    it('keeps what it prints small, however long the log', () => {
      playbook(
        'i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo "PLAY [$(printf %0200d $i)] ***"; done; head -c 3000000 /dev/zero | tr "\\\\0" x',
      );
      const long = sh(run('abc'));
      assert.equal(long.status, 0, long.stderr);
      assert.ok(long.stdout.length < 2048, `${long.stdout.length} characters`);
      assert.ok(long.stdout.length > 200);
    });
  });
});
