/** Addresses in use, from the blocks of Calico's IPAM. */
import { contains, range, range6 } from '../../cluster/index.ts';
import { poolSize } from '../../cluster/network.ts';
import { isRecord } from '../../cluster/raw.ts';
import type { LiveObject } from '../live/index.ts';
import type { Block, Known, PoolUse } from './types.ts';

/**
 * A block in numbers, of `spec` of an IPAMBlock (crd.projectcalico.org/v1; Calico v3.31.5
 * libcalico-go/lib/backend/model/block.go: an entry of `allocations` is the place of its holder in `attributes`, null
 * where the address is free). Undefined for one that is just being deleted.
 */
export function blockOf(spec: unknown): Block | undefined {
  if (!isRecord(spec) || typeof spec.cidr !== 'string' || spec.deleted === true) return undefined;
  const node = typeof spec.affinity === 'string' ? /^host:(.+)$/.exec(spec.affinity)?.[1] : undefined;
  const attributes = Array.isArray(spec.attributes) ? spec.attributes : [];
  const held = (Array.isArray(spec.allocations) ? spec.allocations : []).filter((entry) => typeof entry === 'number');
  const borrowed = held.filter((at) => {
    const { secondary } = isRecord(attributes[at]) ? attributes[at] : {};
    const holder = isRecord(secondary) ? secondary.node : undefined;
    return typeof holder === 'string' && node !== undefined && holder !== node;
  });
  return { cidr: spec.cidr, ...(node === undefined ? {} : { node }), inUse: held.length, borrowed: borrowed.length };
}

/** Each pool with what of it is in use; a block counts for the pool that it lies in. */
export function poolsInUse(pools: readonly LiveObject[], blocks: Known<readonly Block[]>): PoolUse[] {
  return pools.map(({ name, spec }) => {
    const cidr = String(spec.cidr ?? '');
    const six = cidr.includes(':');
    const size = poolSize(cidr, Number(spec.blockSize ?? (six ? 122 : 26)));
    return {
      name,
      cidr,
      disabled: spec.disabled === true,
      blocks: size.blocks,
      addresses: size.addresses,
      use: 'unknown' in blocks ? blocks : { value: sumOf(blocks.value.filter((block) => lies(block.cidr, cidr))) },
    };
  });
}

function sumOf(blocks: readonly Block[]): { blocks: number; addresses: number; borrowed: number } {
  const sum = (key: 'inUse' | 'borrowed') => blocks.reduce((total, block) => total + block[key], 0);
  return { blocks: blocks.length, addresses: sum('inUse'), borrowed: sum('borrowed') };
}

function lies(inner: string, outer: string): boolean {
  if (inner.includes(':')) {
    const [whole, part] = [range6(outer), range6(inner)];
    return whole !== undefined && part !== undefined && contains(whole, part);
  }
  const [whole, part] = [range(outer), range(inner)];
  return whole !== undefined && part !== undefined && contains(whole, part);
}
