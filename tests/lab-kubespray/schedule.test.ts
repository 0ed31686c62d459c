import assert from 'node:assert/strict';
import type { Made } from './objects.ts';
import { python } from './python.ts';

const program = `
import json, os, sys
sys.path.insert(0, os.environ["KUBESPRAY"] + "roles/network_plugin/files")
import schedule
w = json.load(sys.stdin)
print(json.dumps({pod["metadata"]["name"]: node for pod, node in schedule.place(w["pending"], w["pods"], w["nodes"])}))
`;

const node = (name: string, spec: Made = {}, labels: Made = {}, pods = '110'): Made => ({
  metadata: { name, labels: { 'kubernetes.io/os': 'linux', ...labels } },
  spec,
  status: { allocatable: { pods } },
});
const pod = (name: string, spec: Made = {}, owner?: string, metadata: Made = {}): Made => ({
  metadata: {
    namespace: 'default',
    name,
    ...(owner === undefined ? {} : { ownerReferences: [{ uid: owner, controller: true }] }),
    ...metadata,
  },
  spec: { schedulerName: 'default-scheduler', ...spec },
});
const placed = (pending: readonly Made[], nodes: readonly Made[], pods: readonly Made[] = []): Record<string, string> =>
  python(program, { pending, pods, nodes });
const onNode = (name: string) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
      },
    },
  },
});
const taint = { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] };

describe("the lab's scheduler", () => {
  it('spreads the pods of one owner, then all pods', () => {
    const pods = [pod('there', { nodeName: 'a' }, 'one'), pod('x', { nodeName: 'b' }), pod('y', { nodeName: 'b' })];
    const pending = [pod('second', {}, 'one'), pod('third', {}, 'one'), pod('alone')];
    assert.deepEqual(placed(pending, [node('a'), node('b'), node('c')], pods), { second: 'c', third: 'b', alone: 'a' });
  });

  it('keeps to names, labels, taints and the number of pods', () => {
    const nodes = [
      node('a', taint),
      node('b', { unschedulable: true }),
      node('c', {}, { disk: 'fast' }),
      node('d', {}, {}, '1'),
    ];
    const every = { operator: 'Exists' };
    const pending = [
      pod('plain'),
      pod('second'),
      pod('daemon-a', { ...onNode('a'), tolerations: [every] }),
      pod('daemon-b', { ...onNode('b'), tolerations: [{ ...every, effect: 'NoSchedule' }] }),
      pod('refused', onNode('a')),
      pod('by-value', { ...onNode('a'), tolerations: [{ key: taint.taints[0]?.key, value: 'other' }] }),
      pod('labelled', { nodeSelector: { disk: 'fast' } }),
      pod('nowhere', { nodeSelector: { disk: 'slow' } }),
    ];
    assert.deepEqual(placed(pending, nodes), {
      plain: 'c',
      second: 'd',
      'daemon-a': 'a',
      'daemon-b': 'b',
      labelled: 'c',
    });
  });

  it('leaves alone what goes, waits at a gate or has a scheduler of its own, and counts no pod that is over', () => {
    const pending = [
      pod('goes', {}, undefined, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      pod('gate', { schedulingGates: [{ name: 'later' }] }),
      pod('own', { schedulerName: 'mine' }),
      pod('plain'),
    ];
    const over = { ...pod('over', { nodeName: 'a' }), status: { phase: 'Succeeded' } };
    assert.deepEqual(placed(pending, [node('a', {}, {}, '1')], [over]), { plain: 'a' });
  });
});
