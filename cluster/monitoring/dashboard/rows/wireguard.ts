import type { Cluster } from '../../../types.ts';
import { HANDSHAKE_OLD } from '../../alerts/wireguard.ts';
import type { Row } from '../types.ts';
import { CHOSEN } from '../words.ts';

/** Felix tells of each peer (Calico v3.31.5 felix/wireguard/metrics_linux.go:47), where WireGuard is on. */
export function wireguard({ network }: Cluster): Row[] {
  if (!network.wireguard) return [];
  return [
    {
      title: 'WireGuard',
      panels: [
        {
          id: 'handshakes',
          title: 'Time since the last handshake',
          description:
            'A peer to which nothing is sent shakes no hands, and is well. One to which packets go without a handshake for five minutes gets none of them.',
          shape: 'lines',
          unit: 's',
          queries: [
            {
              expr: `time() - wireguard_latest_handshake_seconds{${CHOSEN}}`,
              legend: '{{node}} to {{peer_endpoint}}',
            },
          ],
          thresholds: [{ from: HANDSHAKE_OLD, colour: 'orange' }],
          alerts: ['WireguardHandshakeOld'],
        },
        {
          id: 'wireguard-peers',
          title: 'Nodes that are no peer',
          description:
            'Other nodes of the cluster that are not among the peers: packets to their pods travel in the clear.',
          shape: 'lines',
          unit: 'none',
          queries: [
            {
              expr: `sum by (node) (felix_cluster_num_hosts{${CHOSEN}}) - 1 - (count by (node) (wireguard_latest_handshake_seconds) or 0 * sum by (node) (felix_cluster_num_hosts{${CHOSEN}}))`,
              legend: '{{node}}',
            },
          ],
          thresholds: [{ from: 1, colour: 'orange' }],
          alerts: ['WireguardPeersMissing'],
        },
        {
          id: 'wireguard-bytes',
          title: 'Sent and received through WireGuard',
          description: 'Bytes a second between the node and its peers, after encryption.',
          shape: 'lines',
          unit: 'Bps',
          queries: [
            {
              expr: `sum by (node) (rate(wireguard_bytes_sent{${CHOSEN}}[$__rate_interval]))`,
              legend: '{{node}} sent',
            },
            {
              expr: `sum by (node) (rate(wireguard_bytes_rcvd{${CHOSEN}}[$__rate_interval]))`,
              legend: '{{node}} received',
            },
          ],
          alerts: [],
        },
      ],
    },
  ];
}
