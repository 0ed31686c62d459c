import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Declared, KubernetesObject } from '../../policies/objects/index.ts';
import { policyRules } from '../../policies/objects/policy/index.ts';
import type { Resource } from '../../reachability/index.ts';

const kinds = [
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['projectcalico.org/v3', 'NetworkPolicy'],
  ['projectcalico.org/v3', 'GlobalNetworkPolicy'],
  ['projectcalico.org/v3', 'StagedGlobalNetworkPolicy'],
  ['projectcalico.org/v3', 'StagedKubernetesNetworkPolicy'],
  ['projectcalico.org/v3', 'GlobalNetworkSet'],
  ['projectcalico.org/v3', 'HostEndpoint'],
  ['projectcalico.org/v3', 'Tier'],
  ['projectcalico.org/v3', 'IPPool'],
  ['policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy'],
  ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'],
  ['v1', 'Pod'],
  ['v1', 'Namespace'],
  ['v1', 'Service'],
  ['v1', 'Node'],
  ['apps/v1', 'Deployment'],
] as const;
const likely = fc.constantFrom<unknown>(
  ...[
    'a',
    '',
    'Allow',
    'Deny',
    'Pass',
    'Log',
    'TCP',
    'ICMP',
    'Ingress',
    'Egress',
    'In',
    'Exists',
    '10.0.0.0/8',
    '::/0',
    '1:2',
  ],
  ...[
    "a == 'b'",
    '!has(a) || all()',
    'global()',
    'a in {',
    '10.233.0.3',
    'kube-dns',
    'default',
    -1,
    0,
    53,
    70000,
    1e300,
  ],
  ...[null, true, Number.NaN],
);
const key = fc.constantFrom(
  ...['podSelector', 'matchLabels', 'matchExpressions', 'key', 'operator', 'values', 'ingress', 'egress', 'from', 'to'],
  ...[
    'ports',
    'port',
    'endPort',
    'protocol',
    'notProtocol',
    'policyTypes',
    'types',
    'order',
    'tier',
    'selector',
    'action',
  ],
  ...[
    'namespaceSelector',
    'namespaces',
    'pods',
    'networks',
    'subject',
    'source',
    'destination',
    'nets',
    'notNets',
    'icmp',
  ],
  ...['notSelector', 'serviceAccounts', 'names', 'services', 'name', 'ipBlock', 'cidr', 'except', 'http', 'containers'],
  ...[
    'hostNetwork',
    'clusterIP',
    'clusterIPs',
    'spec',
    'template',
    'metadata',
    'labels',
    'priority',
    'type',
    'code',
    'a',
  ],
  ...['__proto__', 'constructor', 'doNotTrack', 'applyOnForward', 'interfaceName', 'expectedIPs', 'node', 'status'],
);
const junk = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    likely,
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const record = fc.dictionary(key, junk, { maxKeys: 6, noNullPrototype: true });
const name = fc.constantFrom('a', 'b', '', 'kube-system');
const object = fc
  .record({ of: fc.constantFrom(...kinds), name, namespace: name, labels: record, spec: record })
  .map(
    ({ of: [apiVersion, kind], ...rest }): KubernetesObject => ({ urn: 'urn', apiVersion, kind, ...rest, unknown: [] }),
  );
const resource = object.map(
  ({ apiVersion, kind, name, namespace, labels, spec }): Resource => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels },
    spec,
  }),
);

/** Every policy of the worlds, as it is written there. */
const worlds = join(import.meta.dirname, 'policy-worlds');
const written = globSync(join(worlds, '*/*.yaml')).flatMap(
  (file) => (parse(readFileSync(file, 'utf8')) as { objects: Resource[] }).objects,
);
const base = (parse(readFileSync(join(worlds, 'base.yaml'), 'utf8')) as { resources: Resource[] }).resources;

/** One of them with some of its fields gone, doubled or something else. */
const spoilt = fc
  .tuple(fc.constantFrom(...written), fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 4 }))
  .map(([{ apiVersion, kind, metadata, spec }, changes]): KubernetesObject => {
    const copy = { spec: structuredClone(spec ?? {}) } as { spec: unknown };
    for (const [nth, value] of changes) {
      const places = placesIn(copy);
      const [holder, at] = places[nth % places.length] as Place;
      Object.defineProperty(holder, at, {
        value: structuredClone(value),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    const fields = typeof copy.spec === 'object' && copy.spec !== null && !Array.isArray(copy.spec) ? copy.spec : {};
    const { name, namespace = 'default' } = metadata;
    return {
      urn: 'urn',
      apiVersion,
      kind,
      name,
      namespace,
      labels: {},
      spec: fields as Record<string, unknown>,
      unknown: [],
    };
  });

type Place = readonly [holder: object, at: string];

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([at, inner]): Place[] => [[value, at], ...placesIn(inner)]);
}

describe('rules about policies', () => {
  it('never throw of a policy that is spoilt somewhere', () => {
    let said = 0;
    fc.assert(
      fc.property(fc.array(spoilt, { minLength: 1, maxLength: 4 }), (objects) => {
        const world = { urn: 'world', calico: 'v3.31.5', resources: base, expect: [], origins: {} };
        for (const rule of policyRules) {
          const findings = rule.judge({ inventories: [], objects, worlds: [world] });
          said += findings.length;
          for (const { message, hint } of findings) assert.ok(message !== '' && hint !== '', rule.code);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(said > 100, `${said} findings`);
  });

  it('never throw, whatever the objects and the world hold', () => {
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 5 }),
        fc.array(fc.array(resource, { maxLength: 4 }), { maxLength: 2 }),
        fc.constantFrom('v3.31.5', 'v3.32.0', 'x'),
        (objects, worlds, calico) => {
          const declared: Declared = {
            inventories: [],
            objects,
            worlds: worlds.map((resources) => ({ urn: 'world', calico, resources, expect: [], origins: {} })),
          };
          for (const rule of policyRules) {
            for (const { urn, path, message, hint } of rule.judge(declared)) {
              assert.ok(
                [urn, path, message, hint].every((text) => typeof text === 'string' && text !== ''),
                rule.code,
              );
            }
            rule.wanting?.(declared);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
