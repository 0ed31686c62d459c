import assert from 'node:assert/strict';
import * as models from '@kubernetes/client-node';
import fc from 'fast-check';
import { knowsFields, unknownFields, wrongFields } from '../../reachability/validate/fields/index.ts';
import { kubernetes } from '../../reachability/validate/fields/kubernetes.ts';
import type { Field } from '../../reachability/validate/fields/types.ts';

const calico = 'projectcalico.org/v3';
const monitoring = 'monitoring.coreos.com/v1';

describe('fields that an API does not know', () => {
  it('are named with their path, however deep they are', () => {
    const rule = { action: 'Allow', protocols: 'TCP', source: { net: ['10.0.0.0/8'], selector: 'all()' } };
    const found = unknownFields(calico, 'GlobalNetworkPolicy', {
      ordr: 5,
      order: 5,
      ingress: [{ action: 'Log' }, rule],
    });
    assert.deepEqual(
      found.map(({ path }) => path),
      ['spec.ordr', 'spec.ingress[1].protocols', 'spec.ingress[1].source.net'],
    );
    assert.ok(found[2]?.known.includes('nets'));
  });

  it('are none in a map of any keys, nor in a kind that nobody knows here', () => {
    assert.deepEqual(
      unknownFields(calico, 'FelixConfiguration', { bpfLogFilters: { eth0: 'tcp', anything: 'udp' } }),
      [],
    );
    assert.deepEqual(unknownFields('v1', 'Service', { prots: [] }), []);
    assert.equal(knowsFields('v1', 'Service'), false);
    assert.equal(knowsFields(calico, 'constructor'), false);
    assert.equal(knowsFields('toString', 'Tier'), false);
  });

  it('are known apart by kind', () => {
    assert.deepEqual(unknownFields(calico, 'GlobalNetworkPolicy', { preDNAT: true }), []);
    assert.equal(unknownFields(calico, 'NetworkPolicy', { preDNAT: true }).length, 1);
  });
});

describe('values that a definition refuses', () => {
  const cases: [apiVersion: string, kind: string, spec: unknown, said: string[]][] = [
    [calico, 'GlobalNetworkPolicy', { order: 'ten' }, ['spec.order must be a number']],
    [calico, 'GlobalNetworkPolicy', { order: 10.5, selector: null }, []],
    [calico, 'NetworkPolicy', { ingress: { action: 'Allow' } }, ['spec.ingress must be a list']],
    [calico, 'NetworkPolicy', { ingress: [{}] }, ['spec.ingress[0].action must be set']],
    [calico, 'Tier', { defaultAction: 'Drop' }, ['spec.defaultAction must be one of Pass, Deny']],
    [
      calico,
      'FelixConfiguration',
      { defaultEndpointToHostAction: 'accept', xdpEnabled: 'yes' },
      ['spec.xdpEnabled must be true or false'],
    ],
    [
      monitoring,
      'ServiceMonitor',
      { endpoints: [{ port: 9091, interval: '30 s' }] },
      [
        'spec.selector must be set',
        'spec.endpoints[0].interval must be as ^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$',
        'spec.endpoints[0].port must be a text',
      ],
    ],
    [
      monitoring,
      'PodMonitor',
      { selector: {}, podMetricsEndpoints: [{ portNumber: 70000 }] },
      ['spec.podMetricsEndpoints[0].portNumber must be from 1 to 65535'],
    ],
    [
      monitoring,
      'PrometheusRule',
      { groups: [{ name: '', partial_response_strategy: 'WARN' }] },
      ['spec.groups[0].name may not be empty'],
    ],
    [
      'policy.networking.k8s.io/v1alpha1',
      'AdminNetworkPolicy',
      { priority: 2000, ingress: [{ action: 'Drop', from: [] }] },
      [
        'spec.subject must be set',
        'spec.priority must be from 0 to 1000',
        'spec.ingress[0].action must be one of Allow, Deny, Pass',
      ],
    ],
    [
      'networking.k8s.io/v1',
      'NetworkPolicy',
      { podSelector: 'all', ingress: [{ from: [{ ipBlock: {} }] }] },
      ['spec.podSelector must be a map', 'spec.ingress[0].from[0].ipBlock.cidr must be set'],
    ],
  ];
  for (const [apiVersion, kind, spec, said] of cases) {
    it(`${kind} ${JSON.stringify(spec)}`, () => {
      const found = wrongFields(apiVersion, kind, spec).map(({ path, must }) => `${path} ${must}`);
      assert.deepEqual(found.sort(), [...said].sort());
    });
  }

  it('are looked for in anything, without breaking down', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GlobalNetworkPolicy', 'FelixConfiguration', 'IPPool', 'BGPFilter'),
        fc.object({ key: fc.constantFrom('ingress', 'source', 'nets', 'cidr', 'order', 'exportV4'), maxDepth: 4 }),
        (kind, spec) => {
          wrongFields(calico, kind, spec);
          unknownFields(calico, kind, spec);
        },
      ),
    );
  });
});

describe('fields of Kubernetes’ own policy', () => {
  it('are those that its client knows', () => {
    const names: Record<string, string> = {
      '': 'V1NetworkPolicySpec',
      selector: 'V1LabelSelector',
      condition: 'V1LabelSelectorRequirement',
      peer: 'V1NetworkPolicyPeer',
      ipBlock: 'V1IPBlock',
      port: 'V1NetworkPolicyPort',
      ingress: 'V1NetworkPolicyIngressRule',
      egress: 'V1NetworkPolicyEgressRule',
    };
    assert.deepEqual(
      Object.keys(kubernetes.shared).sort(),
      Object.keys(names)
        .filter((name) => name !== '')
        .sort(),
    );
    for (const [name, model] of Object.entries(names)) {
      const { fields } = (name === '' ? kubernetes.kinds.NetworkPolicy : kubernetes.shared[name]) as {
        fields: Record<string, Field>;
      };
      const known = (
        models as unknown as Record<string, { getAttributeTypeMap(): { baseName: string; type: string }[] }>
      )[model];
      const theirs = known?.getAttributeTypeMap().map(({ baseName, type }) => `${baseName} ${typeOf(type, names)}`);
      assert.deepEqual(
        Object.entries(fields)
          .map(([field, is]) => `${field} ${JSON.stringify(is)}`)
          .sort(),
        theirs?.sort(),
        model,
      );
    }
  });
});

/** A type of the client as the field it is here. */
function typeOf(type: string, names: Readonly<Record<string, string>>): string {
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) return `{"list":${typeOf(list, names)}}`;
  if (type.startsWith('{')) return '{"map":"string"}';
  if (type === 'IntOrString') return '"int-or-string"';
  if (type === 'number') return '"integer"';
  const shared = Object.entries(names).find(([, model]) => model === type)?.[0];
  return JSON.stringify(shared === undefined ? type : `#${shared}`);
}
