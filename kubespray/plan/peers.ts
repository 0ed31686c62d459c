import type { Cluster } from '../../cluster/index.ts';
import { list, record } from '../../cluster/raw.ts';
import { groupsOf, hostVariables } from '../hosts.ts';
import { variablesOf } from '../variables.ts';
import type { PeerFact } from './types.ts';

/**
 * The BGPPeer objects that kubespray makes, by name (kubespray v2.31.0 roles/network_plugin/calico/tasks/
 * peer_with_router.yml:11, :94 and peer_with_calico_rr.yml:48, :72). Those of all nodes are taken from the list of the
 * first control-plane node; where two have one name, the last is what stays.
 */
export function peersOf(cluster: Cluster): Record<string, PeerFact> {
  const said = variablesOf(cluster).find(({ name }) => name === 'peers')?.value;
  const listOf = (node: Cluster['nodes'][number]) => list(hostVariables(node, cluster).peers ?? said).map(record);
  const members = cluster.nodes.filter((node) => groupsOf(node).some((group) => group !== 'etcd'));
  const first = members.find((node) => node.roles.includes('control-plane'));
  const ofAll = first === undefined ? [] : listOf(first).filter(({ scope }) => scope === 'global');
  return {
    ...Object.fromEntries(ofAll.map((peer) => [`global-${nameOf(peer)}`, peer])),
    ...Object.fromEntries(
      members.flatMap((node) =>
        listOf(node)
          .filter(({ scope }) => scope !== 'global')
          .map((peer) => [`${node.name}-${nameOf(peer)}`, { ...peer, node: node.name }]),
      ),
    ),
    ...(members.some((node) => node.roles.includes('route-reflector')) ? reflectors : {}),
  };
}

function nameOf({ name, router_id }: Record<string, unknown>): string {
  return String(name ?? String(router_id).replaceAll(':', '-'));
}

const reflectors = {
  'peer-to-rrs': { nodeSelector: '!has(i-am-a-route-reflector)', peerSelector: 'has(i-am-a-route-reflector)' },
  'rr-mesh': { nodeSelector: 'has(i-am-a-route-reflector)', peerSelector: 'has(i-am-a-route-reflector)' },
};
