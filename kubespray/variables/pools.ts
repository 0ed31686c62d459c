import { type Facts, says, type Topic, unlike } from './topic.ts';

/** The pools that kubespray manages, and how addresses are given out of them. */
export function poolsTopic({ cluster: { network }, network: derived }: Facts): Topic {
  const { pool, ipv6 } = network;
  return {
    title: 'Pools',
    variables: [
      ...says('calico_pool_name', pool.name, 'The IPPool that kubespray manages.'),
      ...says('calico_pool_cidr', pool.cidr, 'Must lie inside kube_pods_subnet.'),
      ...says(
        'calico_pool_blocksize',
        pool.blockSize,
        `${derived.poolBlocks} blocks of ${derived.blockAddresses} addresses; a node takes as many as it needs.`,
      ),
      ...says('nat_outgoing', pool.natOutgoing, natReason(pool.natOutgoing)),
      ...(ipv6 === undefined
        ? []
        : [
            ...says('calico_pool_cidr_ipv6', ipv6.pool.cidr, 'Must lie inside kube_pods_subnet_ipv6.'),
            ...says('calico_pool_blocksize_ipv6', ipv6.pool.blockSize, 'Fixed once the pool is there.'),
            ...says('nat_outgoing_ipv6', ipv6.pool.natOutgoing, natReason(ipv6.pool.natOutgoing)),
          ]),
    ],
  };
}

function natReason(nat: boolean): string {
  return `Pods leave the cluster with ${nat ? 'the address of their node' : 'their own addresses'}.`;
}

/** Who gives out the addresses. */
export function ipamTopic({ cluster: { network } }: Facts): Topic {
  const { ipam } = network;
  if (ipam.kind === 'host-local') {
    const reason = "From each node's own range in the Kubernetes API, not from Calico's blocks.";
    return { title: 'IPAM', variables: says('calico_ipam_host_local', true, reason) };
  }
  return {
    title: 'IPAM',
    variables: [
      ...unlike(
        false,
        'calico_ipam_strictaffinity',
        ipam.strictAffinity,
        'A node uses addresses of its own blocks alone.',
      ),
      ...unlike(
        true,
        'calico_ipam_autoallocateblocks',
        ipam.autoAllocateBlocks,
        'A node takes no block without being told.',
      ),
      ...unlike(0, 'calico_ipam_maxblocksperhost', ipam.maxBlocksPerHost, 'Blocks a node may take.'),
    ],
  };
}
