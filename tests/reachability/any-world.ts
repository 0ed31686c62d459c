/** Random worlds with something of everything: pods of both families, named ports, services, network sets, tiers, policies of every kind. */
import fc from 'fast-check';
import type { Question, Resource } from '../../reachability/index.ts';
import { calico, kubernetes, resource } from './worlds.ts';

const apps = ['a', 'b', 'c'];
const spaces = ['n', 'm'];
const ids = spaces.flatMap((ns) => apps.map((app) => `${ns}/${app}`));

/** What a pod, namespace or node may be; a change is another draw of some of them. */
export interface Drawn {
  readonly pods: readonly Resource[];
  readonly others: readonly Resource[];
  readonly policies: readonly Resource[];
}

export const resourcesOf = ({ pods, others, policies }: Drawn): Resource[] => [...others, ...pods, ...policies];

const label = fc.constantFrom('red', 'blue');
const app = fc.constantFrom(...apps);

const podOf = (id: string, at: number): fc.Arbitrary<Resource> =>
  fc
    .record({
      app,
      team: fc.option(label, { nil: undefined }),
      families: fc.constantFrom('4', '4', '46', '6', ''),
      web: fc.constantFrom(80, 8080),
      node: fc.constantFrom('one', 'two'),
      account: fc.constantFrom('default', 'web'),
    })
    .map((drawn) => {
      const [namespace = '', name = ''] = id.split('/');
      const ips = [`10.244.0.${at + 1}`, `fd00::${at + 1}`].filter((_, i) =>
        drawn.families.includes(i === 0 ? '4' : '6'),
      );
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, labels: { app: drawn.app, ...(drawn.team && { team: drawn.team }) } },
        spec: {
          nodeName: drawn.node,
          serviceAccountName: drawn.account,
          containers: [{ name: 'c', ports: [{ containerPort: drawn.web, name: 'web' }] }],
        },
        status: { podIPs: ips.map((ip) => ({ ip })) },
      };
    });

const pods = fc.tuple(...ids.map(podOf)).chain((all) => fc.subarray(all, { minLength: 2 }));

const namespaces = fc.tuple(label, label, fc.constantFrom(2, 2, 2, 1)).map(([first, second, there]) =>
  // Of pods in a namespace that is not there some labels are not known.
  spaces.slice(0, there).map(
    (name, i): Resource => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { team: i === 0 ? first : second } },
    }),
  ),
);

const nets = fc.subarray(['10.244.0.0/30', '10.244.0.4/32', 'fd00::/125', '8.8.8.0/24'], { minLength: 1 });
const sets = fc
  .array(fc.tuple(app, nets, fc.option(fc.constantFrom(...spaces), { nil: undefined })), { maxLength: 2 })
  .map((all) =>
    all.map(([of, own, namespace], i) =>
      resource(
        namespace === undefined ? 'GlobalNetworkSet' : 'NetworkSet',
        `s${i}`,
        { nets: own },
        {
          labels: { app: of },
          ...(namespace !== undefined && { namespace }),
        },
      ),
    ),
  );

const service = fc.record({ app, port: fc.constantFrom(80, 8080) }).map(
  (drawn): Resource => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'n' },
    spec: {
      selector: { app: drawn.app },
      ports: [
        { name: 'x', port: drawn.port },
        { name: 'w', port: 81, targetPort: 'web' },
      ],
    },
  }),
);

const hosts = (hep: object): Resource[] => [
  ...['one', 'two'].map(
    (name, i): Resource => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      status: { addresses: [{ type: 'InternalIP', address: `192.168.4.6${i + 1}` }] },
    }),
  ),
  ...['one', 'two'].map((node, i) =>
    resource(
      'HostEndpoint',
      node,
      { node, interfaceName: '*', expectedIPs: [`192.168.4.6${i + 1}`], ...hep },
      {
        labels: { app: 'a', host: 'yes' },
      },
    ),
  ),
];

const tier = fc
  .record({
    order: fc.option(fc.constantFrom(10, 2_000_000), { nil: undefined }),
    defaultAction: fc.constantFrom('Deny', 'Pass'),
  })
  .map((spec) => resource('Tier', 't', spec));

const kubernetesPeer = fc.oneof(
  app.map((one) => ({ podSelector: { matchLabels: { app: one } } })),
  label.map((team) => ({ namespaceSelector: { matchLabels: { team } } })),
  fc.constant({
    namespaceSelector: {},
    podSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] },
  }),
  nets.map(([cidr]) => ({ ipBlock: { cidr } })),
);
const kubernetesPort = fc.constantFrom<object>(
  { port: 80 },
  { port: 'web' },
  { protocol: 'UDP', port: 53 },
  { port: 1, endPort: 100 },
);
const kubernetesRule = (peers: string) =>
  fc.record({ [peers]: fc.array(kubernetesPeer, { maxLength: 2 }), ports: fc.array(kubernetesPort, { maxLength: 2 }) });
