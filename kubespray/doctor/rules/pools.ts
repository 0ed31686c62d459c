/** Pools and blocks as the API has them. */

import { contains } from '../../../cluster/cidr.ts';
import { range } from '../../../cluster/index.ts';
import { poolSize } from '../../../cluster/network.ts';
import { apiOf } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { ApiBlock } from '../types.ts';

export interface Pool {
  readonly name: string;
  readonly cidr: string;
  readonly blockSize: number;
  readonly disabled: boolean;
  readonly nodeSelector: string;
  /** Addresses and blocks that it has, and those that are taken. */
  readonly addresses: number;
  readonly blocks: number;
  readonly held: number;
  readonly taken: readonly ApiBlock[];
  /** Blocks that nobody has taken. */
  readonly freeBlocks: number;
}

/** Of IPv4. Empty where the API was not read, or the nodes give addresses out of their own ranges. */
export function poolsOf(subject: Subject): Pool[] {
  const api = apiOf(subject);
  if (api === undefined || subject.cluster.network.ipam.kind !== 'calico') return [];
  return api.pools.flatMap(({ name, spec }) => {
    const cidr = String(spec.cidr ?? '');
    const whole = range(cidr);
    if (whole === undefined) return [];
    const blockSize = Number(spec.blockSize ?? 26);
    const taken = api.blocks.filter((block) => {
      const part = range(block.cidr);
      return part !== undefined && contains(whole, part);
    });
    const { addresses, blocks } = poolSize(cidr, blockSize);
    return [
      {
        name,
        cidr,
        blockSize,
        disabled: spec.disabled === true,
        nodeSelector: String(spec.nodeSelector ?? 'all()'),
        addresses,
        blocks,
        held: taken.reduce((sum, { held }) => sum + held.length, 0),
        taken,
        freeBlocks: Math.max(0, blocks - taken.length),
      },
    ];
  });
}

/** Pools that any pod of any node may have an address of. */
export function openPools(subject: Subject): Pool[] {
  return poolsOf(subject).filter(({ disabled, nodeSelector }) => !disabled && /^(all\(\)|)$/.test(nodeSelector.trim()));
}

/** The further pool that would do: as large as the first, in what is left of `network.pods`; undefined where nothing is left. */
export function furtherPool(subject: Subject): string | undefined {
  const pods = range(subject.cluster.network.pods);
  const pools = poolsOf(subject).flatMap(({ cidr }) => range(cidr) ?? []);
  const blockSize = subject.cluster.network.pool.blockSize;
  if (pods === undefined) return undefined;
  // The largest piece of the pods' range that no pool overlaps, down to a few blocks.
  for (let prefix = pods.prefix; prefix <= Math.min(blockSize - 1, 32); prefix += 1) {
    const size = 2 ** (32 - prefix);
    for (let first = pods.first; first + size - 1 <= pods.last; first += size) {
      const last = first + size - 1;
      if (!pools.some((pool) => pool.first <= last && first <= pool.last)) return `${addressOf(first)}/${prefix}`;
    }
  }
  return undefined;
}

/** A range of private addresses as large as the pool of the stack, that nothing of it overlaps; undefined where none is left. */
export function rangeBeside(subject: Subject): string | undefined {
  const { pods, services, nodes, pool } = subject.cluster.network;
  const used = [pods, services, nodes, ...poolsOf(subject).map(({ cidr }) => cidr)].flatMap(
    (cidr) => range(cidr) ?? [],
  );
  const prefix = Math.max(range(pool.cidr)?.prefix ?? 16, 12);
  const size = 2 ** (32 - prefix);
  for (const whole of ['10.0.0.0/8', '172.16.0.0/12'].flatMap((cidr) => range(cidr) ?? [])) {
    // From the end: the first ranges are those that somebody has already.
    for (let first = whole.last - size + 1; first >= whole.first; first -= size) {
      const last = first + size - 1;
      if (!used.some((one) => one.first <= last && first <= one.last)) return `${addressOf(first)}/${prefix}`;
    }
  }
  return undefined;
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}

/** The words of Calico's IPAM for having no address left (Calico v3.31.5 libcalico-go/lib/ipam/ipam.go:67,773,779,891). */
export const NO_ADDRESS =
  /IPAM allocated only|No IPs available in pools|No more free affine blocks|per host block limit|limit of \d+ blocks reached|failed to request (\d+ )?IPv4 addresses/i;
export const BLOCK_LIMIT = /per host block limit|limit of \d+ blocks reached/i;
