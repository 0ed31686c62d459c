import assert from 'node:assert/strict';
import { python } from './python.ts';

/** The status that a pod gets, by the agent's own words for it, and whether what it has says that already. */
const statuses = `
import json, os, sys
sys.path.insert(0, os.environ["KUBESPRAY"] + "roles/network_plugin/files")
import podstatus
out = []
for word, pod, now in json.load(sys.stdin):
    given = podstatus.running(pod, "192.168.4.62", "10.244.0.65", now) if word == "running" else getattr(podstatus, word)(pod, "192.168.4.62", now)
    out.append({"status": given, "same": podstatus.same(pod, given), "deadline": podstatus.deadline({**pod, "status": given})})
print(json.dumps(out))
`;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime: string;
}
interface Status {
  readonly phase: string;
  readonly reason?: string;
  readonly podIP?: string;
  readonly startTime: string;
  readonly conditions: Condition[];
  readonly containerStatuses: { name: string; ready: boolean; state: Record<string, Record<string, unknown>> }[];
  readonly initContainerStatuses?: { name: string; ready: boolean; state: Record<string, object> }[];
}
interface Given {
  readonly status: Status;
  readonly same: boolean;
  readonly deadline: number | null;
}
type Word = 'running' | 'waiting' | 'overdue';

const statusOf = (...asked: (readonly [Word, unknown, number])[]): Given[] => python(statuses, asked);
const now = Date.parse('2026-11-23T21:00:00Z') / 1_000;
const pod = (spec: object = {}, status?: object) => ({
  metadata: { namespace: 'default', name: 'web', uid: 'u' },
  spec: { containers: [{ name: 'c', image: 'pause' }], ...spec },
  ...(status === undefined ? {} : { status }),
});

describe('the status of a pod of the lab', () => {
  const [started, waits] = statusOf(['running', pod(), now], ['waiting', pod(), now]) as [Given, Given];

  it('is that of a pod that runs, once it has its network', () => {
    const { phase, podIP, conditions, containerStatuses } = started.status;
    assert.deepEqual([phase, podIP, started.same], ['Running', '10.244.0.65', false]);
    assert.deepEqual(
      conditions.map(({ type, status }) => `${type}=${status}`),
      ['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True'],
    );
    assert.deepEqual(containerStatuses[0]?.state, { running: { startedAt: '2026-11-23T21:00:00Z' } });
  });

  it('is written once: a condition keeps the time since which it holds', () => {
    const [again, moved] = statusOf(
      ['running', pod({}, started.status), now + 60],
      ['running', pod({}, waits.status), now + 60],
    ) as [Given, Given];
    assert.deepEqual([again.same, again.status], [true, started.status]);
    assert.equal(moved.same, false);
    const since = Object.fromEntries(moved.status.conditions.map((c) => [c.type, c.lastTransitionTime]));
    assert.equal(since.Ready, '2026-11-23T21:01:00Z');
    assert.equal(since.PodScheduled, '2026-11-23T21:00:00Z');
    assert.equal(moved.status.startTime, '2026-11-23T21:00:00Z');
  });

  it('says what it waits for', () => {
    assert.deepEqual(
      [waits.status.phase, waits.status.podIP, waits.status.containerStatuses[0]?.state],
      ['Pending', undefined, { waiting: { reason: 'ContainerCreating' } }],
    );
    assert.equal(waits.status.conditions.find(({ type }) => type === 'Ready')?.status, 'False');
  });

  it('has containers that came first done, but for those that stay beside the others', () => {
    const first = { initContainers: [{ name: 'once' }, { name: 'beside', restartPolicy: 'Always' }] };
    const [given] = statusOf(['running', pod(first), now]);
    assert.deepEqual(
      given?.status.initContainerStatuses?.map(({ name, state }) => [name, Object.keys(state)[0]]),
      [
        ['once', 'terminated'],
        ['beside', 'running'],
      ],
    );
  });

  it('is over when the pod’s own deadline is', () => {
    const limited = { activeDeadlineSeconds: 30 };
    const [runs, over] = statusOf(
      ['running', pod(limited), now],
      ['overdue', pod(limited, started.status), now + 30],
    ) as [Given, Given];
    assert.equal(runs.deadline, now + 30);
    assert.equal(started.deadline, null);
    assert.deepEqual([over.status.phase, over.status.reason], ['Failed', 'DeadlineExceeded']);
    assert.deepEqual(Object.keys(over.status.containerStatuses[0]?.state ?? {}), ['terminated']);
  });

  it('keeps what others said of the pod', () => {
    const gate = { type: 'example.org/gate', status: 'True', lastTransitionTime: '2026-11-23T20:00:00Z' };
    const [given] = statusOf(['running', pod({}, { conditions: [gate] }), now]);
    assert.deepEqual(given?.status.conditions.at(-1), gate);
  });
});

describe('calicoctl.sh of the lab', () => {
  const program = `
import json, os, sys
sys.path.insert(0, os.environ["KUBESPRAY"] + "roles/network_plugin/files")
import calicoctl
asked = json.load(sys.stdin)
rows = calicoctl.utilization(asked["pools"], asked["specs"], asked["blocks"])
print(json.dumps({"table": calicoctl.table(["GROUPING", "CIDR", "IPS TOTAL", "IPS IN USE", "IPS FREE"], rows), "peers": calicoctl.peers(asked["bird"])}))
`;
  const spec = (cidr: string, size: number, used: number) => ({
    cidr,
    affinity: 'host:a',
    attributes: [{ handle_id: 'h', secondary: {} }],
    allocations: Array.from({ length: size }, (_, i) => (i < used ? 0 : null)),
    unallocated: Array.from({ length: size - used }, (_, i) => used + i),
  });
  const asked = {
    pools: [{ cidr: '10.244.0.0/16' }],
    specs: [spec('10.244.0.0/26', 64, 3), spec('10.99.0.0/31', 2, 1)],
    blocks: true,
    bird: [
      'BIRD 2.0.12 ready.',
      'Name       Proto      Table      State  Since         Info',
      'kernel1    Kernel     master4    up     21:07:01.123  ',
      'Mesh_192_168_4_61 BGP        ---        up     21:07:01.555  Established   ',
      'Global_192_168_4_1 BGP        ---        start  21:07:02.100  Active        Socket: Connection refused',
    ].join('\n'),
  };

  it('prints calicoctl’s table of pools and blocks, those of no pool last', () => {
    assert.deepEqual(python<{ table: string }>(program, asked).table.split('\n'), [
      '+----------+---------------+-----------+------------+--------------+',
      '| GROUPING |     CIDR      | IPS TOTAL | IPS IN USE |   IPS FREE   |',
      '+----------+---------------+-----------+------------+--------------+',
      '| IP Pool  | 10.244.0.0/16 |     65536 | 3 (0%)     | 65533 (100%) |',
      '| Block    | 10.244.0.0/26 |        64 | 3 (5%)     | 61 (95%)     |',
      '| Block    | 10.99.0.0/31  |         2 | 1 (50%)    | 1 (50%)      |',
      '+----------+---------------+-----------+------------+--------------+',
    ]);
    assert.doesNotMatch(python<{ table: string }>(program, { ...asked, blocks: false }).table, /Block/);
  });

  it('names BIRD’s sessions as Calico does', () => {
    assert.deepEqual(python<{ peers: string[][] }>(program, asked).peers, [
      ['192.168.4.61', 'node-to-node mesh', 'up', '21:07:01', 'Established'],
      ['192.168.4.1', 'global', 'start', '21:07:02', 'Active Socket: Connection refused'],
    ]);
  });
});
