import { type Cluster, poolObjects, release } from '../../../cluster/index.ts';
import type { Live } from '../../../kubespray/live/index.ts';
import { ownedBy } from '../../../kubespray/live/owned.ts';
import { factsOf } from '../../../kubespray/plan/index.ts';

/** The live cluster exactly as that declaration makes it. */
export function liveAs(cluster: Cluster, { recorded }: { recorded: boolean }): Live {
  const facts = factsOf(cluster, 'source');
  const { network } = cluster;
  const reflectors = cluster.nodes.some(({ roles }) => roles.includes('route-reflector'));
  const owned = ownedBy({ ...facts.settings, ...facts.calico, ...(reflectors ? { peer_with_calico_rr: true } : {}) });
  const spec = (kind: string, name: string) =>
    Object.fromEntries(
      owned.filter((each) => each.kind === kind && each.name === name).map(({ field, value }) => [field, value]),
    );
  const managed = [...new Set(owned.filter(({ kind }) => kind === 'IPPool').map(({ name }) => name))];
  const members = cluster.nodes.filter(({ roles }) => roles.some((role) => role !== 'etcd'));
  return JSON.parse(
    JSON.stringify({
      cluster: 'up',
      applied: recorded ? facts : null,
      kubernetes: facts.release.kubernetes,
      kubeadm: facts.release.kubernetes,
      kubelet: facts.release.kubernetes,
      pods: [network.pods, ...(network.ipv6 === undefined ? [] : [network.ipv6.pods])],
      services: [network.services, ...(network.ipv6 === undefined ? [] : [network.ipv6.services])],
      calico: {
        datastore: cluster.calico.datastore,
        version: cluster.calico.version ?? release(cluster.kubespray.version)?.calico ?? null,
        desired: members.length,
        ready: members.length,
        notReady: [],
        pools: [
          ...managed.map((name) => ({ name, spec: { ...spec('IPPool', name), nodeSelector: 'all()' } })),
          ...poolObjects(cluster).map((pool) => ({ name: pool.metadata.name, spec: pool.spec })),
        ],
        peers: Object.entries(facts.peers).map(([name, peer]) => ({
          name,
          spec: bgpPeer(peer as Record<string, unknown>),
        })),
        felix: { ...spec('FelixConfiguration', 'default'), nftablesMode: 'Disabled' },
        bgp: { ...spec('BGPConfiguration', 'default'), logSeverityScreen: 'Info' },
        ipam: spec('IPAMConfig', 'default'),
      },
      nodes: members.map(({ name, address }) => ({
        name,
        ready: true,
        kubelet: facts.release.kubernetes,
        addresses: [address],
        podCIDRs: [],
      })),
    } satisfies Live),
  );
}

/** kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml */
function bgpPeer({ router_id, as, node, ...rest }: Record<string, unknown>): Record<string, unknown> {
  if (router_id === undefined) return rest;
  return { peerIP: router_id, asNumber: Number(as), ...(node === undefined ? {} : { node }) };
}
