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
