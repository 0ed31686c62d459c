import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { portsIn } from '../../cluster/expect.ts';
import type { Expectation } from '../../cluster/index.ts';
import { type Case, cases } from '../support/mistakes.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

const dev = stackCluster('dev');
const to = { namespace: 'default' };

function expectations(...expect: object[]): readonly Expectation[] {
  return clusterOf({ ...dev, expect }).expect;
}

describe('expectations', () => {
  it('of the reference cluster are as its stack file says them', () => {
    const pods = (namespace: string, labels?: object) => ({
      kind: 'pods',
      namespace,
      ...(labels === undefined ? {} : { pods: labels }),
    });
    const every = (['tcp', 'udp', 'sctp'] as const).map((proto) => ({ proto, first: 1, last: 65535 }));
    assert.deepEqual(clusterOf(dev).expect, [
      {
        verdict: 'allow',
        from: pods('monitoring', { app: 'prometheus' }),
        to: pods('production', { app: 'my-app' }),
        ports: [{ proto: 'tcp', first: 8080, last: 8080 }],
        path: 'expect[0]',
      },
      { verdict: 'deny', from: { kind: 'others' }, to: pods('production'), ports: every, path: 'expect[1]' },
      {
        verdict: 'allow',
        from: pods('production'),
        to: { kind: 'dns' },
        ports: [
          { proto: 'udp', first: 53, last: 53 },
          { proto: 'tcp', first: 53, last: 53 },
        ],
        path: 'expect[2]',
      },
      { verdict: 'allow', from: { kind: 'own-node' }, to: pods('production'), ports: every, path: 'expect[3]' },
    ]);
  });

  it('have ends that are pods, addresses or words', () => {
    const ends = ['internet', 'own-node', 'other-nodes', 'anyone', 'others'];
    assert.deepEqual(
      expectations(...ends.map((from) => ({ deny: { from, to } }))).map(({ from }) => from),
      ends.map((kind) => ({ kind })),
    );
    const [named, one, six, net] = expectations(
      { deny: { from: { namespaces: { a: 'b' }, serviceAccount: 'web' }, to } },
      { deny: { from: { address: '203.0.113.7' }, to } },
      { deny: { from: { address: 'fd00::7' }, to } },
      { deny: { from: { net: '203.0.113.0/24' }, to: { net: 'fd00::/64' } } },
    );
    assert.deepEqual(named?.from, { kind: 'pods', namespaces: { a: 'b' }, serviceAccount: 'web' });
    assert.deepEqual(one?.from, { kind: 'addresses', net: '203.0.113.7/32' });
    assert.deepEqual(six?.from, { kind: 'addresses', net: 'fd00::7/128' });
    assert.deepEqual(net?.from, { kind: 'addresses', net: '203.0.113.0/24' });
    assert.deepEqual(net?.to, { kind: 'addresses', net: 'fd00::/64' });
  });

  it('have ports as they are said, of TCP where no protocol is', () => {
    const [expectation] = expectations({
      deny: { from: 'anyone', to, ports: [80, '81', '53/udp', '8000-8080/tcp', '1-9', '7/sctp', 'icmp'] },
    });
    assert.deepEqual(expectation?.ports, [
      { proto: 'tcp', first: 80, last: 80 },
      { proto: 'tcp', first: 81, last: 81 },
      { proto: 'udp', first: 53, last: 53 },
      { proto: 'tcp', first: 8000, last: 8080 },
      { proto: 'tcp', first: 1, last: 9 },
      { proto: 'sctp', first: 7, last: 7 },
      { proto: 'icmp' },
    ]);
  });

  it('have every port that can be written, and no other', () => {
    const number = fc.integer({ min: 0, max: 70_000 });
    fc.assert(
      fc.property(number, number, fc.constantFrom('tcp', 'udp', 'sctp'), (first, last, proto) => {
        const right = first >= 1 && last >= first && last <= 65535;
        assert.deepEqual(portsIn(`${first}-${last}/${proto}`), right ? { proto, first, last } : undefined);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = portsIn(text);
        assert.ok(found === undefined || /^(icmp|\d+(-\d+)?(\/(tcp|udp|sctp))?)$/.test(text));
      }),
    );
  });
});

