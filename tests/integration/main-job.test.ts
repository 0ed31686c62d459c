import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verification } from '../../kubespray/verify/index.ts';
import { Calispray } from '../support/calispray.ts';

/** The main job as a user runs it: the real command, engine, SSH, Ansible, etcd and kube-apiserver, on a lab of its own. */
describe('the main job', function () {
  this.timeout(600_000);
  const calispray = new Calispray('main-job', { verifies: true });
  after(async () => {
    await calispray.run('down');
    calispray.remove();
  });

  const kubectl = (...words: string[]) =>
    calispray.run(
      'lab',
      'shell',
      'masternode',
      '--',
      '/usr/local/bin/kubectl',
      '--kubeconfig',
      '/etc/kubernetes/admin.conf',
      ...words,
    );
  const runsOnController = async () => {
    const listed = await calispray.run('lab', 'shell', 'masternode', '--', 'ls', '/root/.calispray/lab/runs');
    return listed.text.trim().split('\n').length;
  };

  /** No namespace of a verification is there any more. */
  const nothingLeft = async () => {
    const { text } = await kubectl('get', 'namespaces', '-o', 'name');
    assert.doesNotMatch(text, /calispray-verify/);
  };

  for (const [moment, sign] of [
    ['in the middle of the playbook', /play: /],
    ['while objects of the API are made', /wait for the API created/],
  ] as const) {
    it(`can be killed ${moment}`, async () => {
      const killed = calispray.start('start');
      const closed = once(killed, 'close');
      for (let tries = 0; tries < 8000 && !sign.test(killed.text) && killed.exitCode === null; tries++) {
        await new Promise((wake) => setTimeout(wake, 50));
      }
      const seen = killed.text;
      killed.kill('SIGKILL');
      await closed;
      assert.match(seen, sign);
    });
  }

  it('brings the reference cluster up on three nodes and says what is there', async () => {
    const started = await calispray.run('start');
    assert.equal(started.code, 0, started.text);
    for (const node of ['masternode', 'storagenodet3500', 'homelab']) assert.match(started.text, new RegExp(node));
    assert.match(started.text, /allow-cluster-internal/);
    assert.match(started.text, /1500/);
    assert.match(started.text, /✓ verification created/);
    assert.match(started.text, /^Verified +2\d checks passed, \d not judged$/m);
    assert.equal(await runsOnController(), 1, 'the run that was left was found, not begun again');
  });

  it('left real objects in a real API', async () => {
    const nodes = await kubectl('get', 'nodes', '-o', 'name');
    assert.deepEqual(nodes.text.trim().split('\n').sort(), [
      'node/homelab',
      'node/masternode',
      'node/storagenodet3500',
    ]);
    const policies = await kubectl('get', 'networkpolicies', '-n', 'production', '-o', 'name');
    for (const name of ['default-deny-ingress', 'allow-prometheus-scraping', 'allow-dns'])
      assert.match(policies.text, new RegExp(name));
    const global = await kubectl(
      'get',
      'globalnetworkpolicies.projectcalico.org',
      'allow-cluster-internal',
      '-o',
      'jsonpath={.spec.types}',
    );
    assert.match(global.text, /Ingress.*Egress/);
    const monitor = await kubectl('get', 'servicemonitor,service', '-n', 'kube-system', '-o', 'name');
    assert.match(monitor.text, /servicemonitor\.monitoring\.coreos\.com\/calico-node/);
    assert.match(monitor.text, /service\/calico-node/);
  });

  it('changes nothing the second time', async () => {
    const again = await calispray.run('start');
    assert.equal(again.code, 0, again.text);
    assert.match(again.text, /no change|nothing to (do|change)/i);
    assert.doesNotMatch(again.text, /^\s*[+~-] /m);
    assert.equal(await runsOnController(), 1);
  });

  it('stops on a violation with nothing touched', async () => {
    const state = () =>
      readdirSync(join(calispray.labDir, 'backend/.pulumi/stacks'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
        .join();
    const before = state();
    assert.ok(before.length > 1000);
    const dir = calispray.project('too-large', 'lab', (text) => text.replace('mtu: auto', 'mtu: 1600'));
    const refused = await calispray.run('-C', dir, 'up', '--stack', 'lab');
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.text, /mtu-above/);
    assert.match(refused.text, /network\.mtu/);
    assert.equal(state(), before);
    assert.equal(await runsOnController(), 1);
  });

  it('carries a changed policy out in place', async () => {
    const dir = calispray.project('order', 'lab', (text) => text.replace('order: 100', 'order: 200'));
    const preview = await calispray.run('-C', dir, 'preview', '--stack', 'lab');
    assert.equal(preview.code, 0, preview.text);
    assert.match(preview.text, /spec\.order/);
    const up = await calispray.run('-C', dir, 'up', '--stack', 'lab');
    assert.equal(up.code, 0, up.text);
    assert.match(up.text, /✓ verification replaced/);
    const order = await kubectl(
      'get',
      'globalnetworkpolicies.projectcalico.org',
      'allow-cluster-internal',
      '-o',
      'jsonpath={.spec.order}',
    );
    assert.equal(order.text.trim(), '200');
    assert.equal(await runsOnController(), 1, 'a policy is no reason to run the playbook');
  });

  it('proves on demand that all of it works, from outside of the lab', async () => {
    const junit = join(calispray.state, 'verified.xml');
    const { code, text } = await calispray.run('verify', '--json', '--junit', junit);
    assert.equal(code, 0, text);
    const found = JSON.parse(/^\{$[\s\S]*^\}$/m.exec(text)?.[0] ?? '') as Verification;
    assert.deepEqual(found.left, []);
    const ids = (outcome: string) => found.checks.filter((check) => check.outcome === outcome).map(({ id }) => id);
    assert.deepEqual(ids('failed'), []);
    // The lab runs no calico-node; that is found out on the node, and taken for nothing else.
    assert.deepEqual(ids('not-judged'), [
      'components-ready/calico-node',
      'components-ready/calico-kube-controllers',
      'components-ready/calico-apiserver',
      'versions/calico',
      'policy-enforced',
    ]);
    assert.equal(ids('passed').length, found.checks.length - 5);
    assert.match(
      readFileSync(junit, 'utf8'),
      /<testsuites name="calispray verify lab" tests="30" failures="0" errors="0" skipped="5">/,
    );
    await nothingLeft();
  });

  it('ends a verification by Ctrl-C, and takes away what that made', async () => {
    const verifying = calispray.start('verify');
    const closed = once(verifying, 'close');
    for (
      let tries = 0;
      tries < 1200 && !/Every pod runs/.test(verifying.text) && verifying.exitCode === null;
      tries++
    ) {
      await new Promise((wake) => setTimeout(wake, 50));
    }
    verifying.kill('SIGINT');
    assert.deepEqual((await closed)[0], 130, verifying.text);
    assert.match(verifying.text, /taking away what was made/);
    await nothingLeft();
  });

  it('fails the up where large packets vanish, and verifies again once that is mended, though nothing else differs', async () => {
    const homelab = (script: string) => calispray.run('lab', 'shell', 'homelab', '--', 'sh', '-c', script);
    const chain = 'add chain inet narrow forward { type filter hook forward priority -10; }';
    const rule = 'add rule inet narrow forward ip length gt 1400 drop';
    const made = await homelab(`nft add table inet narrow && nft '${chain}' && nft ${rule}`);
    assert.equal(made.code, 0, made.text);
    const failed = await calispray.run('up', '--stack', 'lab');
    assert.equal(failed.code, 1, failed.text);
    assert.match(failed.text, /✗ Pods on masternode and homelab reach each other with 1500 bytes/);
    assert.match(failed.text, /expected {2}answers to 84 and 1500 bytes/);
    assert.match(failed.text, /seen {6}.*1400 bytes/);
    assert.match(failed.text, /→ .*network\.mtu/);
    assert.match(failed.text, /2 of 30 checks failed/);
    assert.doesNotMatch(failed.text, /remote command failed|"event"|\n\s+at /);
    await nothingLeft();
    await homelab('nft delete table inet narrow');
    const again = await calispray.run('up', '--stack', 'lab');
    assert.equal(again.code, 0, again.text);
    assert.match(again.text, /^1 to replace, \d+ unchanged$/m);
    assert.match(again.text, /✓ verification replaced/);
  });

  it('names a node that is down, before anything is touched', async () => {
    const dir = calispray.project('gone', 'lab', (text) => text.replace('192.168.4.62', '192.168.4.99'));
    const refused = await calispray.run('-C', dir, 'up', '--stack', 'lab');
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.text, /homelab/);
    assert.match(refused.text, /192\.168\.4\.99/);
    assert.doesNotMatch(refused.text, /\n\s+at /);
  });

  it('connects to no node that shows another host key', async () => {
    const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2mPjvMAkGmL0ZZqkTqnTkRqFv1nYk5Zq3Yk5lYk5Yk';
    const dir = calispray.project('impostor', 'lab', (text) =>
      text.replace('address: 192.168.4.62,', `address: 192.168.4.62, ssh: { hostKey: "${other}" },`),
    );
    const refused = await calispray.run('-C', dir, 'up', '--stack', 'lab');
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.text, /host-key-mismatch/);
    assert.match(refused.text, /nodes\.homelab/);
  });

  it('keeps every secret out of state, work folder, backups, the run’s log and all it ever printed', async () => {
    const key = readFileSync(join(calispray.labDir, 'id_ed25519'), 'utf8').split('\n')[2] ?? '';
    assert.ok(key.length > 40);
    assert.deepEqual(calispray.filesWith(key), []);
    const printed = calispray.said;
    const kubeconfig = await calispray.run(
      'lab',
      'shell',
      'masternode',
      '--',
      'cat',
      '/root/.calispray/lab/inventory/artifacts/admin.conf',
    );
    const clientKey = /client-key-data: (\S+)/.exec(kubeconfig.text)?.[1] ?? '';
    assert.ok(clientKey.length > 40, kubeconfig.text);
    assert.deepEqual(calispray.filesWith(clientKey), []);
    const log = await calispray.run(
      'lab',
      'shell',
      'masternode',
      '--',
      'sh',
      '-c',
      'cat /root/.calispray/lab/runs/*/log',
    );
    assert.match(log.text, /PLAY RECAP/);
    for (const secret of [key, clientKey]) assert.ok(!`${printed}${log.text}`.includes(secret));
  });

  it('goes without a trace', async () => {
    const down = await calispray.run('down');
    assert.equal(down.code, 0, down.text);
    assert.doesNotMatch(readFileSync('/proc/self/mounts', 'utf8'), new RegExp(calispray.state));
    assert.deepEqual(
      readdirSync('/run/netns').filter((name) => name.startsWith('calispray-main-job-')),
      [],
    );
    const status = await calispray.run('lab', 'status');
    assert.match(status.text, /not there/);
  });
});
