import assert from 'node:assert/strict';
import { shapeRules } from '../../policies/objects/shape/index.ts';
import { CALICO, declared, type Given, gnp, judged, rule } from '../support/shape.ts';

describe('what the API of Calico swallows', () => {
  const cases: [what: string, given: Given, said: string[]][] = [
    [
      'a prefix that is too long',
      gnp(rule({ source: { nets: ['10.0.0.0/8', '192.168.4.0/33'] } })),
      ['calico-refuses spec.ingress[0].source.nets[1]: "192.168.4.0/33" is no CIDR and no address'],
    ],
    [
      'a name for a net',
      gnp(rule({ source: { nets: ['lan'] } })),
      ['calico-refuses spec.ingress[0].source.nets[0]: "lan" is no CIDR and no address'],
    ],
    [
      'IPv4 and IPv6 in one rule',
      gnp(rule({ source: { nets: ['10.0.0.0/8', 'fd00::/8'] } })),
      ['calico-refuses spec.ingress[0].source.nets[1]: the rule has CIDRs of IPv4 and of IPv6'],
    ],
    [
      'a protocol that is none',
      gnp(rule({ protocol: 'TPC' })),
      ['calico-refuses spec.ingress[0].protocol: "TPC" is none of TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite'],
    ],
    [
      'a selector that is broken',
      gnp({ ...rule({}), selector: "app == 'web" }),
      ['calico-refuses spec.selector: "app == \'web" is no selector: the text \'web has no end'],
    ],
    [
      'a range that runs backwards',
      gnp(rule({ protocol: 'TCP', destination: { ports: ['99:22'] } })),
      [
        'calico-refuses spec.ingress[0].destination.ports[0]: "99:22" is no port: a number, a range as 80:90, or a name',
      ],
    ],
    [
      'a port beyond all',
      gnp(rule({ protocol: 'TCP', destination: { ports: [22, 70000] } })),
      ['calico-refuses spec.ingress[0].destination.ports[1]: 70000 is no port: a number, a range as 80:90, or a name'],
    ],
    [
      'ports without a protocol',
      gnp(rule({ destination: { ports: [22] } })),
      ['calico-refuses spec.ingress[0].destination.ports: numbers need protocol TCP, UDP or SCTP'],
    ],
    [
      'an order that is a text',
      gnp({ ...rule({}), order: 'ten' }),
      ['calico-refuses spec.order: order must be a number'],
    ],
    [
      'a block that is too large',
      { apiVersion: CALICO, kind: 'IPPool', spec: { cidr: '10.0.0.0/8', blockSize: 12 } },
      ['calico-refuses spec.blockSize: blockSize of an IPv4 pool must be from 20 to 32, and is 12'],
    ],
    [
      'a name that is none',
      { ...gnp(rule({})), name: 'Allow_All' },
      ["calico-refuses metadata.name: \"Allow_All\" is not a name of lower-case letters, digits, '-' and '.'"],
    ],
    [
      'a field that nobody knows',
      gnp({ ...rule({ source: { net: ['10.0.0.0/8'] } }), ordr: 5 }),
      [
        'unknown-field spec.ordr: there is no field ordr in spec, and the API drops it without a word',
        'unknown-field spec.ingress[0].source.net: there is no field net in spec.ingress[0].source, and the API drops it without a word',
      ],
    ],
    [
      'a field beside the spec',
      { ...gnp(rule({})), others: ['order'] },
      ['unknown-field order: there is no field order, and the API drops it without a word'],
    ],
    [
      'a tier that is not there',
      gnp({ ...rule({}), tier: 'platfrom' }),
      ['tier-missing spec.tier: lies in the tier platfrom, and this stack declares none of that name'],
    ],
    [
      'a set with a net that is none',
      { apiVersion: CALICO, kind: 'GlobalNetworkSet', spec: { nets: ['10.0.0.0/8', 'x'] } },
      ['calico-refuses spec.nets[1]: "x" is no CIDR and no address'],
    ],
    [
      'a staged policy as the policy itself',
      { apiVersion: CALICO, kind: 'StagedNetworkPolicy', spec: rule({ protocol: 'tpc' }) as Given['spec'] },
      ['calico-refuses spec.ingress[0].protocol: "tpc" is none of TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite'],
    ],
    [
      'a tier that ends in another way than there is',
      { apiVersion: CALICO, kind: 'Tier', spec: { defaultAction: 'Drop' } },
      ['calico-refuses spec.defaultAction: "Drop" is none of Pass, Deny'],
    ],
    [
      'a Felix that is told something it does not know',
      {
        apiVersion: CALICO,
        kind: 'FelixConfiguration',
        name: 'node.one',
        spec: { bpfEnable: true, mtuIfacePattern: '(?!x)' },
      },
      [
        'calico-refuses spec.mtuIfacePattern: "(?!x)" is no regular expression of Go: invalid or unsupported Perl syntax: `(?!`',
        'unknown-field spec.bpfEnable: there is no field bpfEnable in spec, and the API drops it without a word',
      ],
    ],
  ];
  for (const [what, given, said] of cases)
    it(`${what}: is said before it is made`, () => assert.deepEqual(judged([given]), said));

  it('is nothing of what is right, made-up names and all', () => {
    const tier: Given = { apiVersion: CALICO, kind: 'Tier', name: 'platform', spec: { order: 10 } };
    const right = gnp({
      ...rule({ protocol: 'TCP', source: { nets: ['10.0.0.0/8'] }, destination: { ports: [22, '80:90', 'http'] } }),
      order: 5.5,
    });
    assert.deepEqual(
      judged([tier, { ...right, spec: { ...right.spec, tier: 'platform' } }, { ...right, name: '' }]),
      [],
    );
  });

  it('is the name of a policy in a tier, by the version of Calico', () => {
    const inTier = (name: string): Given[] => [
      { apiVersion: CALICO, kind: 'Tier', name: 'platform', spec: {} },
      { ...gnp({ ...rule({}), tier: 'platform' }), name },
    ];
    const said = 'calico-refuses metadata.name: a policy of the tier platform must be named platform.dns, and is dns';
    assert.deepEqual(judged(inTier('dns'), 'v3.31.5'), [said]);
    assert.deepEqual(judged(inTier('platform.dns'), 'v3.31.5'), []);
    for (const version of ['v3.29.5', 'v3.32.0', undefined]) assert.deepEqual(judged(inTier('dns'), version), []);
  });

  it('is not the tiers that Calico makes, which differ by version', () => {
    const inTier = (tier: string) => [{ ...gnp({ ...rule({}), tier }), name: `${tier}.x` }];
    assert.deepEqual(judged(inTier('adminnetworkpolicy'), 'v3.31.5'), []);
    assert.deepEqual(judged(inTier('kube-admin'), 'v3.32.0'), []);
    assert.equal(judged(inTier('kube-admin'), 'v3.31.5').length, 1);
  });

  it('is a kind that came with a later Calico', () => {
    const staged: Given = { apiVersion: CALICO, kind: 'StagedGlobalNetworkPolicy', spec: rule({}) };
    const tier: Given = { apiVersion: CALICO, kind: 'Tier', spec: {} };
    assert.deepEqual(judged([staged, tier], 'v3.29.5'), [
      'calico-refuses kind: Calico v3.29.5 has no StagedGlobalNetworkPolicy, it came with v3.30',
    ]);
    assert.equal(judged([staged, tier, { ...gnp({ ...rule({}), tier: 'own' }), name: 'own.x' }], 'v3.28.5').length, 3);
    assert.deepEqual(judged([staged, tier], 'v3.31.5'), []);
  });

  it('is told with what to write instead', () => {
    const hint = (given: Given) =>
      shapeRules.flatMap((each) => each.judge(declared([given])).map((found) => found.hint));
    assert.deepEqual(hint(gnp(rule({ protocol: 'TPC' }))), ['Write TCP.']);
    assert.deepEqual(hint(gnp(rule({ destination: { ports: [22] } }))), [
      'Write protocol: TCP, UDP or SCTP beside the ports.',
    ]);
    assert.deepEqual(hint(gnp({ ...rule({}), selctor: 'all()' })), ['Write selector, or leave it out.']);
    assert.deepEqual(hint(gnp({ ...rule({}), order: 'ten' })), ['Write a number, without quotes: order: 100.']);
  });
});

