import { controlPlane } from '../seen.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { counted, listed, shortened } from '../words.ts';
import { stackOf } from './ipam-exhausted.ts';
import { poolsOf } from './pools.ts';

export const ipamBorrowed: Trouble = {
  code: 'ipam-borrowed',
  title: 'Nodes borrow addresses from blocks of others',
  judge(subject) {
    const borrowed = poolsOf(subject).flatMap(({ taken }) =>
      taken.flatMap(({ cidr, node, held }) =>
        held
          .filter((one) => node !== null && one.node !== undefined && one.node !== node)
          .map((one) => ({ ...one, cidr, owner: node as string, by: one.node as string })),
      ),
    );
    if (borrowed.length === 0) return [];
    const nodes = [...new Set(borrowed.map(({ by }) => by))];
    // Where blocks are free it was a lack of former times, and ends with those pods.
    const free = poolsOf(subject).some(({ freeBlocks, disabled }) => freeBlocks > 0 && !disabled);
    const finding: Diagnosis = {
      code: ipamBorrowed.code,
      severity: 'risk',
      message: `${counted(borrowed.length, 'address', 'addresses')} on ${listed(nodes)} ${borrowed.length === 1 ? 'is' : 'are'} borrowed from blocks of other nodes`,
      nodes,
      evidence: shortened(
        borrowed.map(
          ({ address, pod, by, owner, cidr }) =>
            `API: ${address}${pod === undefined ? '' : ` of pod ${pod}`} on ${by} lies in ${cidr} of ${owner} (IPAMBlock)`,
        ),
      ),
      why: 'It works, with a route of its own for each of them on every node; nodes borrow when no free block is left, or when they may take no more.',
      mend: [{ on: controlPlane(subject), command: 'sudo calicoctl.sh ipam show --show-borrowed' }],
      ...(free ? {} : stackOf(subject)),
      explains: [],
      reference: 'https://docs.tigera.io/calico/latest/reference/calicoctl/ipam/show',
    };
    return [finding];
  },
};
