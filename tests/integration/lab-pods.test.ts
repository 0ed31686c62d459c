import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { bounded, Ground } from '../lab-kubespray/ground.ts';
import { LabNodes } from '../support/lab-nodes.ts';

interface Options {
  readonly pool?: string;
  readonly spec?: object;
}

function pod(name: string, nodeName: string, { pool, spec = {} }: Options = {}) {
  const annotations = pool === undefined ? {} : { 'cni.projectcalico.org/ipv4pools': JSON.stringify([pool]) };
  const containers = [{ name: 'c', image: 'registry.k8s.io/pause:3.10' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'trial', annotations },
    spec: { nodeName, containers, automountServiceAccountToken: false, terminationGracePeriodSeconds: 1, ...spec },
  };
}

const tiny = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name: 'tiny' },
  spec: { cidr: '10.245.0.0/30', blockSize: 31, natOutgoing: true, nodeSelector: 'all()' },
};

/** Pods of the API on the lab's nodes, and the books of Calico's IPAM about them. */
describe('pods of the lab', function () {
  this.timeout(600_000);
  let ground: Ground;
  let nodes: LabNodes;
  before(async () => {
    ground = await Ground.make('pods-test');
    nodes = new LabNodes(ground.lab.dir);
    // What VXLAN leaves: the kernel refuses the tunnel more.
    const { code, text } = ground.play({ calico_mtu: 1450, calico_veth_mtu: 1450 }, 'cluster.yml');
    assert.equal(code, 0, text);
    nodes.kubectl('create', 'namespace', 'trial');
    await bounded('the namespace takes pods', 30, () =>
      nodes.kubectl('-n', 'trial', 'get', 'serviceaccounts').includes('default'),
    );
  });
  after(() => ground.remove());

  const apply = (...items: object[]) => {
    writeFileSync(
      nodes.path('masternode', '/root/trial.json'),
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );
    nodes.kubectl('apply', '-f', '/root/trial.json');
  };
  const run = (...names: string[]) =>
    nodes.kubectl('-n', 'trial', 'wait', '--for=condition=Ready', '--timeout=60s', ...names.map((n) => `pod/${n}`));
  const gone = (...words: string[]) => nodes.kubectl('-n', 'trial', 'delete', '--timeout=60s', 'pod', ...words);
  const of = (name: string, path = '.status.podIP') => nodes.field(`{${path}}`, '-n', 'trial', 'pod', name);
  const device = (name: string) => `cali${createHash('sha1').update(`trial.${name}`).digest('hex').slice(0, 11)}`;
  const spaces = (node: string) =>
    readdirSync(nodes.path(node, '/run/netns')).filter((space) => space.startsWith('cni-'));
  /** The namespace of the pod with this address. */
  const spaceOf = (node: string, address: string) =>
    spaces(node).find((space) => nodes.run(node, 'ip', '-n', space, 'addr').includes(` ${address}/32 `)) ?? '';
  const reaches = (node: string, from: string, to: string): boolean => {
    const ping = ['ping', '-n', '-q', '-c', '1', '-w', '2', to];
    const inside = ['nsenter', `--net=/run/netns/${spaceOf(node, from)}`, ...ping];
    return nodes.run(node, 'sh', '-c', `${inside.join(' ')} > /dev/null 2>&1 && echo yes || echo no`) === 'yes\n';
  };
  const reached = (node: string, from: string, to: string) =>
    bounded(`${from} reaches ${to}`, 30, () => reaches(node, from, to));
  const calicoctl = (...words: string[]) => nodes.run('masternode', '/usr/local/bin/calicoctl.sh', ...words);
  const blocks = (): { cidr: string; affinity?: string; attributes: { handle_id: string; secondary: object }[] }[] =>
    JSON.parse(nodes.kubectl('get', 'ipamblocks.crd.projectcalico.org', '-o', 'json')).items.map(
      ({ spec }: { spec: unknown }) => spec,
    );
  const handles = () => nodes.kubectl('get', 'ipamhandles.crd.projectcalico.org', '-o', 'name').trim().split('\n');

  it('are wired as Calico wires them, and reach each other across nodes', async () => {
    apply(pod('a', 'masternode'), pod('b', 'homelab'), pod('host', 'homelab', { spec: { hostNetwork: true } }));
    run('a', 'b', 'host');
    assert.equal(of('host'), '192.168.4.62');
    const [a, b] = [of('a'), of('b')];
    const space = spaceOf('homelab', b);
    assert.match(space, /^cni-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.match(nodes.run('homelab', 'ip', 'route'), new RegExp(`^${b} dev ${device('b')} scope link`, 'm'));
    assert.match(nodes.run('homelab', 'ip', 'link', 'show', device('b')), /mtu 1450 .*\n.* ee:ee:ee:ee:ee:ee /);
    assert.deepEqual(
      nodes
        .run('homelab', 'ip', '-n', space, 'route')
        .trim()
        .split('\n')
        .map((line) => line.trim()),
      ['default via 169.254.1.1 dev eth0', '169.254.1.1 dev eth0 scope link'],
    );
    await reached('homelab', b, a);
    assert.ok(reaches('masternode', a, b));
    assert.equal(of('b', '.metadata.annotations.cni\\.projectcalico\\.org/podIP'), `${b}/32`);
  });

  it('stand in the books with their handle, beside those that the playbooks bring', () => {
    const books = blocks();
    const held = (pair: Record<string, string>) =>
      books.flatMap(({ affinity, attributes }) =>
        attributes
          .filter(({ secondary }) => Object.entries(pair).every(([k, v]) => Reflect.get(secondary, k) === v))
          .map(({ handle_id }) => [affinity, handle_id.replace(/[0-9a-f]{64}$/, 'ID')]),
      );
    for (const [namespace, name, node] of [
      ['trial', 'b', 'homelab'],
      ['production', 'web', 'masternode'],
      ['monitoring', 'prometheus', 'storagenodet3500'],
    ] as const)
      assert.deepEqual(held({ namespace, pod: name, node }), [[`host:${node}`, 'k8s-pod-network.ID']], name);
    assert.deepEqual(held({ pod: 'host' }), []);
    const id = of('b', '.metadata.annotations.cni\\.projectcalico\\.org/containerID');
    assert.ok(handles().includes(`ipamhandle.crd.projectcalico.org/k8s-pod-network.${id}`));
    const affinities = nodes.kubectl('get', 'blockaffinities.crd.projectcalico.org', '-o', 'name').trim().split('\n');
    assert.deepEqual(
      affinities.map((name) => name.split('/')[1]),
      ['homelab-10-244-0-64-26', 'masternode-10-244-0-0-26', 'storagenodet3500-10-244-0-128-26'],
    );
  });

  it('of a full pool wait, and say so in Calico’s words; what is borrowed is reached too', async () => {
    apply(tiny);
    apply(...['t1', 't2', 't3'].map((name) => pod(name, 'homelab', { pool: 'tiny' })));
    run('t1', 't2', 't3');
    apply(pod('t4', 'masternode', { pool: 'tiny' }), pod('b2', 'homelab'));
    run('t4', 'b2');
    const lent = calicoctl('ipam', 'show', '--show-borrowed');
    assert.match(lent, new RegExp(`\\| ${of('t4')} +\\| masternode +\\| 10\\.245\\.0\\.\\d/31 \\| homelab .*trial/t4`));
    await reached('masternode', of('t4'), of('b2'));
    await reached('homelab', of('b2'), of('t4'));
    await reached('masternode', of('t4'), of('t1'));

    apply(pod('t5', 'homelab', { pool: 'tiny' }));
    await bounded('its event says why', 30, () =>
      nodes
        .field('{.items[*].message}', '-n', 'trial', 'events', '--field-selector=involvedObject.name=t5')
        .endsWith(
          'plugin type="calico" failed (add): failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.245.0.0/30]',
        ),
    );
    assert.equal(of('t5', '.status.containerStatuses[0].state.waiting.reason'), 'ContainerCreating');
    assert.match(calicoctl('ipam', 'show'), /\| IP Pool +\| 10\.245\.0\.0\/30 +\| +4 \| 4 \(100%\) +\| 0 \(0%\) /);
    const free = of('t2');
    gone('t2');
    run('t5');
    assert.equal(of('t5'), free);
  });

  it('end by their own deadline, and by a hand: nothing of them stays', async () => {
    apply(pod('short', 'homelab', { spec: { activeDeadlineSeconds: 2 } }));
    await bounded('its deadline passed', 30, () => of('short', '.status.reason') === 'DeadlineExceeded');
    gone('--all');
    await bounded('homelab has but CoreDNS’s', 30, () => spaces('homelab').length === 1);
    assert.doesNotMatch(nodes.run('homelab', 'ip', 'route'), /^10\.245\.0\.\d dev/m);
    assert.doesNotMatch(calicoctl('ipam', 'show'), /10\.245\.0\.0\/30 +\| +4 \| [1-4] /);
    assert.equal(handles().length, 7);
  });

  it('outlive a restart of the API server, of their agent and of their node, with their addresses', async () => {
    apply(pod('stays', 'homelab'), pod('goes', 'homelab'));
    run('stays', 'goes');
    const address = of('stays');
    nodes.run('masternode', 'systemctl', 'restart', 'kube-apiserver');
    nodes.run('homelab', 'systemctl', 'stop', 'calispray-lab-node');
    await bounded('the API server answers', 60, () => {
      try {
        return nodes.kubectl('get', '--raw', '/readyz') === 'ok';
      } catch {
        return false;
      }
    });
    nodes.kubectl('-n', 'trial', 'delete', 'pod', 'goes', '--force', '--grace-period=0');
    assert.equal(spaces('homelab').length, 3);
    nodes.run('homelab', 'systemctl', 'start', 'calispray-lab-node');
    await bounded('the pod that is no more has no network', 30, () => spaces('homelab').length === 2);

    ground.on.ssh('homelab', 'systemctl --no-block poweroff || true');
    await ground.down('homelab');
    await ground.up();
    await bounded('its network is made again', 60, () => {
      return existsSync(nodes.path('homelab', '/run/netns')) && spaceOf('homelab', address) !== '';
    });
    apply(pod('new', 'masternode'));
    run('new');
    await reached('masternode', of('new'), address);
    assert.equal(of('stays'), address);
    assert.equal(handles().length, 9);
  });

  it('leave an address behind where nobody saw them go, which calicoctl finds and frees', async () => {
    apply(pod('lost', 'homelab'));
    run('lost');
    const [address, id] = [of('lost'), of('lost', '.metadata.annotations.cni\\.projectcalico\\.org/containerID')];
    nodes.run('homelab', 'systemctl', 'stop', 'calispray-lab-node');
    nodes.run('homelab', 'ip', 'netns', 'del', spaceOf('homelab', address));
    nodes.run('homelab', 'rm', `/var/lib/calispray-lab/pods/${id}.json`);
    nodes.kubectl('-n', 'trial', 'delete', 'pod', 'lost', '--force', '--grace-period=0');
    nodes.run('homelab', 'systemctl', 'start', 'calispray-lab-node');
    const report = '/root/report.json';
    const check = () => calicoctl('ipam', 'check', '--show-problem-ips', '-o', report);
    assert.match(
      check(),
      new RegExp(`^ +${address} leaked; .*trial/lost[^]*^Check complete; found 1 problems\\.$`, 'm'),
    );
    const release = () => calicoctl('ipam', 'release', `--from-report=${report}`);
    assert.throws(release, /data store is not locked/);
    calicoctl('datastore', 'migrate', 'lock');
    assert.throws(release, /the provided reports are all stale/);
    apply(pod('late', 'homelab'));
    const events = ['events', '--field-selector=involvedObject.name=late'];
    await bounded('no pod gets an address meanwhile', 30, () =>
      nodes.field('{.items[*].message}', '-n', 'trial', ...events).includes('not ready to process requests'),
    );
    check();
    assert.match(release(), /^Released 1 IPs successfully$/m);
    calicoctl('datastore', 'migrate', 'unlock');
    assert.match(check(), /^Check complete; found 0 problems\.$/m);
    run('late');
    gone('late');
  });

  it('leave the tunnel an address of its own, which the Node names', async () => {
    const annotation = () =>
      nodes.field('{.metadata.annotations.projectcalico\\.org/IPv4VXLANTunnelAddr}', 'node', 'homelab');
    assert.equal(annotation(), '');
    const mode = (vxlanMode: string) =>
      calicoctl('patch', 'ippool', 'default-pool', '-p', JSON.stringify({ spec: { vxlanMode } }));
    mode('Always');
    await bounded('the Node names its tunnel', 30, () => annotation() !== '');
    const address = annotation();
    const holder = blocks().flatMap(({ attributes }) => attributes);
    assert.deepEqual(holder.find(({ handle_id }) => handle_id === 'vxlan-tunnel-addr-homelab')?.secondary, {
      node: 'homelab',
      type: 'vxlanTunnelAddress',
    });
    await bounded('the tunnel has it', 30, () =>
      nodes.run('homelab', 'sh', '-c', 'ip addr show vxlan.calico 2>&1 || true').includes(` ${address}/32 `),
    );
    await reached('masternode', of('new'), of('stays'));
    assert.ok((await ground.reached()) === 20);
    mode('Never');
    await bounded('it has none any more', 30, () => annotation() === '');
    assert.ok(!handles().some((name) => name.includes('vxlan-tunnel-addr')));
    await reached('masternode', of('new'), of('stays'));
  });

  it('go with their namespace', async () => {
    nodes.kubectl('delete', 'namespace', 'trial', '--timeout=90s');
    await bounded('their networks are gone', 30, () => spaces('homelab').length === 1);
    assert.equal(handles().length, 7);
  });
});
