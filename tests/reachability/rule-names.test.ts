import assert from 'node:assert/strict';
import { type Resource, ruleNamed, World } from '../../reachability/index.ts';
import { calico, kubernetes, pod } from './worlds.ts';

const web = kubernetes('n/web', {
  podSelector: { matchLabels: { app: 'web' } },
  ingress: [
    // Calico makes four of it: each protocol with each peer.
    {
      from: [
        { podSelector: { matchLabels: { app: 'a' } } },
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'm' } } },
      ],
      ports: [{ port: 80 }, { port: 443 }, { protocol: 'UDP', port: 53, endPort: 60 }],
    },
    // None: no name of a port is as long.
    { ports: [{ port: 'x'.repeat(200) }] },
    { from: [{ ipBlock: { cidr: '10.9.0.0/16', except: ['10.9.1.0/24'] } }] },
    {},
  ],
});

describe('a rule by its name', () => {
  const named = (resource: Resource, kind: string, index: number, direction: 'ingress' | 'egress' = 'ingress') => {
    const { name, namespace } = resource.metadata;
    const policy = namespace === undefined ? name : `${namespace}/${name}`;
    const found = ruleNamed([resource], direction, { kind, policy, index });
    return found && [found.object, found.field, found.text];
  };

  it('is the place in the resource and not in what Calico makes of it', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 6, -1].map((index) => named(web, 'KubernetesNetworkPolicy', index)),
      [
        [
          'NetworkPolicy n/web',
          'ingress[0].from[0]',
          'allow from pods with app=a of namespace n on tcp/80, tcp/443, udp/53-60',
        ],
        ['NetworkPolicy n/web', 'ingress[0].from[1]', 'allow from pods of namespace m on tcp/80, tcp/443, udp/53-60'],
        [
          'NetworkPolicy n/web',
          'ingress[0].from[0]',
          'allow from pods with app=a of namespace n on tcp/80, tcp/443, udp/53-60',
        ],
        ['NetworkPolicy n/web', 'ingress[0].from[1]', 'allow from pods of namespace m on tcp/80, tcp/443, udp/53-60'],
        ['NetworkPolicy n/web', 'ingress[2]', 'allow from 10.9.0.0/16 but 10.9.1.0/24 on every port'],
        ['NetworkPolicy n/web', 'ingress[3]', 'allow from anywhere on every port'],
        ['NetworkPolicy n/web', undefined, undefined],
        ['NetworkPolicy n/web', undefined, undefined],
      ],
    );
  });

  it("of Calico's own is as it stands, with both ends", () => {
    const policy = calico('g', {
      types: ['Egress'],
      egress: [
        { action: 'Pass' },
        {
          action: 'Deny',
          protocol: 'UDP',
          source: { selector: "app == 'a'" },
          destination: { nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'], ports: [53, '60:70'] },
        },
      ],
    });
    const words = (index: number) => named(policy, 'GlobalNetworkPolicy', index, 'egress');
    assert.deepEqual(words(0), ['GlobalNetworkPolicy g', 'egress[0]', 'pass to anywhere']);
    assert.deepEqual(words(1), [
      'GlobalNetworkPolicy g',
      'egress[1]',
      "deny udp from whom app == 'a' selects to 10.0.0.0/8 outside of 10.1.0.0/16 port 53, 60:70",
    ]);
  });

  it('of a ClusterNetworkPolicy is the rule and the peer', () => {
    const policy: Resource = {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'c' },
      spec: {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        egress: [
          {
            action: 'Deny',
            to: [{ networks: ['1.0.0.0/8'] }, { pods: { namespaceSelector: {}, podSelector: {} } }],
            protocols: [
              { tcp: { destinationPort: { number: 80 } } },
              { udp: { destinationPort: { range: { start: 1, end: 9 } } } },
            ],
          },
        ],
      },
    };
    assert.deepEqual(named(policy, 'KubernetesClusterNetworkPolicy', 3, 'egress'), [
      'ClusterNetworkPolicy c',
      'egress[0].to[1]',
      'deny to pods of any namespace on tcp/80, udp/1-9',
    ]);
  });

  it('is that of the step which decides', () => {
    const world = [pod('n/a', { app: 'a' }), pod('n/w', { app: 'web' }), web];
    const answer = new World(world).ask({ src: 'n/a', dst: 'n/w', proto: 'udp', port: 53 });
    assert.ok(answer.ok);
    const step = answer.verdict.ingress.trace.at(-1);
    assert.equal(step?.index, 2);
    assert.equal(step && ruleNamed(world, 'ingress', step)?.field, 'ingress[0].from[0]');
  });

  it('is none of a profile, nor of a policy that is not there', () => {
    assert.equal(ruleNamed([web], 'ingress', { kind: 'Profile', policy: 'kns.n', index: 0 }), undefined);
    assert.equal(ruleNamed([web], 'ingress', { kind: 'NetworkPolicy', policy: 'n/web', index: 0 }), undefined);
  });
});
