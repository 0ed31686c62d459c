/**
 * Variables that hold for the life of a cluster: kubespray stops, passes them over, or breaks what is there. The rules of
 * policies/rules/change say each in words; the controller refuses them too, in case nobody looked.
 */
export const FIXED: { readonly settings: readonly string[]; readonly calico: readonly string[] } = {
  settings: [
    'kube_network_plugin',
    'kube_pods_subnet',
    'kube_service_addresses',
    'ipv4_stack',
    'ipv6_stack',
    'kube_pods_subnet_ipv6',
    'kube_service_addresses_ipv6',
    'kube_network_node_prefix',
    'kube_network_node_prefix_ipv6',
  ],
  calico: [
    'calico_datastore',
    'calico_pool_name',
    'calico_pool_cidr',
    'calico_pool_blocksize',
    'calico_pool_cidr_ipv6',
    'calico_pool_blocksize_ipv6',
    'calico_ipam_host_local',
  ],
};