describe('workloads', () => {
  it('are pods with what questions need to know of them', () => {
    const workloads = [
      { namespace: 'elsewhere', name: 'one' },
      {
        namespace: 'production',
        name: 'two',
        labels: { a: 'b' },
        ports: [80, '53/udp', '7/sctp', { name: 'http', port: 8080 }, { port: 9, protocol: 'udp' }],
        serviceAccount: 'web',
        hostNetwork: true,
      },
    ];
    assert.deepEqual(clusterOf({ ...dev, workloads }).workloads, [
      { namespace: 'elsewhere', name: 'one', labels: {}, ports: [], hostNetwork: false },
      {
        namespace: 'production',
        name: 'two',
        labels: { a: 'b' },
        ports: [
          { protocol: 'TCP', port: 80 },
          { protocol: 'UDP', port: 53 },
          { protocol: 'SCTP', port: 7 },
          { name: 'http', protocol: 'TCP', port: 8080 },
          { protocol: 'UDP', port: 9 },
        ],
        serviceAccount: 'web',
        hostNetwork: true,
      },
    ]);
  });
});

describe('mistakes in workloads and expectations', () => {
  const expecting = (...expect: unknown[]) => ({ expect });
  const running = (...workloads: unknown[]) => ({ workloads });
  const app = { namespace: 'default', name: 'app' };
  const ends: Case[] = [
    ['neither verdict', expecting({}), 'one-verdict at expect[0]'],
    ['both', expecting({ allow: { from: 'anyone', to }, deny: { from: 'anyone', to } }), 'one-verdict at expect[0]'],
    ['a mistyped verdict', expecting({ alow: { from: 'anyone', to } }), 'unknown-key at expect[0].alow'],
    ['no source', expecting({ allow: { to } }), 'missing-field at expect[0].allow.from'],
    ['a word of none', expecting({ allow: { from: 'own-nodes', to } }), 'wrong-type at expect[0].allow.from'],
    ['others that are allowed', expecting({ allow: { from: 'others', to } }), 'wrong-type at expect[0].allow.from'],
    ['DNS as a source', expecting({ deny: { from: 'dns', to } }), 'wrong-type at expect[0].deny.from'],
    [
      'an address that is none',
      expecting({ deny: { from: { address: '203.0.113' }, to } }),
      'bad-address at expect[0].deny.from.address',
    ],
    [
      'a net with host bits',
      expecting({ deny: { from: { net: '203.0.113.7/24' }, to } }),
      'host-bits at expect[0].deny.from.net',
    ],
    [
      'an address and a namespace',
      expecting({ deny: { from: { address: '203.0.113.7', namespace: 'default' }, to } }),
      'wrong-type at expect[0].deny.from',
    ],
    [
      'a mistyped key',
      expecting({ deny: { from: { namespce: 'default' }, to } }),
      'unknown-key at expect[0].deny.from.namespce',
    ],
    [
      'a namespace that nobody has',
      expecting({ deny: { from: 'anyone', to: { namespace: 'defaults' } } }),
      'undeclared-namespace at expect[0].deny.to.namespace',
    ],
    [
      'a namespace that a workload has',
      {
        ...running({ ...app, namespace: 'other' }),
        ...expecting({ deny: { from: 'anyone', to: { namespace: 'other' } } }),
      },
    ],
    [
      'a label that is none',
      expecting({ deny: { from: { pods: { 'a b': 'c' } }, to } }),
      'bad-label at expect[0].deny.from.pods.a b',
    ],
    [
      'ports that are none',
      expecting({ deny: { from: 'anyone', to, ports: [0, '9-8', '80/http', {}] } }),
      'out-of-range at expect[0].deny.ports[0]; bad-port at expect[0].deny.ports[1]; bad-port at expect[0].deny.ports[2]; wrong-type at expect[0].deny.ports[3]',
    ],
    ['no port at all', expecting({ deny: { from: 'anyone', to, ports: [] } }), 'out-of-range at expect[0].deny.ports'],
  ];
  cases(join(import.meta.dirname, 'golden/consistency-expect.txt'), {
    expectations: ends,
    workloads: [
      ['one twice', running(app, app), 'repeated at workloads[1].name'],
      ['two of one name in two namespaces', running(app, { ...app, namespace: 'kube-system' })],
      [
        'ports that are none',
        running({ ...app, ports: ['80/http', { port: 80, name: 'HTTP' }] }),
        'bad-port at workloads[0].ports[0]; bad-name at workloads[0].ports[1].name',
      ],
      [
        'one name for two ports',
        running({
          ...app,
          ports: [
            { name: 'http', port: 80 },
            { name: 'http', port: 81 },
          ],
        }),
        'repeated at workloads[0].ports[1].name',
      ],
      ['no name', running({ namespace: 'default' }), 'missing-field at workloads[0].name'],
    ],
  });
});
