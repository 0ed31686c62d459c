import { releases } from '../../../cluster/releases.ts';

/**
 * What an inventory can tell kubespray about Calico and Typha, by the beginning of the name: every variable that its
 * roles read and that is neither registered by a task nor fixed in `vars/`. Read off kubespray v2.31.0 roles/ and
 * inventory/sample/; the releases before it know the same but for `SINCE`.
 */
export const KNOWN: readonly string[] = [
  'calico_advertise_cluster_ips',
  'calico_advertise_service_external_ips',
  'calico_advertise_service_loadbalancer_ips',
  'calico_allow_ip_forwarding',
  'calico_apiserver_digest_checksum',
  'calico_apiserver_enabled',
  'calico_apiserver_image_repo',
  'calico_apiserver_image_tag',
  'calico_apiserver_version',
  'calico_bgp_listen_port',
  'calico_bpf_enabled',
  'calico_bpf_log_level',
  'calico_bpf_service_mode',
  'calico_cert_dir',
  'calico_cni_digest_checksum',
  'calico_cni_image_repo',
  'calico_cni_image_tag',
  'calico_cni_log_file_path',
  'calico_cni_name',
  'calico_cni_version',
  'calico_crds_download_url',
  'calico_ctl_version',
  'calico_datastore',
  'calico_ds_nodeselector',
  'calico_endpoint_to_host_action',
  'calico_feature_control',
  'calico_feature_detect_override',
  'calico_felix_chaininsertmode',
  'calico_felix_floating_ips',
  'calico_felix_log_severity_screen',
  'calico_felix_mtu_iface_pattern',
  'calico_felix_prometheusgometricsenabled',
  'calico_felix_prometheusmetricsenabled',
  'calico_felix_prometheusmetricsport',
  'calico_felix_prometheusprocessmetricsenabled',
  'calico_felix_reporting_interval',
  'calico_group_id',
  'calico_healthhost',
  'calico_ip6_auto_method',
  'calico_ip_auto_method',
  'calico_ipam_autoallocateblocks',
  'calico_ipam_host_local',
  'calico_ipam_maxblocksperhost',
  'calico_ipam_strictaffinity',
  'calico_ipip_mode',
  'calico_ipip_mode_ipv6',
  'calico_iptables_backend',
  'calico_iptables_lock_timeout_secs',
  'calico_ipv4pool_ipip',
  'calico_kubeconfig_wait_timeout',
  'calico_loglevel',
  'calico_mtu',
  'calico_network_backend',
  'calico_nftable_mode',
  'calico_no_global_as_num',
  'calico_node_cpu_limit',
  'calico_node_cpu_requests',
  'calico_node_digest_checksum',
  'calico_node_extra_envs',
  'calico_node_ignorelooserpf',
  'calico_node_image_repo',
  'calico_node_image_tag',
  'calico_node_livenessprobe_timeout',
  'calico_node_memory_limit',
  'calico_node_memory_requests',
  'calico_node_readinessprobe_timeout',
  'calico_node_startup_loglevel',
  'calico_policy_controller_cpu_limit',
  'calico_policy_controller_cpu_requests',
  'calico_policy_controller_deployment_nodeselector',
  'calico_policy_controller_log_level',
  'calico_policy_controller_memory_limit',
  'calico_policy_controller_memory_requests',
  'calico_policy_digest_checksum',
  'calico_policy_image_repo',
  'calico_policy_image_tag',
  'calico_policy_version',
  'calico_pool_blocksize',
  'calico_pool_blocksize_ipv6',
  'calico_pool_cidr',
  'calico_pool_cidr_ipv6',
  'calico_pool_name',
  'calico_rr_id',
  'calico_typha_digest_checksum',
  'calico_typha_image_repo',
  'calico_typha_image_tag',
  'calico_typha_version',
  'calico_usage_reporting',
  'calico_use_default_route_src_ipaddr',
  'calico_version',
  'calico_veth_mtu',
  'calico_vxlan_mode',
  'calico_vxlan_mode_ipv6',
  'calico_vxlan_port',
  'calico_vxlan_vni',
  'calico_wireguard_enabled',
  'calico_wireguard_packages',
  'calico_wireguard_repo',
  'typha_enabled',
  'typha_max_connections_lower_limit',
  'typha_prometheusmetricsenabled',
  'typha_prometheusmetricsport',
  'typha_replicas',
  'typha_secure',
];

/** Known variables that older releases do not read: name → first release that does. */
export const SINCE: ReadonlyMap<string, string> = new Map([['calico_nftable_mode', 'v2.29.0']]);

/** A name that does no good any more, and what to do instead. */
export interface Retired {
  readonly name: string;
  /** The first release of which this is so; all that Calispray knows where absent. */
  readonly from?: string;
  /** The first release of which it is so no more. */
  readonly until?: string;
  /** What it is, as the message says it after the name. */
  readonly reason: string;
  readonly hint: string;
}

/** kubespray stops where one of these is defined, whatever it holds. */
export const REFUSED: readonly Retired[] = [
  {
    name: 'ipip',
    reason: 'the old name of the encapsulation',
    hint: 'Write calico_ipip_mode: Always, or CrossSubnet.',
  },
  {
    name: 'ipip_mode',
    reason: 'the old name of calico_ipip_mode',
    hint: 'Write calico_ipip_mode: Always, or CrossSubnet.',
  },
  {
    name: 'calcio_ipam_autoallocateblocks',
    reason: 'an old typing error of its own',
    hint: 'Write calico_ipam_autoallocateblocks.',
  },
  {
    name: 'kubelet_static_pod_path',
    from: 'v2.31.0',
    reason: 'removed in v2.31.0',
    hint: 'Leave it out: the folder is the one in kube_manifest_dir.',
  },
  {
    name: 'etcd_kubeadm_enabled',
    until: 'v2.29.0',
    reason: 'removed before v2.28.0',
    hint: 'Write etcd_deployment_type: kubeadm.',
  },
];

/** No role reads one of these, and nothing says so. */
export const IGNORED: readonly Retired[] = [
  {
    name: 'calico_bgp_peers',
    reason: 'has never been read',
    hint: 'Write the routers to peers, and peer_with_router: true.',
  },
  {
    name: 'calico_cni_pool',
    from: 'v2.29.0',
    reason: 'was removed in v2.29.0',
    hint: 'Leave it out; calico_pool_cidr says which addresses pods take.',
  },
  {
    name: 'calico_cni_pool_ipv6',
    from: 'v2.29.0',
    reason: 'was removed in v2.29.0',
    hint: 'Leave it out; calico_pool_cidr_ipv6 says which addresses pods take.',
  },
  {
    name: 'etcd_kubeadm_enabled',
    from: 'v2.29.0',
    reason: 'was removed before v2.28.0',
    hint: 'Write etcd_deployment_type: kubeadm.',
  },
  { name: 'calico_ipv4pool_cidr', reason: 'has never been read', hint: 'Write calico_pool_cidr.' },
  {
    name: 'calico_baremetal_nodename',
    reason: 'has a default that nothing reads',
    hint: 'Write kube_override_hostname, which names the node for Kubernetes and Calico alike.',
  },
];

/** Whether a release is the named one or a later one. An unknown or unsaid release is taken for the newest. */
export function isFrom(version: string | undefined, first: string): boolean {
  const place = (tag: string | undefined) => releases.findIndex((release) => release.tag === tag);
  return place(version) === -1 || place(version) >= place(first);
}
