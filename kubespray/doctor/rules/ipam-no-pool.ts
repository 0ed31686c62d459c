import { apiOf, controlPlane } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { counted, listed, shortened } from '../words.ts';
import { poolsOf } from './pools.ts';

export const ipamNoPool: Trouble = {
  code: 'ipam-no-pool',
  title: 'No pool is for a node',
  judge(subject) {
    const waiting = (apiOf(subject)?.waiting ?? []).filter(({ why }) => /no configured Calico pools/i.test(why));
    if (waiting.length === 0) return [];
    const nodes = [...new Set(waiting.map(({ node }) => node))];
    const pools = poolsOf(subject);
    const finding: Diagnosis = {
      code: ipamNoPool.code,
      severity: 'broken',
      message: `no pool is for ${listed(nodes)}: ${counted(waiting.length, 'pod')} ${waiting.length === 1 ? 'waits' : 'wait'} for an address`,
      nodes,
      evidence: shortened([
        ...pools.map(
          ({ name, cidr, disabled, nodeSelector }) =>
            `API: pool ${name} (${cidr}): disabled = ${disabled}, nodeSelector = ${nodeSelector}`,
        ),
        ...waiting.map(({ pod, node, why }) => `API: pod ${pod} on ${node}: ${why}`),
      ]),
      why: 'A pool that is disabled, or whose selector does not match the labels of a node, gives no address there.',
      mend: [
        { on: controlPlane(subject), command: 'sudo calicoctl.sh get ippool -o wide' },
        { on: controlPlane(subject), command: 'sudo kubectl get nodes --show-labels' },
      ],
      ...(subject.cluster.network.furtherPools.length === 0
        ? {}
        : {
            stack: {
              path: 'network.furtherPools[].nodeSelector',
              to: `a selector that matches the labels of ${listed(nodes)}`,
            },
          }),
      explains: waiting.map(({ pod }) => symptom.waiting(pod)),
      reference:
        'Calico v3.31.5 libcalico-go/lib/ipam/ipam.go:393; https://docs.tigera.io/calico/latest/reference/resources/ippool',
    };
    return [finding];
  },
};
