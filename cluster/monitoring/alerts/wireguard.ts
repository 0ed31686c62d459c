import type { Cluster } from '../../types.ts';
import type { AlertGroup } from './types.ts';
import { NODE } from './words.ts';

/** Seconds after which a handshake is too old, where something is sent. */
export const HANDSHAKE_OLD = 300;

/**
 * A peer to which nothing is sent shakes no hands, and is well: packets that go out without a handshake of the last five minutes do not arrive
 * (WireGuard renews its keys every two minutes while there is something to send, and drops those of three). The value is the time of the
 * last handshake (Calico v3.31.5 felix/wireguard/metrics_linux.go:47).
 */
export function wireguard({ network }: Cluster): AlertGroup[] {
  if (!network.wireguard) return [];
  return [
    {
      name: 'calico-wireguard',
      alerts: [
        {
          name: 'WireguardHandshakeOld',
          expr: `(time() - wireguard_latest_handshake_seconds > ${HANDSHAKE_OLD}) and rate(wireguard_bytes_sent[5m]) > 0`,
          for: '5m',
          severity: 'critical',
          summary: `${NODE} shakes no hands with {{ $labels.peer_endpoint }}`,
          description:
            'Packets between pods of the two nodes are sent and lost: UDP 51820 is blocked, or a key is old.',
        },
        {
          name: 'WireguardPeersMissing',
          expr: 'felix_cluster_num_hosts - 1 > on (instance) group_left () (count by (instance) (wireguard_latest_handshake_seconds) or on (instance) 0 * sum by (instance) (felix_cluster_num_hosts))',
          for: '15m',
          severity: 'warning',
          summary: `${NODE} has fewer WireGuard peers than there are other nodes`,
          description: 'To the nodes that are left out packets between pods travel in the clear.',
        },
      ],
    },
  ];
}
