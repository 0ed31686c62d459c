import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { textOf } from '../../cli/status/text.ts';
import type { Cluster } from '../../cluster/index.ts';
import { blockOf, type Gathered, statusOf } from '../../kubespray/status/index.ts';
import { assertGolden } from '../support/golden.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';
import { given, healthy, session, withApi, withLive, withNode } from './status/worlds.ts';

const AT = '2026-11-23T18:47:56.802Z';
const dir = join(import.meta.dirname, 'status');
const dev = clusterOf(stackCluster('dev'));
const fine = healthy(dev);
const changed = (change: object, stack = 'dev') => clusterOf(edited(stackCluster(stack), change));
const vxlan = changed({ network: { encapsulation: { vxlan: 'always' }, mtu: 'auto' } });
const staged = changed({ policies: { staged: 'all' } });
const many = changed({
  nodes: Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [
      `node${i}`,
      { address: `192.168.4.${100 + i}`, roles: i === 0 ? ['control-plane', 'etcd', 'worker'] : ['worker'] },
    ]),
  ),
});
const recorded = (name: string) => JSON.parse(readFileSync(join(dir, 'recorded', `${name}.json`), 'utf8')) as Gathered;
const lost = 'homelab (192.168.4.62:22) does not answer; waited 6 s: no route to it';

/** Name of the golden, the cluster, and what was read of it. */
const worlds: readonly (readonly [string, Cluster, Gathered])[] = [
  ['lab', clusterOf(stackCluster('lab')), recorded('lab')],
  ['lab-without-api', clusterOf(stackCluster('lab')), recorded('lab-without-api')],
  ['fine', dev, fine],
  ['vxlan', vxlan, healthy(vxlan)],
  ['staged', staged, healthy(staged)],
  ['one-node-silent', dev, { ...fine, nodes: { ...fine.nodes, homelab: { unknown: lost } } }],
  [
    'nobody-answers',
    dev,
    {
      nodes: Object.fromEntries(Object.keys(fine.nodes).map((name) => [name, { unknown: `${name} does not answer` }])),
      api: { unknown: 'https://192.168.4.63:6443 cannot be reached: no answer within 10 s' },
      live: { unknown: 'masternode does not answer' },
      runs: { unknown: 'masternode does not answer' },
      steps: { unknown: 'masternode does not answer' },
      lab: false,
    },
  ],
  ['no-kubeconfig', dev, { ...fine, api: { unknown: 'stack dev has no kubeconfig: no `up` of it has ended here' } }],
  [
    'not-built',
    dev,
    {
      ...fine,
      nodes: Object.fromEntries(
        Object.entries(fine.nodes).map(([name, node]) => [
          name,
          { value: { ...given(node), pods: {}, tunnels: {}, bird: [] } },
        ]),
      ),
      api: { unknown: 'stack dev has no kubeconfig: no `up` of it has ended here' },
      live: { value: { ...given(fine.live), cluster: 'none', applied: null } },
      runs: { value: [] },
      steps: { value: 1 },
    },
  ],
  [
    'bgp-and-mtu',
    dev,
    withNode(
      withNode(fine, 'homelab', {
        pods: { 1440: 3, 1500: 2 },
        tunnels: { tunl0: 1480 },
        bird: [
          {
            family: 4,
            problem: null,
            lines: session('192.168.4.63', 'Active        Socket: Connection refused', 'Socket: Connection refused'),
          },
        ],
      }),
      'storagenodet3500',
      {
        interface: { name: 'ens18', mtu: 1400 },
        bird: [{ family: 4, problem: '/var/run/calico/bird.ctl: Permission denied', lines: [] }],
      },
    ),
  ],
  [
    'pool-policies-run',
    dev,
    {
      ...withApi(fine, {
        blocks: { value: [{ cidr: '10.244.0.0/17', node: 'homelab', inUse: 60_000, borrowed: 7 }] },
        policies: {
          value: [
            ...given(given(fine.api).policies).slice(2),
            {
              apiVersion: 'projectcalico.org/v3',
              kind: 'NetworkPolicy',
              metadata: { namespace: 'shop', name: 'default.open' },
            },
            { apiVersion: 'projectcalico.org/v3', kind: 'Tier', metadata: { name: 'default' } },
          ],
        },
      }),
      runs: {
        value: [
          {
            run: '0003-calico-33333333',
            state: 'failed',
            since: '2026-04-26T11:00:00Z',
            seconds: 12.4,
            message: 'cluster.yml ended with status 2',
          },
        ],
      },
      steps: { value: 2 },
    },
  ],
  [
    'drift',
    dev,
    withLive(fine, {
      calico: {
        ...given(fine.live).calico,
        ready: 2,
        notReady: ['homelab'],
        felix: { ...given(fine.live).calico.felix, logSeverityScreen: 'Debug', iptablesRefreshInterval: '10s' },
        pools: [{ name: 'default-pool', spec: { ...given(fine.live).calico.pools?.[0]?.spec, blockSize: 24 } }],
      },
    }),
  ],
  [
    'twenty-nodes',
    many,
    withApi(healthy(many), {
      nodes: {
        value: given(given(healthy(many).api).nodes).flatMap((node) => {
          if (node.name === 'node17') return [];
          return [node.name === 'node11' ? { ...node, ready: false, kubelet: '1.34.9' } : node];
        }),
      },
    }),
  ],
];

