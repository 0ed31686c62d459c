import { capital, type Facts, says, type Topic, unlike } from './topic.ts';

/** What forwards packets and enforces policies on a node. */
export function dataplaneTopic({ cluster: { network } }: Facts): Topic {
  const { dataplane } = network;
  const title = 'Data plane';
  switch (dataplane.kind) {
    case 'nftables':
      return { title, variables: says('calico_nftable_mode', 'Enabled', 'Rules are written with nft.') };
    case 'ebpf':
      return {
        title,
        variables: [
          ...says('calico_bpf_enabled', true, 'eBPF forwards packets and answers Services in the place of kube-proxy.'),
          ...unlike(
            'Tunnel',
            'calico_bpf_service_mode',
            dataplane.serviceMode === 'dsr' ? 'DSR' : 'Tunnel',
            'A Service answers from the node of the pod: the network must let that pass.',
          ),
          ...unlike('Off', 'calico_bpf_log_level', capital(dataplane.logLevel), 'Read with `bpftool prog tracelog`.'),
        ],
      };
    case 'iptables': {
      const backend = dataplane.backend === 'nft' ? 'NFT' : capital(dataplane.backend);
      return {
        title,
        variables: [
          ...unlike('Auto', 'calico_iptables_backend', backend, 'Must be what else writes rules on the hosts.'),
          ...unlike(
            10,
            'calico_iptables_lock_timeout_secs',
            dataplane.lockTimeoutSeconds,
            'How long Felix waits for the lock of iptables.',
          ),
        ],
      };
    }
  }
}
