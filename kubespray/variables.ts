import { type Cluster, deriveNetwork, needsCalicoApiServer } from '../cluster/index.ts';

export const files = {
  hosts: 'hosts.yaml',
  all: 'group_vars/all/all.yml',
  cluster: 'group_vars/k8s_cluster/k8s-cluster.yml',
  calico: 'group_vars/k8s_cluster/k8s-net-calico.yml',
} as const;

/** One variable that kubespray is told, with why and where it comes from. */
export interface Variable {
  readonly file: string;
  readonly name: string;
  readonly value: unknown;
  /** One sentence for whoever reads the rendered file. */
  readonly reason: string;
  /** Field of the stack file it comes from. */
  readonly path: string;
}

/** Prefix of the paths of extra variables. */
const EXTRA = 'kubespray.extraVariables';

/**
 * Every variable of the inventory, each once. An extra variable with a name of ours replaces the value where it stands
 * (group_vars of k8s_cluster would win over a second definition in `all`); the others go to `all`.
 */
export function variablesOf(cluster: Cluster): Variable[] {
  const extra = cluster.kubespray.extraVariables;
  const ours = [...allVariables(), ...clusterVariables(cluster), ...calicoVariables(cluster)].map((variable) =>
    Object.hasOwn(extra, variable.name)
      ? {
          ...variable,
          value: extra[variable.name],
          reason: 'Overridden by an extra variable.',
          path: `${EXTRA}.${variable.name}`,
        }
      : variable,
  );
  const names = new Set(ours.map((v) => v.name));
  const others = Object.entries(extra)
    .filter(([name]) => !names.has(name))
    .map(([name, value]) => ({ file: files.all, name, value, reason: 'An extra variable.', path: `${EXTRA}.${name}` }));
  return [...ours, ...others];
}

function allVariables(): Variable[] {
  return [
    {
      file: files.all,
      name: 'etcd_deployment_type',
      value: 'host',
      reason: 'etcd runs as a service on the hosts of the etcd group.',
      path: 'nodes',
    },
  ];
}

function clusterVariables({ name, network, kubespray }: Cluster): Variable[] {
  const variable = (variableName: string, value: unknown, path: string, reason: string): Variable => ({
    file: files.cluster,
    name: variableName,
    value,
    reason,
    path,
  });
  const { nodeLocalCache, address } = network.dns;
  return [
    variable('cluster_name', name, 'name', 'Names the context of the kubeconfig.'),
    // kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:154 takes it from cluster_name otherwise.
    variable(
      'dns_domain',
      'cluster.local',
      'name',
      'Would follow cluster_name otherwise, and with it every Service name.',
    ),
    variable('kube_network_plugin', 'calico', 'network', 'Calico is the network.'),
    variable('kube_service_addresses', network.services, 'network.services', 'Fixed for the life of the cluster.'),
    variable(
      'kube_pods_subnet',
      network.pods,
      'network.pods',
      'Holds every Calico pool; fixed for the life of the cluster.',
    ),
    variable(
      'enable_nodelocaldns',
      nodeLocalCache,
      'network.dns.nodeLocalCache',
      'Whether pods ask a DNS cache on their own node.',
    ),
    ...(nodeLocalCache
      ? [
          variable(
            'nodelocaldns_ip',
            address,
            'network.dns.address',
            'Where that cache listens; the DNS policy allows it.',
          ),
        ]
      : []),
    variable(
      'kubeconfig_localhost',
      true,
      'kubespray.controller',
      `The kubeconfig is fetched to ${kubespray.controller}.`,
    ),
  ];
}

function calicoVariables(cluster: Cluster): Variable[] {
  const { network, felix } = cluster;
  const derived = deriveNetwork(cluster);
  const variable = (name: string, value: unknown, path: string, reason: string): Variable => ({
    file: files.calico,
    name,
    value,
    reason,
    path,
  });
  const mtuReason =
    network.mtu === 'auto'
      ? `${network.interfaceMtu} of the interface less ${derived.overhead} for the encapsulation.`
      : `As written; the encapsulation leaves ${derived.maxMtu}.`;
  return [
    variable(
      'calico_datastore',
      'kdd',
      'network',
      'The Kubernetes API; the API server for projectcalico.org/v3 needs it.',
    ),
    variable(
      'calico_network_backend',
      derived.backend,
      'network.encapsulation',
      derived.backend === 'bird' ? 'BIRD distributes the routes between nodes.' : 'VXLAN needs no BGP.',
    ),
    variable('calico_ipip_mode', derived.ipipMode, 'network.encapsulation', 'At most one of the two modes may be on.'),
    variable('calico_vxlan_mode', derived.vxlanMode, 'network.encapsulation', 'Always is the default: Never is said.'),
    variable('calico_pool_name', network.pool.name, 'network.pool.name', 'The IPPool that kubespray manages.'),
    variable('calico_pool_cidr', network.pool.cidr, 'network.pool.cidr', 'Must lie inside kube_pods_subnet.'),
    variable(
      'calico_pool_blocksize',
      network.pool.blockSize,
      'network.pool.blockSize',
      `${derived.poolBlocks} blocks of ${derived.blockAddresses} addresses; a node takes as many as it needs.`,
    ),
    variable(
      'nat_outgoing',
      network.pool.natOutgoing,
      'network.pool.natOutgoing',
      'Pods leave the cluster with the address of their node.',
    ),
    variable('calico_mtu', derived.mtu, 'network.mtu', mtuReason),
    variable('calico_veth_mtu', derived.mtu, 'network.mtu', 'Read only beside calico_mtu: always the two together.'),
    variable('global_as_num', String(network.bgp.as), 'network.bgp.as', 'AS number of every node.'),
    variable(
      'calico_apiserver_enabled',
      needsCalicoApiServer(cluster),
      'policies',
      'Serves projectcalico.org/v3 to kubectl and to Calispray.',
    ),
    variable(
      'calico_felix_prometheusmetricsenabled',
      felix.metrics.enabled,
      'felix.metrics.enabled',
      'Felix answers Prometheus on every node.',
    ),
    variable(
      'calico_felix_prometheusmetricsport',
      felix.metrics.port,
      'felix.metrics.port',
      'TCP, on the host network.',
    ),
    variable('calico_wireguard_enabled', network.wireguard, 'network.wireguard', 'Encrypts pod traffic between nodes.'),
  ];
}