describe('calispray status', () => {
  for (const [name, cluster, read] of worlds) {
    it(`of ${name} is as in tests/cli/status/golden`, () => {
      const status = statusOf(cluster, read);
      assertGolden(
        join(dir, 'golden', `${name}.txt`),
        `${textOf(status, cluster.name === 'lab' ? 'lab' : 'dev', AT).join('\n')}\n`,
      );
      assertGolden(join(dir, 'golden', `${name}.json`), `${JSON.stringify(status, null, 1)}\n`);
    });
  }

  it('is shown so in docs/quick-reference.md', () => {
    const guide = readFileSync(join(dir, '../../../docs/quick-reference.md'), 'utf8');
    const [, shown] = /```text\n([\s\S]*?)```/.exec(guide) ?? [];
    assert.equal(shown, readFileSync(join(dir, 'golden/fine.txt'), 'utf8'));
  });

  it('is fine where the cluster is as every stack declares it, and nowhere else', () => {
    for (const stack of ['lab', 'dev', 'staging', 'prod']) {
      const cluster = clusterOf(stackCluster(stack));
      const { ok, wrong, unknown } = statusOf(cluster, healthy(cluster));
      assert.deepEqual({ ok, wrong, unknown }, { ok: true, wrong: [], unknown: [] }, stack);
    }
    for (const [name, cluster, read] of worlds) {
      const status = statusOf(cluster, read);
      const says = textOf(status, 'dev', AT)[0]?.includes(': fine ') === true;
      assert.equal(says, status.ok && status.unknown.length === 0, name);
    }
  });

  it('takes nothing for fine that could not be read, whichever it is', () => {
    const reason = 'nobody knows why';
    const part = fc.constantFrom('nodes', 'api', 'live', 'runs', 'steps', 'blocks', 'policies', 'pools');
    fc.assert(
      fc.property(fc.uniqueArray(part, { minLength: 1 }), (parts) => {
        let read: Gathered = fine;
        for (const one of parts) {
          if (one === 'nodes') read = { ...read, nodes: { ...read.nodes, homelab: { unknown: reason } } };
          else if (one === 'blocks' || one === 'policies' || one === 'pools')
            read = 'value' in read.api ? withApi(read, { [one]: { unknown: reason } }) : read;
          else read = { ...read, [one]: { unknown: reason } };
        }
        const status = statusOf(dev, read);
        // Pools are read twice: by the kubeconfig, and over SSH.
        if (parts.length === 1 && parts[0] === 'pools') return;
        assert.ok(!status.ok || status.unknown.length > 0, parts.join());
        assert.doesNotMatch(textOf(status, 'dev', AT)[0] ?? '', /: fine /);
        if (!parts.includes('nodes')) assert.match(JSON.stringify(status), new RegExp(reason));
      }),
    );
  });

  it('fits 80 columns and 24 lines, whatever hosts say and however many they are', () => {
    const text = fc.oneof(fc.string({ maxLength: 300 }), fc.constant('\u001b[31m red \n line '.repeat(20)));
    const known = <T>(value: T) =>
      fc.oneof(
        fc.constant({ value }),
        text.map((unknown) => ({ unknown })),
      );
    const read = fc.record({
      homelab: known(given(Object.values(fine.nodes)[0] ?? { unknown: '' })),
      api: known(given(fine.api)),
      runs: fc.oneof(
        text.map((unknown) => ({ unknown })),
        text.map((message) => ({ value: [{ run: message, state: 'failed', since: AT, message }] })),
      ),
      steps: known(12),
      problem: text,
      down: fc.boolean(),
      cluster: fc.constantFrom(dev, many),
    });
    fc.assert(
      fc.property(read, ({ homelab, problem, down, cluster, ...rest }) => {
        const base = healthy(cluster);
        const bird = [
          { family: 4 as const, problem, lines: [`x BGP - up 1 ${problem}`, '  Neighbor address: 10.0.0.1'] },
        ];
        const nodes = Object.fromEntries(
          Object.entries(base.nodes).map(([name, node], i) => [
            name,
            i === 0 || 'unknown' in homelab ? homelab : { value: { ...given(node), bird } },
          ]),
        );
        const live = { value: { ...given(base.live), cluster: down ? ('down' as const) : ('up' as const), problem } };
        const lines = textOf(statusOf(cluster, { ...base, ...rest, nodes, live }), 'dev', AT);
        assert.ok(lines.length <= 24, lines.join('\n'));
        for (const line of lines) {
          assert.ok(line.length <= 80, line);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing that a host says may steer the terminal.
          assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
    );
  });
});

describe('an IPAM block', () => {
  const block = {
    cidr: '10.244.1.0/29',
    affinity: 'host:homelab',
    allocations: [0, 1, null, null, 2, null, null, null],
    attributes: [
      { handle_id: 'vxlan-tunnel-addr-homelab', secondary: { node: 'homelab', type: 'vxlanTunnelAddress' } },
      { handle_id: 'k8s-pod-network.1', secondary: { node: 'homelab', namespace: 'shop', pod: 'web-1' } },
      { handle_id: 'k8s-pod-network.2', secondary: { node: 'masternode', namespace: 'shop', pod: 'web-2' } },
    ],
    unallocated: [2, 3, 5, 6, 7],
  };
  it('counts what is held, and what another node holds of it', () =>
    assert.deepEqual(blockOf(block), { cidr: '10.244.1.0/29', node: 'homelab', inUse: 3, borrowed: 1 }));
  it('that no node has any more is still in use', () =>
    assert.deepEqual(blockOf({ ...block, affinity: undefined }), { cidr: '10.244.1.0/29', inUse: 3, borrowed: 0 }));
  it('that is being deleted is none, nor is what has no range', () => {
    assert.equal(blockOf({ ...block, deleted: true }), undefined);
    assert.equal(blockOf({}), undefined);
    assert.equal(blockOf(null), undefined);
  });
});
