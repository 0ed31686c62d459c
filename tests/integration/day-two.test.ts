import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { partsFor } from '../../cli/tools.ts';
import { ensureTools, type Tools } from '../../setup/index.ts';
import { bundleOf } from '../lab-kubespray/release.ts';
import { Calispray, type Ran } from '../support/calispray.ts';
import { LabNodes } from '../support/lab-nodes.ts';

type Value = Record<string, unknown>;

/** Everything after the first `up`, on one lab: what the preview says of a change, and which run it leads to, or none. */
describe('day two', function () {
  this.timeout(600_000);
  const calispray = new Calispray('day-two');
  const nodes = new LabNodes(calispray.labDir);
  const homelab = { address: '192.168.4.62', roles: ['worker'] };
  const storage = { address: '192.168.4.61', roles: ['worker'] };
  let tools: Tools;
  let cluster: Value;
  let ran: string[] = [];

  before(async () => {
    tools = await ensureTools(partsFor.lab);
    const lab = await calispray.run('lab', 'up');
    assert.equal(lab.code, 0, lab.text);
    await bundleOf('v2.30.0', join(calispray.state, 'older.tar'), tools.wheels);
  });
  after(async () => {
    await calispray.run('down');
    calispray.remove();
  });

  /** Changes the declaration, for this step and those that follow. */
  const declare = (change: (cluster: Record<string, Value>) => void): void => change(cluster as Record<string, Value>);
  const calisprayIn = (...words: string[]): Promise<Ran> => {
    const dir = calispray.project('project', 'lab', (text) =>
      stringify({ config: { ...parse(text).config, 'calispray:cluster': cluster } }),
    );
    return inside(calispray, tools, '-C', dir, ...words, '--stack', 'lab');
  };
  const inside = async (place: Calispray, tools: Tools, ...words: string[]): Promise<Ran> => {
    const child = place.startInside(JSON.stringify(tools), ...words);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? -1, text: child.text };
  };
  /** Carries the declaration out; gives what was said before anything was touched. */
  const up = async (): Promise<string> => {
    const { code, text } = await calisprayIn('up');
    assert.equal(code, 0, text);
    return text.split(/^\s+✓ /m)[0] ?? '';
  };
  const failed = async (): Promise<string> => {
    const { code, text } = await calisprayIn('up');
    assert.equal(code, 1, text);
    assert.doesNotMatch(text, /\n\s+at /);
    return text;
  };
  /** The same where nothing was touched. */
  const refused = async (): Promise<string> => {
    const text = await failed();
    assert.doesNotMatch(text, /^ +✓/m);
    return text;
  };
  /** The runs since the last time this was asked: exactly these, one after the other. */
  const ranJust = (...kinds: string[]) => {
    const all = nodes.runs();
    const fresh = all.filter(({ folder }) => !ran.includes(folder));
    ran = all.map(({ folder }) => folder);
    assert.deepEqual(
      fresh.map(({ kind }) => kind),
      kinds,
    );
    return fresh;
  };
  /** A further `up` would do nothing: it is the same preview, but that it asks the nodes before (main-job.test.ts does it). */
  const settled = async () => {
    assert.match((await calisprayIn('preview')).text, /no change/);
    ranJust();
  };
  const members = () => nodes.field('{.items[*].metadata.name}', 'nodes').split(' ').sort();

  it('begins with two nodes under an older release', async () => {
    cluster = parse(readFileSync('Pulumi.lab.yaml', 'utf8')).config['calispray:cluster'];
    declare((cluster) => {
      cluster.verify = { after: 'never' };
      cluster.nodes = { masternode: cluster.nodes?.masternode, storagenodet3500: storage };
      Object.assign(cluster.kubespray ?? {}, {
        version: 'v2.30.0',
        source: { path: join(calispray.state, 'older.tar') },
      });
    });
    const said = await up();
    assert.match(said, /cluster\.yml/);
    assert.match(said, /about \d+ to \d+ min/);
    const [build] = ranJust('build');
    assert.deepEqual(Object.keys(build?.changed[0] ?? {}), ['masternode', 'storagenodet3500']);
    assert.deepEqual(members(), ['masternode', 'storagenodet3500']);
    await settled();
  });

  it('joins a worker by scale.yml alone, and touches no other node', async () => {
    declare((cluster) => Object.assign(cluster.nodes ?? {}, { homelab }));
    const said = await up();
    assert.match(said, /\+ .*homelab/);
    assert.match(said, /scale\.yml/);
    const [join] = ranJust('join');
    assert.deepEqual(join?.hosts, ['homelab']);
    assert.match(join?.told ?? '', /facts\.yml[\s\S]*scale\.yml/);
    const [facts, scale] = join?.changed ?? [];
    assert.deepEqual(facts, { masternode: 0, storagenodet3500: 0 });
    assert.deepEqual(Object.keys(scale ?? {}), ['homelab']);
    assert.deepEqual(members(), ['homelab', 'masternode', 'storagenodet3500']);
    await settled();
  });

  it('carries a setting of Felix out by the network part', async () => {
    declare((cluster) => Object.assign(cluster.felix ?? {}, { reportingInterval: '30s' }));
    const said = await up();
    assert.match(said, /felix\.reportingInterval/);
    assert.match(said, /0s.*30s/);
    const [calico] = ranJust('calico');
    assert.match(calico?.told ?? '', /network/);
    assert.equal(nodes.field('{.spec.reportingInterval}', 'felixconfigurations.projectcalico.org', 'default'), '30s');
    await settled();
  });

  it('makes a BGP peer, and really removes it', async () => {
    const peers = () => nodes.field('{.items[*].metadata.name}', 'bgppeers.projectcalico.org');
    const before = structuredClone(cluster.network) as Value;
    declare((cluster) =>
      Object.assign(cluster.network ?? {}, {
        bgp: { as: 64512, topology: 'routers', peers: [{ address: '192.168.4.1', as: 64600, name: 'uplink' }] },
      }),
    );
    const added = await up();
    assert.match(added, /\+ .*uplink/);
    ranJust('calico');
    assert.equal(peers(), 'global-uplink');
    await settled();

    declare((cluster) => Object.assign(cluster, { network: before }));
    const removed = await up();
    assert.match(removed, /- .*uplink/);
    ranJust('calico', 'unpeer');
    assert.equal(peers(), '');
    await settled();
  });

  it('runs nothing where only the way to the nodes changed', async () => {
    nodes.run('homelab', '/usr/sbin/sshd', '-p', '2222');
    const hostKey = /,192\.168\.4\.62 (\S+ \S+)$/m.exec(
      readFileSync(join(calispray.labDir, 'known_hosts'), 'utf8'),
    )?.[1];
    assert.ok(hostKey);
    declare((cluster) => {
      const { masternode, storagenodet3500 } = cluster.nodes as Record<string, Value>;
      const there = { ...homelab, ssh: { user: 'ops', port: 2222, hostKey } };
      cluster.nodes = { homelab: there, storagenodet3500, masternode };
    });
    const said = await up();
    assert.doesNotMatch(said, /\.yml/);
    ranJust();
    await settled();
  });

  it('sets a label by the tasks for labels alone', async () => {
    declare((cluster) => Object.assign(cluster.nodes?.storagenodet3500 ?? {}, { labels: { disk: 'hdd' } }));
    const said = await up();
    assert.match(said, /disk/);
    const [label] = ranJust('label');
    assert.match(label?.told ?? '', /node-label/);
    assert.equal(nodes.field('{.metadata.labels.disk}', 'node', 'storagenodet3500'), 'hdd');
    await settled();
  });

  it('renews the kubeconfig with the whole playbook, and does not replace the provider', async () => {
    const artefact = () => nodes.read('masternode', '/root/.calispray/lab/inventory/artifacts/admin.conf');
    const before = artefact();
    declare((cluster) => Object.assign(cluster, { kubernetes: { maxPods: 120 } }));
    const { code, text } = await calisprayIn('up');
    assert.equal(code, 0, text);
    assert.match(text, /kubernetes\.maxPods/);
    assert.doesNotMatch(text, /±|replaced/);
    ranJust('converge');
    assert.notEqual(artefact(), before);
    assert.equal(nodes.field('{.status.capacity.pods}', 'node', 'masternode'), '120');
    await settled();
  });

  it('upgrades to the next release, node by node', async () => {
    const versions = () => nodes.field('{.items[*].status.nodeInfo.kubeletVersion}', 'nodes');
    assert.equal(versions(), 'v1.34.3 v1.34.3 v1.34.3');
    declare((cluster) =>
      Object.assign(cluster.kubespray ?? {}, {
        version: 'v2.31.0',
        source: { path: `\${CALISPRAY_LAB_DIR}/kubespray-bundle.tar` },
      }),
    );
    const said = await up();
    assert.match(said, /v2\.30\.0 → v2\.31\.0/);
    assert.match(said, /upgrade-cluster\.yml/);
    const [upgrade] = ranJust('upgrade');
    assert.match(upgrade?.told ?? '', /"serial": ?"?1/);
    assert.equal(versions(), 'v1.35.4 v1.35.4 v1.35.4');
    assert.equal(nodes.field('{.spec.calicoVersion}', 'clusterinformations.projectcalico.org', 'default'), 'v3.31.5');
    assert.equal(nodes.field('{.items[*].spec.unschedulable}', 'nodes'), '');
    await settled();
  });

  it('refuses what cannot be changed, with the way, and touches nothing', async () => {
    const network = structuredClone(cluster.network) as Value;
    declare((cluster) => {
      Object.assign(cluster.network ?? {}, {
        services: '10.96.0.0/16',
        pool: { cidr: '10.244.0.0/17', blockSize: 24 },
      });
    });
    const preview = await calisprayIn('preview');
    assert.equal(preview.code, 1, preview.text);
    for (const said of [preview.text, await refused()]) {
      for (const words of [
        /network\.services/,
        /network\.pool\.cidr/,
        /network\.pool\.blockSize/,
        /10\.244\.0\.0\/16.*10\.244\.0\.0\/17/,
        /docs\/operations\.md#/,
      ]) {
        assert.match(said, words);
      }
    }
    ranJust();
    declare((cluster) => Object.assign(cluster, { network }));
    await settled();
  });

  it('changes the encapsulation only where the migration is declared', async () => {
    const encapsulation = { vxlan: 'always' };
    declare((cluster) => Object.assign(cluster.network ?? {}, { encapsulation }));
    assert.match(await refused(), /encapsulation[\s\S]*migrat/);
    ranJust();
    declare((cluster) => Object.assign(cluster, { migrate: { encapsulation: { from: 'none' } } }));
    await up();
    ranJust('migrate');
    assert.equal(nodes.field('{.spec.vxlanMode}', 'ippools.projectcalico.org', 'default-pool'), 'Always');
    for (const node of ['masternode', 'homelab']) {
      assert.match(nodes.run(node, 'ip', 'link', 'show', 'vxlan.calico'), /mtu 1450/);
    }
    await settled();
    declare((cluster) => delete cluster.migrate);
    await up();
    ranJust();
  });

  it('changes the MTU of the tunnels by the network part; the pods that run keep theirs', async () => {
    const pod = () =>
      nodes.run('masternode', 'ip', 'netns', 'exec', 'production.web', 'cat', '/sys/class/net/eth0/mtu');
    const before = pod();
    declare((cluster) => Object.assign(cluster.network ?? {}, { mtu: 1400 }));
    const said = await up();
    assert.match(said, /network\.mtu.*1450 → 1400/);
    assert.match(said, /pods? .*keep/i);
    const [calico] = ranJust('calico');
    assert.match(calico?.told ?? '', /"network"/);
    assert.doesNotMatch(calico?.told ?? '', /control-plane/);
    for (const node of ['masternode', 'storagenodet3500', 'homelab']) {
      assert.match(nodes.run(node, 'ip', 'link', 'show', 'vxlan.calico'), /mtu 1400/);
    }
    assert.equal(pod(), before);
    await settled();
  });

  it('drains and removes a node', async () => {
    declare((cluster) => delete cluster.nodes?.homelab);
    const said = await up();
    assert.match(said, /- .*homelab/);
    assert.match(said, /remove-node\.yml/);
    const [remove] = ranJust('remove');
    assert.deepEqual(remove?.hosts, ['homelab']);
    assert.match(nodes.read('masternode', `/root/.calispray/lab/runs/${remove?.folder}/log`), /Drain node/);
    assert.deepEqual(members(), ['masternode', 'storagenodet3500']);
    assert.ok(!existsSync(nodes.path('homelab', '/etc/calispray-lab')));
    assert.doesNotMatch(nodes.read('masternode', '/etc/calispray-lab/dataplane.json'), /192\.168\.4\.62/);
    await settled();
  });

  it('removes a dead node only where it is said to be gone for good', async () => {
    nodes.run('storagenodet3500', 'systemctl', '--no-block', 'poweroff');
    await sleep(1_000);
    declare((cluster) => delete cluster.nodes?.storagenodet3500);
    const said = await failed();
    assert.match(said, /storagenodet3500/);
    assert.match(said, /removeDead/);
    ranJust('remove');
    assert.deepEqual(members(), ['masternode', 'storagenodet3500']);

    declare((cluster) => Object.assign(cluster.kubespray ?? {}, { removeDead: ['storagenodet3500'] }));
    await up();
    ranJust('remove-dead');
    assert.deepEqual(members(), ['masternode']);
    await settled();
    declare((cluster) => delete cluster.kubespray?.removeDead);
    await up();
    ranJust();
  });

  it('adopts the cluster where the state was lost: nothing is built again', async () => {
    const stacks = join(calispray.labDir, 'backend/.pulumi/stacks');
    assert.ok(readdirSync(stacks, { recursive: true }).some((file) => String(file).endsWith('lab.json')));
    rmSync(stacks, { recursive: true });
    await up();
    ranJust();
    await settled();
  });

  it('destroys what Pulumi knows and leaves the cluster running', async () => {
    const { code, text } = await calisprayIn('down');
    assert.equal(code, 0, text);
    assert.match(text, /cluster.*(stays|running)/i);
    ranJust();
    assert.deepEqual(members(), ['masternode']);
  });
});
