import assert from 'node:assert/strict';
import { nodeEvidence, pathLayers } from '../../../kubespray/doctor/evidence.ts';
import { nodeAnswer } from '../../../kubespray/doctor/evidence-schema.ts';
import { subjectOf } from '../../../kubespray/doctor/judge.ts';
import type { ApiEvidence, Evidence, NodeEvidence, PodSeen } from '../../../kubespray/doctor/types.ts';
import { healthy } from './support/healthy.ts';

const apiOf = (evidence: Evidence): ApiEvidence => {
  if ('unknown' in evidence.api) throw new Error(evidence.api.unknown);
  return evidence.api.value;
};

function layersFrom(name: string, evidence: Evidence, api: ApiEvidence | undefined = apiOf(evidence)) {
  const { cluster, nodes } = subjectOf(evidence);
  return pathLayers(cluster, nodes, api).layers.get(name) ?? [];
}

/** The same with some of a node's evidence otherwise. */
function withNode(evidence: Evidence, name: string, change: Partial<NodeEvidence>): Evidence {
  const node = evidence.nodes[name];
  assert.ok(node !== undefined && 'value' in node);
  return { ...evidence, nodes: { ...evidence.nodes, [name]: { value: { ...node.value, ...change } } } };
}

const pod = (name: string | null, address: string): PodSeen => ({ name, address, mtu: 1400, hostMtu: 1400 });

describe('what a node is asked about its paths', () => {
  it('is every other node, and from its pod every other node’s pod, at the MTU of the interface that they leave by', () => {
    const evidence = healthy({ way: 'vxlan', interfaceMtu: 9000 });
    const [nodes, pods] = layersFrom('homelab', evidence);
    assert.deepEqual([nodes?.layer, nodes?.fromAddress, nodes?.promised], ['node', '192.168.4.62', 9000]);
    assert.deepEqual(nodes?.targets, [
      { to: 'storagenodet3500', address: '192.168.4.61', ports: [] },
      { to: 'masternode', address: '192.168.4.63', ports: ['tcp/6443'] },
    ]);
    assert.deepEqual(
      [pods?.layer, pods?.promised, pods?.targets.map(({ to }) => to)],
      ['pod', 8950, ['storagenodet3500', 'masternode']],
    );
  });

  it('is a port of BGP where there is no session alone: one that stands would fall when the peer seems to begin anew', () => {
    const evidence = healthy({ way: 'none' });
    const asked = (of: Evidence) => layersFrom('homelab', of)[0]?.targets.map(({ to, ports }) => `${to} ${ports}`);
    assert.deepEqual(asked(evidence), ['storagenodet3500 ', 'masternode tcp/6443']);
    assert.deepEqual(asked(withNode(evidence, 'homelab', { bird: [] })), ['storagenodet3500 ', 'masternode tcp/6443']);

    const { bird } = subjectOf(evidence).nodes.get('homelab') ?? { bird: [] };
    const down = bird.map((each) => ({
      ...each,
      lines: each.lines.map((line) => line.replace(/Established.*/, 'Active Socket: Connection refused')),
    }));
    assert.deepEqual(asked(withNode(evidence, 'homelab', { bird: down })), [
      'storagenodet3500 tcp/179',
      'masternode tcp/6443,tcp/179',
    ]);
  });

  it('is those as well that are silent to the workstation, of which no pods are known; they themselves are not asked', () => {
    const evidence = healthy({ way: 'none' });
    const silent = { unknown: 'it is down' };
    const two = { ...evidence, nodes: { ...evidence.nodes, masternode: silent } };
    assert.deepEqual(
      layersFrom('homelab', two).map(({ layer, targets }) => [layer, targets.map(({ to }) => to)]),
      [
        ['node', ['storagenodet3500', 'masternode']],
        ['pod', ['storagenodet3500']],
      ],
    );
    assert.deepEqual(layersFrom('masternode', two), []);
  });

  it('is of nodes alone where there are no pods', () => {
    const without = withNode(healthy({ way: 'none' }), 'homelab', { pods: [] });
    assert.deepEqual(
      layersFrom('homelab', without).map(({ layer }) => layer),
      ['node'],
    );
    const [, pods] = layersFrom('masternode', without);
    assert.deepEqual(
      pods?.targets.map(({ to }) => to),
      ['storagenodet3500'],
    );
  });

  it('takes pods that no policy of their namespace governs before others, and those before unknown ones', () => {
    const evidence = healthy({ way: 'none' });
    const api = {
      ...apiOf(evidence),
      policies: [{ kind: 'NetworkPolicy', metadata: { name: 'deny', namespace: 'closed' } }],
    };
    const chosen = (...pods: PodSeen[]) =>
      layersFrom('homelab', withNode(evidence, 'homelab', { pods }), api).find(({ layer }) => layer === 'pod')
        ?.fromAddress;
    const [unknown, closed, open] = [
      pod(null, '10.244.0.1'),
      pod('closed/a', '10.244.0.2'),
      pod('open/a', '10.244.0.3'),
    ];
    assert.equal(chosen(unknown, closed, open), '10.244.0.3');
    assert.equal(chosen(unknown, closed), '10.244.0.2');
    assert.equal(chosen(unknown), '10.244.0.1');
    assert.equal(chosen(pod('open/z', '10.244.0.4'), open), '10.244.0.3');
    assert.equal(chosen(pod('open/six', 'fd00::1')), undefined);
  });
});

