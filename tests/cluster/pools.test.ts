import assert from 'node:assert/strict';
import { needsCalicoApiServer, poolObjects } from '../../cluster/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const lab = { ...stackCluster('lab'), policies: {} };
const withPools = (encapsulation: unknown, ...furtherPools: object[]) =>
  clusterOf(edited(lab, { network: { pool: { cidr: '10.244.0.0/17' }, encapsulation, furtherPools } }));

describe('further pools as objects', () => {
  it('have the modes of the cluster unless they say none, and never both tunnels', () => {
    const modes = (encapsulation: unknown, own?: unknown) =>
      poolObjects(
        withPools(encapsulation, {
          name: 'more',
          cidr: '10.244.128.0/17',
          ...(own === undefined ? {} : { encapsulation: own }),
        }),
      ).map(({ spec }) => [spec.ipipMode, spec.vxlanMode]);
    assert.deepEqual(modes('none'), [['Never', 'Never']]);
    assert.deepEqual(modes({ ipip: 'always' }), [['Always', 'Never']]);
    assert.deepEqual(modes({ ipip: 'always' }, { ipip: 'cross-subnet' }), [['CrossSubnet', 'Never']]);
    assert.deepEqual(modes({ vxlan: 'always' }), [['Never', 'Always']]);
    assert.deepEqual(modes({ vxlan: 'cross-subnet' }, 'none'), [['Never', 'Never']]);
  });

  it('are in the order of the stack file, with what Calico would fill in', () => {
    const objects = poolObjects(
      withPools(
        'none',
        { name: 'b', cidr: '10.244.128.0/18', blockSize: 28, natOutgoing: false, nodeSelector: 'has(rack)' },
        { name: 'a', cidr: '10.244.192.0/18', disabled: true },
      ),
    );
    const never = { ipipMode: 'Never', vxlanMode: 'Never' };
    assert.deepEqual(objects, [
      {
        apiVersion: 'projectcalico.org/v3',
        kind: 'IPPool',
        metadata: { name: 'b' },
        spec: {
          cidr: '10.244.128.0/18',
          blockSize: 28,
          ...never,
          nodeSelector: 'has(rack)',
        },
      },
      {
        apiVersion: 'projectcalico.org/v3',
        kind: 'IPPool',
        metadata: { name: 'a' },
        spec: {
          cidr: '10.244.192.0/18',
          blockSize: 26,
          ...never,
          natOutgoing: true,
          nodeSelector: 'all()',
          disabled: true,
        },
      },
    ]);
  });

  it('need the Calico API server', () => {
    assert.equal(needsCalicoApiServer(withPools('none')), false);
    assert.equal(needsCalicoApiServer(withPools('none', { name: 'more', cidr: '10.244.128.0/17' })), true);
  });
});
