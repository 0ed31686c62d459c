import { deriveNetwork } from '../../../network.ts';
import type { Cluster } from '../../../types.ts';
import type { Row } from '../types.ts';

const OTHERS = 'Calico has no metrics of its BGP sessions';

/** What others tell of BIRD, where it runs: see alerts/bgp.ts. */
export function bgp(cluster: Cluster): Row[] {
  if (deriveNetwork(cluster).backend !== 'bird') return [];
  return [
    {
      title: 'BGP (by kube-state-metrics and bird_exporter)',
      panels: [
        {
          id: 'calico-node-ready',
          title: 'calico-node is ready',
          description: `${OTHERS}; this is kube-state-metrics’ kube_pod_status_ready. calico-node is ready only while all its sessions are established, and empty here means that nobody runs kube-state-metrics.`,
          shape: 'states',
          unit: 'none',
          queries: [
            {
              expr: 'max by (pod) (kube_pod_status_ready{namespace="kube-system",pod=~"calico-node-[a-z0-9]+",condition="true"})',
              legend: '{{pod}}',
            },
          ],
          words: { 0: { word: 'not ready', colour: 'red' }, 1: { word: 'ready', colour: 'green' } },
          alerts: ['CalicoNodeNotReady'],
        },
        {
          id: 'bgp-sessions',
          title: 'BGP sessions',
          description: `${OTHERS}; this is bird_exporter’s bird_protocol_up of each, and empty here means that nobody runs it beside BIRD.`,
          shape: 'states',
          unit: 'none',
          queries: [{ expr: 'max without (state) (bird_protocol_up{proto="BGP"})', legend: '{{instance}} {{name}}' }],
          words: { 0: { word: 'down', colour: 'red' }, 1: { word: 'established', colour: 'green' } },
          alerts: ['BgpSessionDown', 'BgpSessionFlapping'],
        },
        {
          id: 'bgp-routes',
          title: 'Routes learned over BGP',
          description: `${OTHERS}; this is bird_exporter’s bird_protocol_prefix_import_count: one route for each block of the neighbour.`,
          shape: 'lines',
          unit: 'none',
          queries: [
            {
              expr: 'max by (instance, name) (bird_protocol_prefix_import_count{proto="BGP"})',
              legend: '{{instance}} {{name}}',
            },
          ],
          alerts: [],
        },
      ],
    },
  ];
}