describe('what the nodes of a large cluster are asked', () => {
  it('is as many others each, so that every one is measured as often, and it says so', () => {
    const evidence = healthy({ way: 'vxlan', nodes: 12 });
    const { cluster, nodes } = subjectOf(evidence);
    const all = pathLayers(cluster, nodes, apiOf(evidence));
    assert.equal(all.left, undefined);
    for (const layers of all.layers.values())
      assert.deepEqual(
        layers.map(({ targets }) => new Set(targets.map(({ to }) => to)).size),
        [11, 11],
      );
    const some = pathLayers(cluster, nodes, apiOf(evidence), 4);
    assert.equal(some.left, 'each of 12 nodes measures the 4 that follow it, and not the other 7');
    const measured = [...some.layers].flatMap(([from, layers]) =>
      layers.flatMap(({ layer, targets }) => targets.map(({ to }) => ({ from, key: `${layer} ${to}` }))),
    );
    assert.ok(measured.every(({ from, key }) => !key.endsWith(` ${from}`)));
    const times = Object.groupBy(measured, ({ key }) => key);
    assert.deepEqual([...new Set(Object.values(times).map((each) => each?.length))], [4]);
    assert.equal(Object.keys(times).length, 24);
  });
});

describe('a node’s answer', () => {
  it('gets its clock from the round trip, and the pods’ names from the API', () => {
    const evidence = healthy({ way: 'none' });
    const node = evidence.nodes.homelab;
    assert.ok(node !== undefined && 'value' in node);
    const { clock: _, ...told } = node.value;
    const answer = nodeAnswer.parse({
      ...told,
      pods: told.pods.map((each) => ({ ...each, name: null })),
      lab: true,
      synchronized: true,
    });
    const { cluster } = subjectOf(evidence);
    const made = nodeEvidence(answer, { asked: 1000, told: 1090.25, heard: 1000.5 }, cluster, apiOf(evidence));
    assert.deepEqual(made, { ...node.value, clock: { ahead: 90, within: 0.25, synchronized: true } });
    const alone = nodeEvidence(answer, { asked: 1000, told: 990, heard: 1000 }, cluster, undefined);
    assert.deepEqual([alone.clock.ahead, alone.pods.map(({ name }) => name)], [-10, told.pods.map(() => null)]);
  });

  it('has no pods in the network namespaces of other programs', () => {
    const evidence = healthy({ way: 'none' });
    const { cluster } = subjectOf(evidence);
    const api = apiOf(evidence);
    const node = evidence.nodes.homelab;
    assert.ok(node !== undefined && 'value' in node);
    const addresses = ['172.17.0.2', '10.244.9.9', '10.250.0.1', '10.99.0.1', 'fd00::5'];
    const pods = addresses.map((address) => ({ name: null, address, mtu: 1500, hostMtu: null }));
    const { clock: _, ...told } = node.value;
    const answer = nodeAnswer.parse({ ...told, pods, lab: false, synchronized: null });
    const tick = { asked: 1, told: 1, heard: 1 };
    const kept = (live: ApiEvidence | undefined) =>
      nodeEvidence(answer, tick, cluster, live).pods.map(({ address }) => address);
    assert.deepEqual(kept(undefined), ['10.244.9.9', 'fd00::5']);
    const second = { name: 'second', spec: { cidr: '10.250.0.0/16' } };
    const known = { pod: 'a/b', node: 'homelab', address: '10.99.0.1' };
    assert.deepEqual(kept({ ...api, pools: [second], addresses: [known] }), addresses.slice(1));
  });
});
