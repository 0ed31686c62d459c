import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Calispray } from '../support/calispray.ts';

/** The commands of the second day as a user runs them, on one lab from its first run to its reset. */
describe('the commands of the second day', function () {
  this.timeout(600_000);
  const calispray = new Calispray('day-two-cli');
  after(async () => {
    await calispray.run('down');
    calispray.remove();
  });

  const kubectl = (...words: string[]) => {
    const command = ['/usr/local/bin/kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', ...words];
    return calispray.run('lab', 'shell', 'masternode', '--', ...command);
  };

  it('plan the first run, and say before it that there was none', async () => {
    const planned = await calispray.run('plan');
    assert.equal(planned.code, 0, planned.text);
    assert.match(planned.text, /cluster\.yml .* 3 nodes.*\n.*nodes\.homelab/);
    const none = await calispray.run('runs');
    assert.deepEqual([none.code, /no-lab/.test(none.text)], [1, true], none.text);
  });

  it('tell of the run from elsewhere while up carries it out, and are left alone by it', async () => {
    const up = calispray.start('up', '--stack', 'lab');
    const closed = once(up, 'close');
    for (let tries = 0; tries < 4000 && !/\| .*play: /.test(up.text) && up.exitCode === null; tries++)
      await new Promise((wake) => setTimeout(wake, 50));
    const followed = await calispray.run('follow');
    assert.equal(followed.code, 0, followed.text);
    assert.match(followed.text, /^play: .*^ +\d+ {2}\S.*: \d+ (ok|changed).*^Run 0001-build-\w{8} succeeded after /ms);
    await closed;
    assert.equal(up.exitCode, 0, up.text);
    assert.match(up.text, /^ {6}task \d+, .*: \d+ (ok|changed)/m);
  });

  it('list the run and show it', async () => {
    const listed = await calispray.run('runs');
    assert.match(listed.text, /^0001-build-\w{8} {2}.* UTC {2}succeeded .* homelab, masternode, storagenodet3500\n$/);
    const shown = await calispray.run('runs', '1');
    assert.match(shown.text, /^ {2}attempt 1 .*succeeded after .*^ {2}homelab: \d+ ok/ms);
  });

  it('find nothing to do and nothing that differs', async () => {
    const planned = await calispray.run('plan', '--live', '--json');
    assert.equal(planned.code, 0, planned.text);
    const { plan, live, drift } = JSON.parse(planned.text);
    assert.deepEqual([plan.steps, drift, live.cluster, live.services], [[], [], 'up', ['10.233.0.0/18']]);
    assert.equal(live.applied.cluster, 'lab');
    assert.deepEqual(
      live.calico.pools.map((pool: { name: string }) => pool.name),
      ['default-pool'],
    );
  });

  it('show on one screen how it is', async () => {
    const { code, text } = await calispray.run('status', '--stack', 'lab');
    assert.equal(code, 0, text);
    assert.match(text, /^lab \(stack lab\): nothing wrong, 1 not known /m);
    assert.match(text, /^Nodes +3 of 3 answer over SSH; 3 of 3 ready$/m);
    assert.match(
      text,
      /^Versions +Kubernetes 1\.35\.4, Calico 3\.31\.5, .*; calico-node not\n +known: the lab runs none$/m,
    );
    assert.match(text, /^MTU +1500 in 7 pods; interface 1500; /m);
    assert.match(
      text,
      /^Pools +default-pool 10\.244\.0\.0\/16: 7 of 65536 addresses in use \(under 1 %\),\n +3 of 1024 blocks$/m,
    );
    assert.match(text, /^BGP +full mesh: 6 of 6 sessions Established, each end counted$/m);
    assert.match(text, /^Policies +4 of 4 declared are there, none of them staged$/m);
    assert.match(text, /^Last run +\S+ \S+ UTC: 0001-build-\w{8} succeeded after /m);
    assert.match(text, /^Drift +live as it was carried out; `up` has nothing to do$/m);
  });

  it('have beside them those of the quick reference, which run as they are written', async () => {
    const guide = readFileSync(join(import.meta.dirname, '../../docs/quick-reference.md'), 'utf8');
    const rows = guide.split('\n').filter((row) => /^\| `kubectl/.test(row));
    const commands = rows.flatMap((row) =>
      [...(row.split('|')[4] ?? '').matchAll(/`([^`]+)`/g)].map(([, command]) => command),
    );
    assert.deepEqual([rows.length, commands.length], [8, 10]);
    const script = ['set -e; PATH=$PATH:/usr/local/bin; export KUBECONFIG=/etc/kubernetes/admin.conf', ...commands];
    const { code, text } = await calispray.run('lab', 'shell', 'masternode', '--', 'sh', '-c', script.join('\n'));
    assert.equal(code, 0, text);
    for (const seen of [
      /^Cluster Version: +v3\.31\.5$/m,
      /^\| 192\.168\.4\.61 \| node-to-node mesh \| up +\| [\d:]{8} \| Established \|$/m,
      /^\| IP Pool +\| 10\.244\.0\.0\/16 +\| +65536 \| 7 \(0%\) +\| 65529 \(100%\) \|$/m,
      /^\| Block +\| 10\.244\.0\.0\/26 +\|/m,
      /^default-pool /m,
      /asNumber: 64512/,
      /^production +default-deny-ingress /m,
      /^allow-cluster-internal /m,
      /^kind: FelixConfiguration$/m,
    ])
      assert.match(text, seen);
  });

  it('say in words what a hand changed, in refresh and in plan', async () => {
    const spec = JSON.stringify({ spec: { logSeverityScreen: 'Debug', iptablesRefreshInterval: '10s' } });
    const patched = await kubectl(
      'patch',
      'felixconfigurations.projectcalico.org',
      'default',
      '--type',
      'merge',
      '-p',
      spec,
    );
    assert.equal(patched.code, 0, patched.text);
    const refreshed = await calispray.run('refresh');
    const planned = await calispray.run('plan', '--live');
    for (const { code, text } of [refreshed, planned]) {
      assert.equal(code, 0, text);
      assert.match(text, /drift-field at felix\.logSeverity .*has logSeverityScreen Debug live, the stack says Info/);
      assert.match(text, /drift-by-hand .*iptablesRefreshInterval 10s/);
    }
  });

  it('refuse what the live cluster cannot become, before anything is touched', async () => {
    const dir = calispray.project('other-blocks', 'lab', (text) => text.replace('blockSize: 26', 'blockSize: 24'));
    for (const words of [['plan', '--live'], ['up']]) {
      const { code, text } = await calispray.run('-C', dir, ...words, '--stack', 'lab');
      assert.equal(code, 1, text);
      assert.match(text, /refused \S+ at network\.pool\.blockSize \(.*Pulumi\.lab\.yaml:\d+\)/);
      assert.match(text, /docs\/operations\.md#change-the-pool/);
    }
    assert.equal((await calispray.run('runs')).text.trim().split('\n').length, 1);
  });

  it('reset by name alone, also where the API is down; afterwards up says that nothing is there, and down clears the state', async () => {
    const other = await calispray.run('reset', '--confirm', 'other');
    assert.deepEqual([other.code, /reset-not-confirmed/.test(other.text)], [1, true], other.text);
    await calispray.run('lab', 'shell', 'masternode', '--', 'systemctl', 'stop', 'kube-apiserver');
    const without = await calispray.run('plan', '--live');
    assert.equal(without.code, 0, without.text);
    assert.match(without.text, /does not answer, so nothing live is compared: /);
    await calispray.run('lab', 'shell', 'homelab', '--', 'systemctl', 'stop', 'calispray-lab-bird');
    const silent = calispray.project('silent', 'lab', (text) => text.replace('192.168.4.61', '192.168.4.99'));
    const status = await calispray.run('-C', silent, 'status', '--stack', 'lab', '--json');
    assert.equal(status.code, 1, status.text);
    const { ok, wrong, mtu, bgp, policies } = JSON.parse(status.text.slice(status.text.indexOf('{')));
    assert.deepEqual([ok, mtu.value.pods, bgp.value.established], [false, { 1500: 6 }, 1]);
    assert.match(policies.unknown, /cannot be reached/);
    for (const seen of [
      /^the API on the first control-plane node does not answer: /m,
      /^storagenodet3500 does not answer over SSH: /m,
      /^BIRD does not run on homelab: /m,
      /^BGP from masternode to homelab is not established: /m,
    ])
      assert.match(wrong.join('\n'), seen);
    const reset = await calispray.run('reset', '--confirm', 'lab');
    assert.equal(reset.code, 0, reset.text);
    assert.match(reset.text, /run 0002-reset-\w{8}.*calispray down --stack lab/s);
    assert.match((await calispray.run('plan', '--live')).text, /No cluster is live/);
    const up = await calispray.run('up', '--stack', 'lab');
    assert.deepEqual([up.code, /cluster-gone/.test(up.text)], [1, true], up.text);
    const down = await calispray.run('down');
    assert.equal(down.code, 0, down.text);
    assert.match(down.text, /\d+ deleted, .*|\d+ deleted/);
    assert.doesNotMatch(down.text, /could not be destroyed|not done/);
  });
});
