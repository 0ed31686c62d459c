import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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
import { releases } from '../../cluster/index.ts';
import { remotePython, remoteScript, requirementsOf } from '../../components/remote/index.ts';

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
    assert.match(second.stdout, /^[0-9a-f]{64} \d+\n$/);
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
      sh(script, JSON.stringify({ 'inventory/hosts.yaml': 'a', 'inventory/extra-vars.json': extra })).stdout.split(
        ' ',
      )[0];
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

  it('brings every supported release of kubespray what it asks for, by hash', () => {
    for (const { tag, ansible } of releases) {
      const entries = requirementsOf(tag)
        .replaceAll(/^#.*\n/gm, '')
        .trimEnd()
        .split(/\n(?! )/);
      assert.ok(
        entries.some((entry) => entry.startsWith(`ansible==${ansible} `)),
        `${tag}: ansible ${ansible}`,
      );
      for (const name of ['ansible-core', 'cryptography', 'jmespath', 'netaddr', 'jinja2', 'pyyaml']) {
        assert.ok(
          entries.some((entry) => entry.startsWith(`${name}==`)),
          `${tag}: ${name}`,
        );
      }
      for (const entry of entries)
        assert.match(entry, /^[a-z0-9-]+==\S+ (; .* )?\\(\n {4}--hash=sha256:[0-9a-f]{64}( \\)?)+$/, tag);
    }
    assert.equal(requirementsOf('v9.9.9'), '');
  });

  it('says who laid what is declared, from where and when', () => {
    const laid = sh(
      remotePython('put-inventory.py', ['vm']),
      JSON.stringify({ 'desired.json': '{}', 'inventory/hosts.yaml': 'a' }),
    );
    assert.equal(laid.status, 0, laid.stderr);
    const by = JSON.parse(readFileSync(join(home, '.calispray/vm/desired.by.json'), 'utf8'));
    assert.match(by.who, /^\S+$/);
    assert.match(by.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(readFileSync(join(home, '.calispray/vm/desired.json'), 'utf8'), '{}');
  });
});
