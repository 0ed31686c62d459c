import assert from 'node:assert/strict';
import { type Finding, formatFinding, parseCluster } from '../../cluster/index.ts';
import { assertGolden } from './golden.ts';
import { edited } from './stacks.ts';

export const one = { address: '10.0.0.1', roles: ['control-plane', 'etcd', 'worker'] };
export const two = { address: '10.0.0.2', roles: ['worker'] };

/** Two nodes over VXLAN, the pool half of the pod range. */
const base = {
  apiVersion: 'calispray/v1',
  name: 'base',
  nodes: { one, two },
  network: {
    nodes: '10.0.0.0/24',
    pods: '10.244.0.0/15',
    pool: { cidr: '10.244.0.0/16' },
    encapsulation: { vxlan: 'always' },
  },
};

export const ipv6 = { nodes: 'fd00::/64', encapsulation: 'none' };
export const peer = { address: '10.0.0.9', as: 64700 };
export const pool = { name: 'second', cidr: '10.245.0.0/16' };
export const globalPolicy = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'own' },
  spec: {},
};
export const ownPolicy = { ...globalPolicy, kind: 'NetworkPolicy', metadata: { name: 'own', namespace: 'default' } };

export const pools = (...furtherPools: object[]) => ({ network: { furtherPools } });
export const routers = (peers: object[], own: object[] = []) => ({
  nodes: { one, two: { ...two, bgp: { peers: own } } },
  network: { bgp: { topology: 'routers', peers } },
});
export const policies = (...extra: object[]) => ({ policies: { extra } });

/**
 * A change to the cluster above, and `code at path` of each finding that it deserves, with `; ` between. Without any it
 * is right, beside others that are wrong.
 */
export type Case = readonly [what: string, change: object, expected?: string];

function findingsOf(change: object): readonly Finding[] {
  const parsed = parseCluster(edited(base, change));
  return parsed.ok ? [] : parsed.findings;
}

/** A test for each case by topic, and one for the words of all, which the golden file keeps. */
export function cases(golden: string, topics: Readonly<Record<string, readonly Case[]>>): void {
  for (const [topic, all] of Object.entries(topics)) {
    describe(topic, () => {
      for (const [what, change, expected] of all) {
        it(`${expected === undefined ? 'takes' : 'refuses'} ${what}`, () => {
          const found = findingsOf(change).map((f) => `${f.code} at ${f.path}`);
          assert.deepEqual(found, expected === undefined ? [] : expected.split('; '));
        });
      }
    });
  }
  it(`says what is wrong in the words of ${golden.replace(/^.*\//, '')}`, () => {
    const said = Object.values(topics).flatMap((all) =>
      all.flatMap(([, change]) => findingsOf(change).map(formatFinding)),
    );
    assertGolden(golden, `${said.join('\n')}\n`);
  });
}