describe('what is there before the stack', () => {
  const felix: Given = { apiVersion: CALICO, kind: 'FelixConfiguration', name: 'default', spec: { xdpEnabled: true } };
  const pool: Given = { apiVersion: CALICO, kind: 'IPPool', name: 'default-pool', spec: { disabled: true } };

  it('is patched, and not declared', () => {
    const tier: Given = {
      apiVersion: CALICO,
      kind: 'Tier',
      name: 'default',
      spec: { order: 1_000_000, defaultAction: 'Deny' },
    };
    const system: Given = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system', spec: {} };
    assert.deepEqual(judged([felix, { ...pool, spec: { cidr: '10.0.0.0/16' } }, tier, system]), [
      'not-ours metadata.name: is Calico’s own, and the stack declares it as one of its own',
      'not-ours metadata.name: is kubespray’s own, and the stack declares it as one of its own',
      'not-ours metadata.name: is Calico’s own, and the stack declares it as one of its own',
      'not-ours metadata.name: is Kubernetes’ own, and the stack declares it as one of its own',
    ]);
    assert.deepEqual(
      judged([
        { ...felix, name: 'node.one' },
        { ...pool, name: 'more', spec: { cidr: '10.0.0.0/16' } },
      ]),
      [],
    );
  });

  it('need not be whole in a patch, and is judged all the same', () => {
    assert.deepEqual(
      judged([
        { ...felix, patch: true },
        { ...pool, patch: true },
      ]),
      [],
    );
    const wrong = { ...felix, patch: true, spec: { xdpEnabled: 'yes', xdp: true } };
    assert.deepEqual(judged([wrong]), [
      'calico-refuses spec.xdpEnabled: xdpEnabled must be true or false',
      'unknown-field spec.xdp: there is no field xdp in spec, and the API drops it without a word',
    ]);
  });
});
