import assert from 'node:assert/strict';
import { CALICO, type Given, judged, np } from '../support/shape.ts';

describe('what Kubernetes refuses of its own policies', () => {
  const cases: [spec: object, said: string][] = [
    [
      { podSelector: {}, ingress: [{ ports: [{ port: 70000 }] }] },
      'spec.ingress[0].ports[0].port: port must be from 1 to 65535, and is 70000',
    ],
    [
      { podSelector: {}, ingress: [{ ports: [{ port: 90, endPort: 80 }] }] },
      'spec.ingress[0].ports[0].endPort: endPort is 80, and the range begins at 90',
    ],
    [
      { podSelector: {}, egress: [{ ports: [{ port: 'http', endPort: 80 }] }] },
      'spec.egress[0].ports[0].endPort: endPort cannot stand beside a named port',
    ],
    [
      { podSelector: {}, egress: [{ ports: [{ protocol: 'ICMP' }] }] },
      'spec.egress[0].ports[0].protocol: "ICMP" is none of TCP, UDP, SCTP',
    ],
    [
      { podSelector: {}, ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] },
      'spec.ingress[0].from[0]: ipBlock cannot stand beside podSelector or namespaceSelector',
    ],
    [
      { podSelector: {}, ingress: [{ from: [{}] }] },
      'spec.ingress[0].from[0]: from[0] must say podSelector, namespaceSelector or ipBlock',
    ],
    [
      { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] },
      'spec.egress[0].to[0].ipBlock.except[0]: 11.0.0.0/16 is no part of 10.0.0.0/8',
    ],
    [
      { podSelector: { matchLabels: { 'a b': 'c' } } },
      'spec.podSelector.matchLabels: "a b" is no name of at most 63 characters',
    ],
    [
      { podSelector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
      'spec.podSelector.matchExpressions[0].values: values must be set with In',
    ],
    [{ podSelector: {}, policyTypes: ['ingress'] }, 'spec.policyTypes[0]: "ingress" is none of Ingress, Egress'],
    [{ podSelector: 'all()' }, 'spec.podSelector: podSelector must be a map'],
  ];
  for (const [spec, said] of cases) {
    it(`${JSON.stringify(spec)}`, () => {
      const [found = '', ...others] = judged([np(spec)]);
      assert.deepEqual(others, []);
      assert.equal(found.replace(/^kubernetes-refuses /, ''), said);
      // The same, before it is enforced.
      const staged = { apiVersion: CALICO, kind: 'StagedKubernetesNetworkPolicy', spec: spec as Given['spec'] };
      const path = said.slice(0, said.indexOf(': '));
      assert.equal(judged([staged]).filter((each) => each.includes(` ${path}: `)).length, 1);
    });
  }

  it('is nothing of what is right', () => {
    const spec = {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{}],
      egress: [
        {
          to: [{ ipBlock: { cidr: '10.0.0.1/8', except: ['10.2.0.0/16'] } }],
          ports: [{ port: 80, endPort: 90 }, { port: 'http' }],
        },
      ],
    };
    assert.deepEqual(judged([np(spec)]), []);
  });

  it('is the same of the policies over the whole cluster', () => {
    const spec = { priority: 5, subject: { namespaces: {} }, ingress: [{ action: 'Accept', from: [], form: [] }] };
    const found = judged([{ apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'AdminNetworkPolicy', spec }]);
    assert.deepEqual(found, [
      'kubernetes-refuses spec.ingress[0].action: action must be one of Allow, Deny, Pass',
      'unknown-field spec.ingress[0].form: there is no field form in spec.ingress[0], and the API drops it without a word',
    ]);
  });

  it('is a field that nobody knows, which it drops', () => {
    assert.deepEqual(judged([np({ podSelector: {}, ingress: [{ form: [] }] })]), [
      'unknown-field spec.ingress[0].form: there is no field form in spec.ingress[0], and the API drops it without a word',
    ]);
  });
});
