import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

/** VMStation with all that can be watched. */
export const full = edited(stackCluster('dev'), {
  network: { wireguard: true, mtu: 'auto' },
  calico: { typha: { metrics: { enabled: true } } },
});

/** Clusters that have every alert and every panel between them; the first has most. */
export const clusters = {
  iptables: clusterOf(full),
  nftables: clusterOf(edited(full, { network: { dataplane: 'nftables' } })),
  ebpf: clusterOf(edited(full, { network: { dataplane: 'ebpf', wireguard: false }, kubernetes: { proxy: 'none' } })),
};

/** With a pool that a test can fill, scraped once a second. */
export const watched = clusterOf(
  edited(full, {
    network: {
      pool: { cidr: '10.244.0.0/24', blockSize: 28 },
      ipam: { calico: { maxBlocksPerHost: 6 } },
    },
    monitoring: { interval: '1s' },
  }),
);
