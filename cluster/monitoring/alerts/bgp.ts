import { deriveNetwork } from '../../network.ts';
import type { Cluster } from '../../types.ts';
import type { AlertGroup } from './types.ts';

/**
 * Calico itself has no metrics of its BGP sessions. Two others tell of them: kube-state-metrics of calico-node's readiness, which kubespray
 * makes hang on BIRD's sessions (kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:393), and bird_exporter, beside
 * BIRD on every node, of each session (czerwonk/bird_exporter metrics/generic_exporter.go). An alert whose metrics nobody offers never fires.
 */
export function bgp(cluster: Cluster): AlertGroup[] {
  if (deriveNetwork(cluster).backend !== 'bird') return [];
  return [
    {
      name: 'calico-bgp',
      alerts: [
        {
          name: 'CalicoNodeNotReady',
          expr: 'max by (pod) (kube_pod_status_ready{namespace="kube-system",pod=~"calico-node-[a-z0-9]+",condition="true"}) == 0',
          for: '10m',
          severity: 'critical',
          summary: '{{ $labels.pod }} is not ready',
          description:
            'A BGP session is not established, or Felix is not live: its events say which. Routes to and from the node are missing.',
        },
        {
          name: 'BgpSessionDown',
          expr: 'max without (state) (bird_protocol_up{proto="BGP"}) == 0',
          for: '5m',
          severity: 'critical',
          summary: `The BGP session {{ $labels.name }} of {{ $labels.instance }} is down`,
          description: 'Routes of that neighbour are withdrawn: pods of the two do not reach each other.',
        },
        {
          name: 'BgpSessionFlapping',
          expr: 'changes((max without (state) (bird_protocol_up{proto="BGP"}))[1h:1m]) > 4',
          for: '5m',
          severity: 'warning',
          summary: `The BGP session {{ $labels.name }} of {{ $labels.instance }} comes and goes`,
          description:
            'It changed {{ $value }} times in an hour; with each change routes are withdrawn and learned anew.',
        },
      ],
    },
  ];
}