const kubernetesPolicy = fc
  .record({
    at: fc.constantFrom(...spaces),
    name: fc.constantFrom('k1', 'k2'),
    spec: fc.record({
      podSelector: fc.oneof(
        fc.constant({}),
        app.map((one) => ({ matchLabels: { app: one } })),
      ),
      policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
      ingress: fc.array(kubernetesRule('from'), { maxLength: 2 }),
      egress: fc.array(kubernetesRule('to'), { maxLength: 2 }),
    }),
  })
  .map(({ at, name, spec }) => kubernetes(`${at}/${name}`, spec));

const entity = fc.record(
  {
    selector: app.map((one) => `app == '${one}'`),
    notSelector: app.map((one) => `app == '${one}'`),
    namespaceSelector: fc.constantFrom("team == 'red'", 'all()', 'global()'),
    nets,
    notNets: nets,
  },
  { requiredKeys: [] },
);
const calicoRule = fc
  .record(
    {
      action: fc.constantFrom('Allow', 'Deny', 'Pass', 'Log'),
      source: entity,
      destination: entity,
      ports: fc.subarray<unknown>([80, '1:100', 'web', 53], { minLength: 1 }),
      service: fc.boolean(),
    },
    { requiredKeys: ['action'] },
  )
  .map(({ ports, service: of, destination, ...rule }) => {
    if (of) return { ...rule, destination: { services: { name: 's', namespace: 'n' } } };
    return { ...rule, destination, ...(ports && { protocol: 'TCP', destination: { ...destination, ports } }) };
  });
const calicoPolicy = fc
  .record({
    at: fc.option(fc.constantFrom(...spaces), { nil: undefined }),
    name: fc.constantFrom('c1', 'c2', 'c3'),
    tier: fc.constantFrom(undefined, undefined, 't', 'lost'),
    order: fc.constantFrom(undefined, 1, 1000),
    selector: fc.constantFrom('all()', "app == 'a'", "team == 'red'", 'has(host)'),
    types: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
    ingress: fc.array(calicoRule, { maxLength: 2 }),
    egress: fc.array(calicoRule, { maxLength: 2 }),
    forward: fc.boolean(),
  })
  .map(({ at, name, forward, ...spec }) =>
    calico(at === undefined ? name : `${at}/${name}`, {
      ...spec,
      ...(at === undefined && { applyOnForward: forward }),
    }),
  );
const clusterPolicy = fc
  .record({
    name: fc.constantFrom('x1'),
    action: fc.constantFrom('Accept', 'Deny', 'Pass'),
    team: label,
    tier: fc.constantFrom('Admin', 'Baseline'),
  })
  .map(
    ({ name, action, team, tier: of }): Resource => ({
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name },
      spec: {
        tier: of,
        priority: 5,
        subject: { namespaces: { matchLabels: { team } } },
        ingress: [{ action, from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 80 } } }] }],
      },
    }),
  );

const policies = fc.uniqueArray(fc.oneof(kubernetesPolicy, calicoPolicy, calicoPolicy, clusterPolicy), {
  maxLength: 5,
  // Of two with one name the last would count.
  selector: ({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.namespace} ${metadata.name}`,
});

const others = (withHosts: boolean) =>
  fc
    .tuple(namespaces, sets, fc.option(service, { nil: undefined }), fc.option(tier, { nil: undefined }))
    .map(([spaces, own, one, first]) => [
      ...spaces,
      ...own,
      ...[one, first].filter((r) => r !== undefined),
      ...(withHosts ? hosts({}) : []),
    ]);

/** @param withHosts also nodes, each with a host endpoint for every interface */
export const anyWorld = (withHosts = false): fc.Arbitrary<Drawn> =>
  fc.record({ pods, others: others(withHosts), policies });

/** A world, and the same with another draw of its policies, of one of them, of its pods, or of what else is there. */
export const anyChange = (withHosts = false): fc.Arbitrary<readonly [Drawn, Drawn]> =>
  fc
    .tuple(anyWorld(withHosts), anyWorld(withHosts), fc.constantFrom('policies', 'one', 'pods', 'others'))
    .map(([was, other, what]) => {
      if (what === 'one')
        return [was, { ...was, policies: [...was.policies.slice(1), ...other.policies.slice(0, 1)] }] as const;
      return [was, { ...was, [what]: other[what] }] as const;
    });

export const anyQuestion: fc.Arbitrary<Question> = fc.constantFrom<Question>(
  { proto: 'tcp', port: 80, srcPort: 40000 },
  { proto: 'tcp', port: 8080, srcPort: 40000 },
  { proto: 'udp', port: 53, srcPort: 9 },
  { proto: 'tcp' },
  { proto: 'icmp', icmpType: 8, icmpCode: 0 },
);
