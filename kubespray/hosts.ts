import type { Cluster, Node, Role } from '../cluster/index.ts';
import { peersOfNode } from './variables/bgp.ts';

/** kubespray v2.31.0 inventory/sample/inventory.ini; docs/CNI/calico.md (calico_rr). */
const groupOf: Record<Role, string> = {
  'control-plane': 'kube_control_plane',
  etcd: 'etcd',
  worker: 'kube_node',
  'route-reflector': 'calico_rr',
};

/** The groups of a node, in the order of hosts.yaml. */
export function groupsOf(node: Node): string[] {
  return (Object.keys(groupOf) as Role[]).filter((role) => node.roles.includes(role)).map((role) => groupOf[role]);
}

/** hosts.yaml as a value: every node with its variables, then the groups. */
export function hostsOf(cluster: Cluster): Record<string, unknown> {
  const { nodes } = cluster;
  const members = (role: Role) => ({
    hosts: Object.fromEntries(nodes.filter((node) => node.roles.includes(role)).map((node) => [node.name, null])),
  });
  // Only where there are some: an empty group would be no error, but says that there are reflectors.
  const reflectors = nodes.some((node) => node.roles.includes('route-reflector'));
  return {
    all: {
      hosts: Object.fromEntries(nodes.map((node) => [node.name, hostVariables(node, cluster)])),
      children: {
        kube_control_plane: members('control-plane'),
        etcd: members('etcd'),
        kube_node: members('worker'),
        ...(reflectors ? { calico_rr: members('route-reflector') } : {}),
        // kubespray adds the group itself, but only a declared one lets ansible-inventory show its group_vars.
        k8s_cluster: {
          children: { kube_control_plane: null, kube_node: null, ...(reflectors ? { calico_rr: null } : {}) },
        },
      },
    },
  };
}

/** What is said of one host, and holds there whatever the groups say. */
export function hostVariables(node: Node, cluster: Cluster): Record<string, unknown> {
  const { address, address6, ssh, bgp, labels, taints } = node;
  const peers = peersOfNode(bgp.peers, cluster);
  return {
    ansible_host: address,
    ansible_port: ssh.port,
    ansible_user: ssh.user,
    ip: address,
    access_ip: address,
    ...(address6 === undefined ? {} : { ip6: address6, access_ip6: address6 }),
    ...(node.etcdMember === undefined ? {} : { etcd_member_name: node.etcdMember }),
    ...(bgp.as === undefined ? {} : { local_as: String(bgp.as) }),
    ...(peers === undefined ? {} : { peers }),
    ...(Object.keys(labels).length === 0 ? {} : { node_labels: labels }),
    ...(taints.length === 0 ? {} : { node_taints: taints }),
  };
}
