import assert from 'node:assert/strict';
import { ask, calico, kubernetes, namespace, pod, resource, verdict } from './worlds.ts';

const people = [namespace('n', { team: 'red' }), pod('n/to'), pod('strange/from', { app: 'a' })];
const into = 'strange/from -> n/to tcp/80';
const out = 'n/to -> strange/from tcp/80';
const fromRed = calico('n/p', {
  selector: 'all()',
  ingress: [{ action: 'Allow', source: { namespaceSelector: "team == 'red'" } }],
});

function onWhat(resources: Parameters<typeof ask>[0], question: string): string {
  const answer = ask(resources, question);
  assert.ok(answer.ok);
  assert.equal(answer.verdict.verdict, 'depends');
  return [...(answer.verdict.egress.on ?? []), ...(answer.verdict.ingress.on ?? [])].join('; ');
}

describe('labels of a namespace that the world does not have', () => {
  it('make what a rule says of them depend', () => {
    assert.match(onWhat([...people, fromRed], into), /the labels of namespace strange.*rule 0 of NetworkPolicy n\/p/);
    assert.equal(verdict([...people, namespace('strange', { team: 'red' }), fromRed], into), 'allow');
    assert.equal(verdict([...people, namespace('strange'), fromRed], into), 'deny');
  });

  it('do not, where the name decides, the pod’s own labels, or every answer is the same', () => {
    const rule = (source: object) => calico('n/p', { selector: 'all()', ingress: [{ action: 'Allow', source }] });
    assert.equal(
      verdict([...people, rule({ namespaceSelector: "kubernetes.io/metadata.name == 'strange'" })], into),
      'allow',
    );
    assert.equal(verdict([...people, rule({ namespaceSelector: 'all()' })], into), 'allow');
    assert.equal(
      verdict([...people, rule({ namespaceSelector: "team == 'red'", selector: "app == 'b'" })], into),
      'deny',
    );
    const either = "team == 'red' || projectcalico.org/name == 'strange'";
    assert.equal(verdict([...people, rule({ namespaceSelector: either })], into), 'allow');
    const all = kubernetes('n/k', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] });
    assert.equal(verdict([...people, all], into), 'allow');
    const first = calico('n/a', { order: 1, selector: 'all()', ingress: [{ action: 'Deny' }] });
    assert.equal(verdict([...people, fromRed, first], into), 'deny');
  });

  it('make it depend whether a policy is for its pods at all', () => {
    const closing = (action: string, more: object = {}) =>
      calico('g', { namespaceSelector: "team == 'red'", ingress: [{ action, protocol: 'UDP' }], ...more });
    assert.match(onWhat([...people, closing('Allow')], out), /the labels of namespace strange.*GlobalNetworkPolicy g/);
    assert.equal(verdict([...people, closing('Allow')], 'n/to -> strange/from udp/80'), 'allow');
    const sure = calico('strange/s', { selector: 'all()', ingress: [{ action: 'Allow', protocol: 'TCP' }] });
    assert.equal(
      verdict([...people, closing('Allow'), sure], out),
      'allow',
      'the end of the tier is reached by nothing',
    );
    assert.equal(verdict([...people, closing('Allow'), sure], 'n/to -> strange/from sctp/80'), 'deny');
    const tier = resource('Tier', 't', { order: 1, defaultAction: 'Pass' });
    assert.equal(verdict([...people, tier, closing('Allow', { tier: 't' })], out), 'allow');
    assert.equal(verdict([...people, tier, closing('Deny', { tier: 't' })], 'n/to -> strange/from udp/80'), 'depends');
  });

  it('make a network set there depend too, and named ports of its pods', () => {
    const set = resource('NetworkSet', 's', { nets: ['203.0.113.0/24'] }, { namespace: 'strange' });
    assert.equal(verdict([...people, set, fromRed], '203.0.113.7 -> n/to tcp/80'), 'depends');
    assert.equal(verdict([...people, set, fromRed], '198.51.100.7 -> n/to tcp/80'), 'deny');
    const destination = { namespaceSelector: "team == 'red'", ports: ['http'] };
    const named = calico('n/p', { selector: 'all()', egress: [{ action: 'Allow', protocol: 'TCP', destination }] });
    assert.equal(verdict([...people, named], 'n/to -> strange/from tcp/8080'), 'depends');
    assert.equal(verdict([...people, named], 'n/to -> strange/from tcp/80'), 'deny');
  });
});

describe('labels of a service account that the world does not have', () => {
  it('make what a rule says of them depend; its name is known', () => {
    const from = pod('n/from', {}, { spec: { serviceAccountName: 'web' } });
    const rule = (serviceAccounts: object) =>
      calico('n/p', { selector: 'all()', ingress: [{ action: 'Allow', source: { serviceAccounts } }] });
    const all = [...people, from];
    assert.match(onWhat([...all, rule({ selector: "role == 'x'" })], 'n/from -> n/to tcp/80'), /service account in n/);
    assert.equal(verdict([...all, rule({ names: ['web'] })], 'n/from -> n/to tcp/80'), 'allow');
    assert.equal(
      verdict([...all, rule({ selector: "projectcalico.org/name == 'web'" })], 'n/from -> n/to tcp/80'),
      'allow',
    );
    assert.equal(verdict([...all, rule({ names: ['db'] })], 'n/from -> n/to tcp/80'), 'deny');
  });
});
