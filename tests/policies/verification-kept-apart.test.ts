import assert from 'node:assert/strict';
import { subjectOf } from '../../kubespray/index.ts';
import { judgeObjects } from '../../policies/objects/judge.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';

const dev = stackCluster('dev');

/** A stack without other policies, with this one. */
function foundFor(spec: object, verify: object = {}) {
  const policies = { namespaces: ['production'], extra: [{ ...global, spec }] };
  const cluster = clusterOf(edited({ ...dev, policies, expect: undefined, workloads: undefined }, { verify }));
  return judgeObjects(cluster, subjectOf(cluster)).filter(({ code }) => code === 'verification-kept-apart');
}
const global = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'default-deny' },
};
const everywhere = { namespaceSelector: "kubernetes.io/metadata.name != 'kube-system'", types: ['Ingress', 'Egress'] };

describe('policies that keep a verification from what it proves', () => {
  for (const stack of stacks) {
    it(`are not among those of stack ${stack}`, () => {
      const cluster = clusterOf(stackCluster(stack));
      const found = judgeObjects(cluster, subjectOf(cluster));
      assert.deepEqual(
        found.filter(({ code }) => code === 'verification-kept-apart'),
        [],
      );
    });
  }

  it('are told with the checks that will fail, who denies, and the way out', () => {
    const found = foundFor(everywhere);
    const [pods, udp, tcp, outside, ...others] = found.map(({ message }) => message);
    assert.deepEqual(others, []);
    assert.match(
      pods ?? '',
      /will fail in pods-same-node, pods-across-nodes, service: calispray-verify\/.* is denied: /,
    );
    assert.match(pods ?? '', /GlobalNetworkPolicy default-deny/);
    assert.match(udp ?? '', /in dns-udp: .*udp\/53/);
    assert.match(tcp ?? '', /in dns-tcp: .*tcp\/53/);
    assert.match(outside ?? '', /in outside: /);
    assert.deepEqual(
      found.map(({ path, class: of }) => [path, of]),
      found.map(() => ['verify', 'harmful']),
    );
    assert.match(found[0]?.hint ?? '', /namespaceSelector: app\.kubernetes\.io\/managed-by != 'calispray-verify'/);
  });

  it('are none once the hint is followed', () => {
    const apart = "kubernetes.io/metadata.name != 'kube-system' && app.kubernetes.io/managed-by != 'calispray-verify'";
    assert.deepEqual(foundFor({ ...everywhere, namespaceSelector: apart }), []);
  });

  it('concern the directions that they deny alone', () => {
    const [found, ...others] = foundFor({ ...everywhere, types: ['Ingress'] });
    assert.deepEqual(others, []);
    assert.match(found?.message ?? '', /pods-across-nodes/);
  });

  it('are nobody’s trouble where no verification fails an up', () => {
    assert.deepEqual(foundFor(everywhere, { after: 'never' }), []);
    const optional = ['pods-same-node', 'pods-across-nodes', 'service', 'dns-udp', 'dns-tcp', 'outside'];
    assert.deepEqual(foundFor(everywhere, { optional }), []);
    assert.equal(foundFor(everywhere, { optional: optional.slice(1) }).length, 1);
  });
});
