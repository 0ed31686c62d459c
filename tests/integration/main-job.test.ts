import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verification } from '../../kubespray/verify/index.ts';
import { Calispray, type Ran } from '../support/calispray.ts';

/**
 * The main job and the second day as a user has them: the real command, engine, SSH, Ansible, etcd and kube-apiserver, on one lab
 * from its first run to its reset.
 */
describe('the main job', function () {
  this.timeout(600_000);
  const calispray = new Calispray('main-job', { verifies: true });
  after(async () => {
    await calispray.run('down');
    calispray.remove();
  });

  const onMaster = (...argv: string[]) => calispray.run('lab', 'shell', 'masternode', '--', ...argv);
  const kubectl = (...words: string[]) =>
    onMaster('/usr/local/bin/kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', ...words);
  const runsOnController = async () => {
    const listed = await onMaster('ls', '/root/.calispray/lab/runs');
    return listed.text.trim().split('\n').length;
  };
  const ends = ({ code, text }: Ran, expected: number, ...seen: RegExp[]) => {
    assert.equal(code, expected, text);
    for (const each of seen) assert.match(text, each);
  };
  /** No namespace of a verification is there any more. */
  const nothingLeft = async () => {
    assert.doesNotMatch((await kubectl('get', 'namespaces', '-o', 'name')).text, /calispray-verify/);
  };
  /** Starts a command and waits until it said this, or ended. */
  const until = async (sign: RegExp, ...words: string[]) => {
    const child = calispray.start(...words);
    const closed = once(child, 'close');
    for (let tries = 0; tries < 8000 && !sign.test(child.text) && child.exitCode === null; tries++) await moment();
    assert.match(child.text, sign);
    return { child, closed };
  };

  describe('the first run', () => {
    it('is planned, and before it there was none', async () => {
      ends(await calispray.run('plan'), 0, /cluster\.yml .* 3 nodes.*\n.*nodes\.homelab/);
      ends(await calispray.run('runs'), 1, /no-lab/);
    });

    it('can be killed in the middle of the playbook, and who follows it from elsewhere hears it to its end', async () => {
      const { child, closed } = await until(/^ {6}task \d+, .*: \d+ (ok|changed)/m, 'start');
      assert.match(child.text, /\| .*play: /);
      const following = calispray.start('follow');
      const followed = once(following, 'close');
      for (let tries = 0; tries < 8000 && following.text === '' && following.exitCode === null; tries++) await moment();
      child.kill('SIGKILL');
      await Promise.all([closed, followed]);
      ends(
        { code: following.exitCode ?? -1, text: following.text },
        0,
        /^play: .*^ +\d+ {2}\S.*: \d+ (ok|changed).*^Run 0001-build-\w{8} succeeded after /ms,
      );
    });

    it('can be killed while objects of the API are made', async () => {
      const { child, closed } = await until(/wait for the API created/, 'start');
      child.kill('SIGKILL');
      await closed;
    });

    it('brings the reference cluster up on three nodes and says what is there', async () => {
      const seen = ['masternode', 'storagenodet3500', 'homelab', 'allow-cluster-internal', '1500'];
      const proved = /^Verified +2\d checks passed, \d not judged$/m;
      ends(await calispray.run('start'), 0, ...seen.map((each) => new RegExp(each)), /✓ verification created/, proved);
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
      ends(policies, 0, /default-deny-ingress/, /allow-prometheus-scraping/, /allow-dns/);
      const global = ['globalnetworkpolicies.projectcalico.org', 'allow-cluster-internal'];
      ends(await kubectl('get', ...global, '-o', 'jsonpath={.spec.types}'), 0, /Ingress.*Egress/);
      const monitor = await kubectl('get', 'servicemonitor,service', '-n', 'kube-system', '-o', 'name');
      ends(monitor, 0, /servicemonitor\.monitoring\.coreos\.com\/calico-node/, /service\/calico-node/);
    });

    it('is listed and shown', async () => {
      const listed = await calispray.run('runs');
      ends(listed, 0, /^0001-build-\w{8} {2}.* UTC {2}succeeded .* homelab, masternode, storagenodet3500\n$/);
      ends(await calispray.run('runs', '1'), 0, /^ {2}attempt 1 .*succeeded after .*^ {2}homelab: \d+ ok/ms);
    });
  });

  describe('afterwards', () => {
    it('nothing is left to do, and nothing differs', async () => {
      const again = await calispray.run('start');
      ends(again, 0, /no change|nothing to (do|change)/i);
      assert.doesNotMatch(again.text, /^\s*[+~-] /m);
      assert.equal(await runsOnController(), 1);
      const planned = await calispray.run('plan', '--live', '--json');
      ends(planned, 0);
      const { plan, live, drift } = JSON.parse(planned.text);
      assert.deepEqual([plan.steps, drift, live.cluster, live.services], [[], [], 'up', ['10.233.0.0/18']]);
      assert.equal(live.applied.cluster, 'lab');
      const pools = live.calico.pools.map((pool: { name: string }) => pool.name);
      assert.deepEqual(pools, ['default-pool']);
    });

    it('one screen shows how it is', async () => {
      ends(
        await calispray.run('status', '--stack', 'lab'),
        0,
        /^lab \(stack lab\): nothing wrong, 1 not known /m,
        /^Nodes +3 of 3 answer over SSH; 3 of 3 ready$/m,
        /^Versions +Kubernetes 1\.35\.4, Calico 3\.31\.5, .*; calico-node not\n +known: the lab runs none$/m,
        /^MTU +1500 in 7 pods; interface 1500; /m,
        /^Pools +default-pool 10\.244\.0\.0\/16: 7 of 65536 addresses in use \(under 1 %\),\n +3 of 1024 blocks$/m,
        /^BGP +full mesh: 6 of 6 sessions Established, each end counted$/m,
        /^Policies +4 of 4 declared are there, none of them staged$/m,
        /^Last run +\S+ \S+ UTC: 0001-build-\w{8} succeeded after /m,
        /^Drift +live as it was carried out; `up` has nothing to do$/m,
      );
    });

    it('the commands of the quick reference run as they are written', async () => {
      const guide = readFileSync(join(import.meta.dirname, '../../docs/quick-reference.md'), 'utf8');
      const rows = guide.split('\n').filter((row) => /^\| `kubectl/.test(row));
      const commands = rows.flatMap((row) =>
        [...(row.split('|')[4] ?? '').matchAll(/`([^`]+)`/g)].map(([, command]) => command),
      );
      assert.deepEqual([rows.length, commands.length], [8, 10]);
      const script = ['set -e; PATH=$PATH:/usr/local/bin; export KUBECONFIG=/etc/kubernetes/admin.conf', ...commands];
      ends(
        await onMaster('sh', '-c', script.join('\n')),
        0,
        /^Cluster Version: +v3\.31\.5$/m,
        /^\| 192\.168\.4\.61 \| node-to-node mesh \| up +\| [\d:]{8} \| Established \|$/m,
        /^\| IP Pool +\| 10\.244\.0\.0\/16 +\| +65536 \| 7 \(0%\) +\| 65529 \(100%\) \|$/m,
        /^\| Block +\| 10\.244\.0\.0\/26 +\|/m,
        /^default-pool /m,
        /asNumber: 64512/,
        /^production +default-deny-ingress /m,
        /^allow-cluster-internal /m,
        /^kind: FelixConfiguration$/m,
      );
    });

    it('a violation stops with nothing touched', async () => {
      const state = () =>
        readdirSync(join(calispray.labDir, 'backend/.pulumi/stacks'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
          .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
          .join();
      const before = state();
      assert.ok(before.length > 1000);
      const dir = calispray.project('too-large', 'lab', (text) => text.replace('mtu: auto', 'mtu: 1600'));
      ends(await calispray.run('-C', dir, 'up', '--stack', 'lab'), 1, /mtu-above/, /network\.mtu/);
      assert.equal(state(), before);
      assert.equal(await runsOnController(), 1);
    });

    it('a changed policy is carried out in place', async () => {
      const dir = calispray.project('order', 'lab', (text) => text.replace('order: 100', 'order: 200'));
      ends(await calispray.run('-C', dir, 'preview', '--stack', 'lab'), 0, /spec\.order/);
      ends(await calispray.run('-C', dir, 'up', '--stack', 'lab'), 0, /✓ verification replaced/);
      const global = ['globalnetworkpolicies.projectcalico.org', 'allow-cluster-internal'];
      const order = await kubectl('get', ...global, '-o', 'jsonpath={.spec.order}');
      assert.equal(order.text.trim(), '200');
      assert.equal(await runsOnController(), 1, 'a policy is no reason to run the playbook');
    });

    it('all of it is proved to work on demand, from outside of the lab', async () => {
      const junit = join(calispray.state, 'verified.xml');
      const verified = await calispray.run('verify', '--json', '--junit', junit);
      ends(verified, 0);
      const found = JSON.parse(/^\{$[\s\S]*^\}$/m.exec(verified.text)?.[0] ?? '') as Verification;
      const ids = (outcome: string) => found.checks.filter((check) => check.outcome === outcome).map(({ id }) => id);
      assert.deepEqual([ids('failed'), found.left], [[], []]);
      // The lab runs no calico-node; that is found out on the node, and taken for nothing else.
      assert.deepEqual(ids('not-judged'), [
        'components-ready/calico-node',
        'components-ready/calico-kube-controllers',
        'components-ready/calico-apiserver',
        'versions/calico',
        'policy-enforced',
      ]);
      assert.equal(ids('passed').length, found.checks.length - 5);
      assert.match(readFileSync(junit, 'utf8'), /<testsuites [^>]* tests="30" failures="0" errors="0" skipped="5">/);
      await nothingLeft();
    });

    it('a verification ends by Ctrl-C, and takes away what it made', async () => {
      const { child, closed } = await until(/Every pod runs/, 'verify');
      child.kill('SIGINT');
      assert.equal((await closed)[0], 130, child.text);
      assert.match(child.text, /taking away what was made/);
      await nothingLeft();
    });

    it('where large packets vanish the up fails, and verifies again once that is mended, though nothing else differs', async () => {
      const homelab = (script: string) => calispray.run('lab', 'shell', 'homelab', '--', 'sh', '-c', script);
      const chain = 'add chain inet narrow forward { type filter hook forward priority -10; }';
      const rule = 'add rule inet narrow forward ip length gt 1400 drop';
      ends(await homelab(`nft add table inet narrow && nft '${chain}' && nft ${rule}`), 0);
      const failed = await calispray.run('up', '--stack', 'lab');
      ends(
        failed,
        1,
        /✗ Pods on masternode and homelab reach each other with 1500 bytes/,
        /expected {2}answers to 84 and 1500 bytes/,
        /seen {6}.*1400 bytes/,
        /→ .*network\.mtu/,
        /2 of 30 checks failed/,
      );
      assert.doesNotMatch(failed.text, /remote command failed|"event"|\n\s+at /);
      await nothingLeft();
      ends(await homelab('nft delete table inet narrow'), 0);
      const again = await calispray.run('up', '--stack', 'lab');
      ends(again, 0, /^1 to replace, \d+ unchanged$/m, /✓ verification replaced/);
    });

    it('a node that is down is named, before anything is touched', async () => {
      const dir = calispray.project('gone', 'lab', (text) => text.replace('192.168.4.62', '192.168.4.99'));
      const refused = await calispray.run('-C', dir, 'up', '--stack', 'lab');
      ends(refused, 1, /homelab/, /192\.168\.4\.99/);
      assert.doesNotMatch(refused.text, /\n\s+at /);
    });

    it('a node that shows another host key is not connected to', async () => {
      const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2mPjvMAkGmL0ZZqkTqnTkRqFv1nYk5Zq3Yk5lYk5Yk';
      const dir = calispray.project('impostor', 'lab', (text) =>
        text.replace('address: 192.168.4.62,', `address: 192.168.4.62, ssh: { hostKey: "${other}" },`),
      );
      ends(await calispray.run('-C', dir, 'up', '--stack', 'lab'), 1, /host-key-mismatch/, /nodes\.homelab/);
    });

    it('what the live cluster cannot become is refused, before anything is touched', async () => {
      const dir = calispray.project('other-blocks', 'lab', (text) => text.replace('blockSize: 26', 'blockSize: 24'));
      for (const words of [['plan', '--live'], ['up']]) {
        ends(
          await calispray.run('-C', dir, ...words, '--stack', 'lab'),
          1,
          /refused \S+ at network\.pool\.blockSize \(.*Pulumi\.lab\.yaml:\d+\)/,
          /docs\/operations\.md#change-the-pool/,
        );
      }
      assert.equal(await runsOnController(), 1);
    });

    it('what a hand changed is said in words, in refresh and in plan', async () => {
      const spec = JSON.stringify({ spec: { logSeverityScreen: 'Debug', iptablesRefreshInterval: '10s' } });
      const felix = ['felixconfigurations.projectcalico.org', 'default'];
      ends(await kubectl('patch', ...felix, '--type', 'merge', '-p', spec), 0);
      const refreshed = await calispray.run('refresh');
      const planned = await calispray.run('plan', '--live');
      for (const each of [refreshed, planned])
        ends(
          each,
          0,
          /drift-field at felix\.logSeverity .*has logSeverityScreen Debug live, the stack says Info/,
          /drift-by-hand .*iptablesRefreshInterval 10s/,
        );
    });

    it('no secret is in state, work folder, backups, the run’s log or anything that was ever printed', async () => {
      const key = readFileSync(join(calispray.labDir, 'id_ed25519'), 'utf8').split('\n')[2] ?? '';
      assert.ok(key.length > 40);
      assert.deepEqual(calispray.filesWith(key), []);
      const printed = calispray.said;
      const kubeconfig = await onMaster('cat', '/root/.calispray/lab/inventory/artifacts/admin.conf');
      const clientKey = /client-key-data: (\S+)/.exec(kubeconfig.text)?.[1] ?? '';
      assert.ok(clientKey.length > 40, kubeconfig.text);
      assert.deepEqual(calispray.filesWith(clientKey), []);
      const log = await onMaster('sh', '-c', 'cat /root/.calispray/lab/runs/*/log');
      ends(log, 0, /PLAY RECAP/);
      for (const secret of [key, clientKey]) assert.ok(!`${printed}${log.text}`.includes(secret));
    });
  });

  describe('the end', () => {
    it('with the API down, plan compares nothing live and status says what is wrong', async () => {
      const coreDns = ['-n', 'kube-system', '-l', 'k8s-app=kube-dns', '-o', 'jsonpath={.items[*].spec.nodeName}'];
      const served = (await kubectl('get', 'pods', ...coreDns)).text.trim().split(' ');
      await onMaster('systemctl', 'stop', 'kube-apiserver');
      ends(await calispray.run('plan', '--live'), 0, /does not answer, so nothing live is compared: /);
      await calispray.run('lab', 'shell', 'homelab', '--', 'systemctl', 'stop', 'calispray-lab-bird');
      const silent = calispray.project('silent', 'lab', (text) => text.replace('192.168.4.61', '192.168.4.99'));
      const status = await calispray.run('-C', silent, 'status', '--stack', 'lab', '--json');
      const told = JSON.parse(status.text.slice(status.text.indexOf('{')));
      const { ok, wrong, mtu, bgp, policies } = told;
      assert.deepEqual([status.code, ok, bgp.value.established], [1, false, 1], status.text);
      assert.deepEqual(mtu.value.pods, { 1500: 4 + served.filter((name) => name !== 'storagenodet3500').length });
      assert.match(policies.unknown, /cannot be reached/);
      for (const seen of [
        /^the API on the first control-plane node does not answer: /m,
        /^storagenodet3500 does not answer over SSH: /m,
        /^BIRD does not run on homelab: /m,
        /^BGP from masternode to homelab is not established: /m,
      ])
        assert.match(wrong.join('\n'), seen);
    });

    it('a reset wants the name, needs no API, and leaves nothing that up could go on with', async () => {
      ends(await calispray.run('reset', '--confirm', 'other'), 1, /reset-not-confirmed/);
      const reset = await calispray.run('reset', '--confirm', 'lab');
      ends(reset, 0, /run 0002-reset-\w{8}.*calispray down --stack lab/s);
      ends(await calispray.run('plan', '--live'), 0, /No cluster is live/);
      ends(await calispray.run('up', '--stack', 'lab'), 1, /cluster-gone/);
    });

    it('down clears the state and goes without a trace', async () => {
      const down = await calispray.run('down');
      ends(down, 0, /\d+ deleted/);
      assert.doesNotMatch(down.text, /could not be destroyed|not done/);
      assert.doesNotMatch(readFileSync('/proc/self/mounts', 'utf8'), new RegExp(calispray.state));
      const left = readdirSync('/run/netns').filter((name) => name.startsWith('calispray-main-job-'));
      assert.deepEqual(left, []);
      assert.match((await calispray.run('lab', 'status')).text, /not there/);
    });
  });
});

const moment = () => new Promise((wake) => setTimeout(wake, 50));
