/**
 * What else an inventory can tell kubespray, by the first word of the name: every default of its roles, every variable of
 * its sample inventory and every one that a role reads only where it is defined. Read off kubespray v2.31.0 roles/,
 * playbooks/ and inventory/sample/, other network plugins left out. Only a name near to one of these is remarked on.
 */
const NAMES: Readonly<Record<string, string>> = {
  access: 'ip ip6',
  additional: 'no_proxy no_proxy_list sysctl',
  alb: `
    ingress_aws_debug ingress_aws_region ingress_controller_namespace ingress_image_repo ingress_image_tag
    ingress_restrict_scheme`,
  allow: 'ungraceful_removal unsupported_distribution_setup',
  apiserver: 'extra_volumes loadbalancer_domain_name',
  argocd: 'admin_password enabled install_checksum install_url namespace version',
  audit: `
    log_hostpath log_maxage log_maxbackups log_maxsize log_mountpath log_name log_path policy_custom_rules policy_file
    policy_hostpath policy_mountpath policy_name webhook_batch_max_size webhook_batch_max_wait webhook_config_file
    webhook_mode webhook_server_extra_args webhook_server_url`,
  auto: 'renew_certificates renew_certificates_systemd_calendar',
  aws: `
    ebs_availability_zones ebs_csi_annotations ebs_csi_controller_replicas ebs_csi_enable_volume_resizing
    ebs_csi_enable_volume_scheduling ebs_csi_enable_volume_snapshot ebs_csi_enabled ebs_csi_extra_volume_tags
    ebs_csi_plugin_digest_checksum ebs_csi_plugin_image_repo ebs_csi_plugin_image_tag ebs_csi_plugin_version`,
  azure: `
    aad_client_id aad_client_secret cloud csi_aad_client_id csi_aad_client_secret csi_attacher_image_tag
    csi_controller_affinity csi_controller_replicas csi_enabled csi_image_repo csi_livenessprobe_image_tag
    csi_location csi_node_affinity csi_node_registrar_image_tag csi_plugin_image_repo csi_plugin_image_tag
    csi_plugin_version csi_provisioner_image_tag csi_resizer_image_tag csi_resource_group csi_security_group_name
    csi_snapshotter_image_tag csi_subnet_name csi_subscription_id csi_tags csi_tenant_id csi_use_instance_metadata
    csi_vnet_name csi_vnet_resource_group location resource_group route_table_name route_table_resource_group
    security_group_name security_group_resource_group subnet_name subscription_id tenant_id vmtype vnet_name
    vnet_resource_group`,
  calicoctl: 'binary_checksum download_url',
  cert: `
    management manager_affinity manager_cainjector_digest_checksum manager_cainjector_image_repo
    manager_cainjector_image_tag manager_controller_digest_checksum manager_controller_extra_args
    manager_controller_image_repo manager_controller_image_tag manager_dns_config manager_dns_policy manager_enabled
    manager_http_proxy manager_https_proxy manager_leader_election_namespace manager_namespace manager_no_proxy
    manager_nodeselector manager_tolerations manager_trusted_internal_ca manager_user manager_version
    manager_webhook_digest_checksum manager_webhook_image_repo manager_webhook_image_tag`,
  certificates: 'duration key_size',
  ciliumcli: 'binary_checksum download_url',
  cinder: `
    application_credential_id application_credential_name application_credential_secret auth_url blockstorage_version
    cacert csi_attacher_extra_args csi_attacher_image_tag csi_controller_replicas csi_enabled csi_ignore_volume_az
    csi_livenessprobe_image_tag csi_plugin_digest_checksum csi_plugin_extra_args csi_plugin_image_repo
    csi_plugin_image_tag csi_plugin_version csi_provisioner_extra_args csi_provisioner_image_tag csi_rescan_on_resize
    csi_resizer_extra_args csi_resizer_image_tag csi_snapshotter_extra_args csi_snapshotter_image_tag domain_id
    domain_name liveness_probe_extra_args password region tenant_id tenant_name tolerations topology username`,
  cloud: 'provider resolver',
  cluster: 'id name',
  cni: 'binary_checksum config download_url version',
  container: 'manager manager_on_localhost',
  containerd: `
    additional_runtimes archive_checksum base_runtime_spec_rlimit_nofile base_runtime_specs bin_dir cfg_dir checksum
    debian_repo_base_url debian_repo_gpgkey debian_repo_repokey debug_address debug_format debug_gid debug_level
    debug_uid default_base_runtime_spec_patch default_runtime disable_apparmor disable_hugetlb_controller
    discard_unpacked_layers download_url enable_selinux enable_unprivileged_icmp enable_unprivileged_ports extra_args
    extra_runtime_args fedora_repo_base_url fedora_repo_gpgkey grpc_max_recv_message_size grpc_max_send_message_size
    image_pull_progress_timeout limit_core limit_mem_lock limit_open_file_num limit_proc_num
    max_container_log_line_size metrics_address metrics_grpc_histogram oom_score package package_info
    registries_mirrors registry_auth runc_runtime snapshotter state_dir static_archive_checksum static_binary
    storage_dir supported_distributions systemd_dir tolerate_missing_hugetlb_controller tracing_enabled
    tracing_endpoint tracing_protocol tracing_sampling_ratio tracing_service_name ubuntu_repo_base_url
    ubuntu_repo_gpgkey ubuntu_repo_repokey use_systemd_cgroup version`,
  control: 'plane_health_retries plane_node_become_ready_tries',
  controller: 'extra_args manager_extra_volumes',
  coredns: `
    additional_configs additional_error_config affinity default_zone_cache_block deployment_nodeselector
    digest_checksum external_zones image_repo image_tag k8s_external_zone kubernetes_extra_domains
    kubernetes_extra_opts ordinal_suffix pod_disruption_budget pod_disruption_budget_max_unavailable replicas
    rewrite_block supported_versions svc_name version`,
  coreos: 'auto_upgrade locksmithd_disable',
  cri: `
    dockerd_archive_checksum dockerd_download_url dockerd_log_level dockerd_version socket
    stop_containers_grace_period`,
  crictl: 'binary_checksum download_url image_info_command image_pull_command version',
  crio: `
    additional_mounts archive_checksum cgroup_manager conmon criu_support_enabled default_capabilities default_runtime
    download_base download_crio download_url enable_metrics insecure_registries kubic_debian_repo_name libexec_dir
    log_level man_files metrics_port pause_image pull_progress_timeout registries registry_auth remap_enable
    remap_user required_version root runtime_switch runtimes seccomp_profile selinux signature_policy storage_driver
    stream_port subgid_length subgid_start subuid_length subuid_start version`,
  crun: 'binary_checksum download_url enabled runtime version',
  csi: `
    attacher_digest_checksum attacher_image_repo attacher_image_tag endpoint livenessprobe_digest_checksum
    livenessprobe_image_repo livenessprobe_image_tag node_driver_registrar_digest_checksum
    node_driver_registrar_image_repo node_driver_registrar_image_tag provisioner_digest_checksum
    provisioner_image_repo provisioner_image_tag resizer_digest_checksum resizer_image_repo resizer_image_tag
    snapshot_controller_enabled snapshotter_digest_checksum snapshotter_image_repo snapshotter_image_tag`,
  default: 'kubelet_config_dir searchdomains',
  delete: 'node_delay_seconds node_retries',
  deploy: 'container_engine coredns netchecker',
  disable: 'fapolicyd host_nameservers ipv6_dns',
  dns: `
    attempts autoscaler_affinity autoscaler_cpu_requests autoscaler_deployment_nodeselector
    autoscaler_extra_tolerations autoscaler_memory_requests cores_per_replica cpu_limit cpu_requests domain etchosts
    extra_tolerations late memory_limit memory_requests min_replicas mode nodes_per_replica
    prevent_single_point_failure servers timeout upstream_forward_extra_opts`,
  dnsautoscaler: 'digest_checksum image_repo image_tag version',
  docker: `
    bin_dir cgroup_driver cli_version container_storage_setup container_storage_setup_devs containerd_version
    daemon_graph debian_repo_base_url debian_repo_gpgkey debian_repo_repokey dns_options dns_search_domains
    dns_servers_strict fedora_repo_base_url fedora_repo_gpgkey image_info_command image_pull_command image_repo
    insecure_registries iptables_enabled log_opts mount_flags options orphan_clean_up package_info plugin plugins
    registry_mirrors remove_packages_apt remove_packages_yum repo_info repo_key_info repo_key_keyring rh_repo_base_url
    rh_repo_gpgkey rpm_keepcache storage_options ubuntu_repo_base_url ubuntu_repo_gpgkey ubuntu_repo_repokey version`,
  download: `
    always_pull cache_dir compress container defaults delegate force_cache keep_remote_cache localhost retries
    run_once validate_certs`,
  drain: `
    fallback_enabled fallback_grace_period fallback_retries fallback_retry_delay_seconds fallback_timeout grace_period
    nodes pod_selector retries retry_delay_seconds timeout`,
  enable: `
    cdi coredns_k8s_endpoint_pod_names coredns_k8s_external coredns_reverse_dns_lookups dns_autoscaler
    nat_default_gateway network_policy nodelocaldns nodelocaldns_secondary`,
  etcd: `
    access_address access_addresses address backup_prefix backup_retention_count binary_checksum blkio_weight
    cert_alt_ips cert_alt_names cert_dir cert_group client_url cluster_setup compaction_retention config_dir cpu_limit
    data_dir deployment_type digest_checksum download_url election_timeout events_access_address
    events_access_addresses events_access_addresses_list events_access_addresses_semicolon events_client_url
    events_cluster_enabled events_cluster_setup events_data_dir events_peer_addresses events_peer_url
    experimental_distributed_tracing_address experimental_distributed_tracing_sample_rate
    experimental_distributed_tracing_service_name experimental_enable_distributed_tracing
    experimental_initial_corrupt_check experimental_watch_progress_notify_interval extra_vars heartbeat_interval hosts
    image_repo image_tag listen_metrics_urls log_level max_request_bytes max_snapshots max_wals member_name
    member_requires_sync memory_limit metrics metrics_addresses metrics_port metrics_service_labels node_cert_hosts
    owner peer_addresses peer_client_auth peer_url quota_backend_bytes retries script_dir secret_changed secure_client
    snapshot snapshot_count tls_cipher_suites version`,
  eviction: 'hard hard_control_plane',
  external: `
    cloud_provider hcloud_cloud huawei_cloud_controller_extra_args huawei_cloud_controller_image_repo
    huawei_cloud_controller_image_tag huaweicloud_access_key huaweicloud_auth_url huaweicloud_cacert huaweicloud_cloud
    huaweicloud_lbaas_network_id huaweicloud_lbaas_subnet_id huaweicloud_project_id huaweicloud_region
    huaweicloud_secret_key huaweicloud_security_group_id openstack_application_credential_id
    openstack_application_credential_name openstack_application_credential_secret openstack_auth_url openstack_cacert
    openstack_cloud_controller_bind_address openstack_cloud_controller_dns_policy
    openstack_cloud_controller_extra_args openstack_cloud_controller_image_repo openstack_cloud_controller_image_tag
    openstack_domain_id openstack_domain_name openstack_enable_ingress_hostname openstack_ingress_hostname_suffix
    openstack_lbaas_create_monitor openstack_lbaas_enabled openstack_lbaas_floating_network_id
    openstack_lbaas_floating_subnet_id openstack_lbaas_internal_lb openstack_lbaas_manage_security_groups
    openstack_lbaas_member_subnet_id openstack_lbaas_method openstack_lbaas_monitor_delay
    openstack_lbaas_monitor_max_retries openstack_lbaas_monitor_timeout openstack_lbaas_network_id
    openstack_lbaas_provider openstack_lbaas_subnet_id openstack_max_shared_lb openstack_metadata_search_order
    openstack_network_internal_networks openstack_network_ipv6_disabled openstack_network_public_networks
    openstack_password openstack_region openstack_tenant_id openstack_tenant_name openstack_username
    oracle_auth_fingerprint oracle_auth_key oracle_auth_passphrase oracle_auth_region oracle_auth_tenancy
    oracle_auth_use_instance_principals oracle_auth_user oracle_cloud_controller_image_repo
    oracle_cloud_controller_image_tag oracle_compartment oracle_load_balancer_security_list_management_mode
    oracle_load_balancer_security_lists oracle_load_balancer_subnet1 oracle_load_balancer_subnet2
    oracle_ratelimiter_bucket_read oracle_ratelimiter_bucket_write oracle_ratelimiter_qps_read
    oracle_ratelimiter_qps_write oracle_security_lists oracle_vcn vsphere_cloud_controller_extra_args
    vsphere_cloud_controller_image_tag vsphere_datacenter vsphere_insecure vsphere_kubernetes_cluster_id
    vsphere_password vsphere_user vsphere_vcenter_ip vsphere_vcenter_port vsphere_version`,
  first: 'kube_control_plane kube_control_plane_address',
  gateway: 'api_channel api_crds_download_url api_enabled api_version',
  gcp: `
    pd_csi_attacher_image_tag pd_csi_controller_replicas pd_csi_driver_image_tag pd_csi_enabled pd_csi_image_repo
    pd_csi_plugin_image_repo pd_csi_plugin_image_tag pd_csi_plugin_version pd_csi_provisioner_image_tag
    pd_csi_registrar_image_tag pd_csi_resizer_image_tag pd_csi_sa_cred_file pd_csi_volume_type
    pd_regional_replication_enabled pd_restrict_zone_replication pd_restricted_zones`,
  github: 'image_repo url',
  gvisor: `
    containerd_shim_binary_checksum containerd_shim_runsc_download_url enabled runsc_binary_checksum
    runsc_download_url version`,
  haproxy: 'config_dir digest_checksum image_repo image_tag',
  helm: 'archive_checksum download_url enabled version',
  https: 'proxy proxy_cert_file',
  image: `
    arch command_tool command_tool_on_localhost info_command info_command_on_localhost pull_command
    pull_command_on_localhost`,
  ingress: 'alb_controller_digest_checksum alb_enabled',
  k8s: 'image_pull_policy namespace',
  kata: `
    containers_binary_checksum containers_config_dir containers_containerd_bin_dir containers_dir
    containers_download_url containers_enabled containers_qemu_debug containers_qemu_default_memory
    containers_qemu_enable_mem_prealloc containers_qemu_sandbox_cgroup_only containers_version
    containers_virtio_fs_cache runtimes`,
  kube: `
    api_aggregator_routing api_anonymous_auth api_runtime_config apiserver_access_address apiserver_address
    apiserver_admission_control_config_file apiserver_admission_event_rate_limits
    apiserver_admission_plugins_podnodeselector_default_node_selector apiserver_authentication_config_anonymous
    apiserver_authentication_config_api_version apiserver_authentication_config_jwt
    apiserver_authorization_config_api_version apiserver_authorization_config_authorizers apiserver_bind_address
    apiserver_client_cert apiserver_client_key apiserver_count apiserver_disable_admission_plugins
    apiserver_enable_admission_plugins apiserver_endpoint apiserver_etcd_compaction_interval apiserver_feature_gates
    apiserver_global_endpoint apiserver_ip apiserver_node_port_range apiserver_pod_eviction_not_ready_timeout_seconds
    apiserver_pod_eviction_unreachable_timeout_seconds apiserver_port apiserver_request_timeout
    apiserver_service_account_lookup apiserver_storage_backend apiserver_tracing apiserver_tracing_endpoint
    apiserver_tracing_sampling_rate_per_million apiserver_use_authentication_config_file
    apiserver_use_authorization_config_file asymmetric_encryption_algorithm ca_cert_validity_period cert_compat_dir
    cert_dir cert_group cert_validity_period config_dir controller_feature_gates controller_manager_bind_address
    controller_manager_leader_elect_lease_duration controller_manager_leader_elect_renew_deadline
    controller_node_monitor_grace_period controller_node_monitor_period controller_terminated_pod_gc_threshold
    cpu_reserved dns_servers encrypt_secret_data encrypt_token encrypt_token_extracted encryption_algorithm
    encryption_resources ephemeral_storage_reserved etcd_cacert_file etcd_cert_file etcd_key_file external_ca_mode
    feature_gates image_repo kubeadm_apiserver_extra_args kubeadm_controller_extra_args kubeadm_scheduler_extra_args
    log_level manifest_dir memory_reserved network_node_prefix network_node_prefix_ipv6 network_plugin
    network_plugin_multus node_addresses oidc_auth oidc_ca_cert oidc_ca_file oidc_client_id oidc_groups_claim
    oidc_groups_prefix oidc_url oidc_username_claim oidc_username_prefix override_hostname owner pid_reserved
    pod_security_default_audit pod_security_default_audit_version pod_security_default_enforce
    pod_security_default_enforce_version pod_security_default_warn pod_security_default_warn_version
    pod_security_exemptions_namespaces pod_security_exemptions_runtime_class_names pod_security_exemptions_usernames
    pod_security_use_default pods_subnet pods_subnet_ipv6 profiling proxy_bind_address
    proxy_client_accept_content_types proxy_client_burst proxy_client_content_type proxy_client_kubeconfig
    proxy_client_qps proxy_config_sync_period proxy_conntrack_max_per_core proxy_conntrack_min
    proxy_conntrack_tcp_close_wait_timeout proxy_conntrack_tcp_established_timeout proxy_enable_profiling
    proxy_exclude_cidrs proxy_feature_gates proxy_healthz_bind_address proxy_image_repo proxy_ipvs_modules
    proxy_masquerade_all proxy_masquerade_bit proxy_metrics_bind_address proxy_min_sync_period proxy_mode
    proxy_nodeport_addresses proxy_nodeport_addresses_cidr proxy_nodeselector proxy_oom_score_adj proxy_port_range
    proxy_remove proxy_scheduler proxy_strict_arp proxy_sync_period proxy_tcp_fin_timeout proxy_tcp_timeout
    proxy_udp_timeout read_only_port reserved reserved_cgroups reserved_cgroups_for_service_slice resolv_conf
    resource_quota_limited_resources scheduler_bind_address scheduler_client_conn_extra_opts
    scheduler_config_extra_opts scheduler_extenders scheduler_feature_gates scheduler_leader_elect_extra_opts
    scheduler_leader_elect_lease_duration scheduler_leader_elect_renew_deadline scheduler_profiles script_dir
    service_addresses service_addresses_ipv6 service_cgroups token_auth token_dir version version_min_required
    vip_address vip_arp_enabled vip_bgp_enabled vip_bgp_peeraddress vip_bgp_peeras vip_bgp_peerpass vip_bgp_routerid
    vip_bgp_sourceif vip_bgp_sourceip vip_bgppeers vip_cidr vip_controlplane_enabled vip_cp_detect vip_ddns_enabled
    vip_digest_checksum vip_dns_mode vip_enable_node_labeling vip_enabled vip_image_repo vip_image_tag vip_interface
    vip_lb_enable vip_lb_fwdmethod vip_leader_election_enabled vip_leaseduration vip_leasename vip_local_as
    vip_renewdeadline vip_retryperiod vip_services_enabled vip_services_interface vip_svc_leasename vip_version
    webhook_authorization webhook_authorization_url webhook_authorization_url_skip_tls_verify webhook_token_auth
    webhook_token_auth_ca_data webhook_token_auth_url webhook_token_auth_url_skip_tls_verify`,
  kubeadm: `
    binary_checksum cert_controlplane certificate_key config_api_fqdn config_validate_enabled download_url
    feature_gates ignore_preflight_errors image_pull_serial image_repo images init_phases_skip
    init_phases_skip_default init_timeout join_phases_skip join_phases_skip_default join_timeout patches patches_dir
    refresh_token scale_down_coredns_enabled token upgrade_auto_cert_renewal upgrade_node_phases_skip
    upgrade_node_phases_skip_default use_file_discovery`,
  kubeconfig: 'localhost localhost_ansible_host',
  kubectl: 'alias binary_checksum download_url localhost',
  kubelet: `
    address authentication_token_webhook authorization_mode_webhook binary_checksum bind_address cgroup_driver
    config_dir config_extra_args config_extra_args_cgroupfs cpu_manager_policy cpu_manager_policy_options
    csr_approver_chart_ref csr_approver_chart_version csr_approver_enabled csr_approver_namespace
    csr_approver_repository_name csr_approver_repository_url csr_approver_values custom_flags download_url
    enforce_node_allocatable event_record_qps fail_cgroup_v1 fail_swap_on feature_gates flexvolumes_plugins_dir
    healthz_bind_address healthz_port image_gc_high_threshold image_gc_low_threshold kubelet_cgroups
    kubelet_cgroups_cgroupfs logfiles_max_nr logfiles_max_size make_iptables_util_chains max_parallel_image_pulls
    max_pods pod_pids_limit preferred_address_types protect_kernel_defaults rotate_certificates
    rotate_server_certificates runtime_cgroups runtime_cgroups_cgroupfs seccomp_default secure_addresses
    shutdown_grace_period shutdown_grace_period_critical_pods status_update_frequency
    streaming_connection_idle_timeout swap_behavior systemd_hardening systemd_wants_dependencies
    topology_manager_policy topology_manager_scope tracing tracing_endpoint tracing_sampling_rate_per_million`,
  kubernetes: 'audit audit_webhook host_requires_sync user_manifests_path',
  load: `
    balancers_disable_private_ingress balancers_enabled balancers_location balancers_network_zone
    balancers_use_private_ip`,
  loadbalancer: `
    apiserver apiserver_cpu_requests apiserver_healthcheck_port apiserver_keepalive_timeout apiserver_localhost
    apiserver_memory_requests apiserver_pod_name apiserver_port apiserver_type`,
  local: `
    as path_provisioner_claim_root path_provisioner_debug path_provisioner_digest_checksum path_provisioner_enabled
    path_provisioner_helper_image_repo path_provisioner_helper_image_tag path_provisioner_image_repo
    path_provisioner_image_tag path_provisioner_is_default_storageclass path_provisioner_namespace
    path_provisioner_reclaim_policy path_provisioner_resources path_provisioner_storage_class path_provisioner_version
    release_dir volume_provisioner_base_dir volume_provisioner_digest_checksum volume_provisioner_directory_mode
    volume_provisioner_enabled volume_provisioner_image_repo volume_provisioner_image_tag volume_provisioner_log_level
    volume_provisioner_mount_dir volume_provisioner_namespace volume_provisioner_nodelabels
    volume_provisioner_storage_class volume_provisioner_storage_classes volume_provisioner_tolerations
    volume_provisioner_use_node_name_only volume_provisioner_version`,
  main: 'access_ip ip',
  metallb: `
    config controller_digest_checksum controller_image_repo controller_nodeselector controller_tolerations enabled
    image_tag loadbalancer_class log_level memberlist_port namespace port protocol speaker_digest_checksum
    speaker_enabled speaker_image_repo speaker_nodeselector speaker_tolerations version`,
  metrics: `
    server_container_port server_digest_checksum server_enabled server_extra_affinity server_extra_tolerations
    server_host_network server_image_repo server_image_tag server_kubelet_insecure_tls
    server_kubelet_preferred_address_types server_limits_cpu server_limits_memory server_metric_resolution
    server_nodeselector server_replicas server_requests_cpu server_requests_memory server_version`,
  minimal: 'master_memory_mb node_memory_mb',
  nat: 'outgoing outgoing_ipv6',
  nerdctl: 'archive_checksum download_url image_info_command image_pull_command snapshotter version',
  network: 'id name routes_enabled',
  nginx: 'config_dir digest_checksum image_repo image_tag',
  no: 'proxy proxy_exclude_workers',
  node: `
    feature_discovery_enable_nodefeature_api feature_discovery_enabled feature_discovery_gc_interval
    feature_discovery_gc_replicas feature_discovery_gc_sa_create feature_discovery_gc_sa_name
    feature_discovery_image_repo feature_discovery_image_tag feature_discovery_master_config
    feature_discovery_master_crd_controller feature_discovery_master_instance feature_discovery_master_replicas
    feature_discovery_namespace feature_discovery_version feature_discovery_worker_config
    feature_discovery_worker_sa_create feature_discovery_worker_sa_name feature_discovery_worker_tolerations labels
    taints volume_attach_limit`,
  nodelocaldns: `
    additional_configs bind_metrics_host_ip cpu_requests digest_checksum ds_nodeselector external_zones health_port
    image_repo image_tag ip memory_limit memory_requests prometheus_port second_health_port secondary_prometheus_port
    secondary_skew_seconds version`,
  ntp: `
    driftfile enabled filter_interface force_sync_immediately manage_config package restrict servers timezone
    tinker_panic`,
  nvidia: `
    accelerator_enabled driver_install_centos_container driver_install_container driver_install_supported
    driver_install_ubuntu_container driver_version gpu_device_plugin_container gpu_device_plugin_memory gpu_flavor
    gpu_gtx_base_url gpu_nodes gpu_tesla_base_url url_end`,
  oci: `
    cloud_controller_pull_secret cloud_controller_pull_source compartment_id private_key rate_limit region_id
    security_list_management security_lists subnet1_id subnet2_id tenancy_id use_instance_principals user_fingerprint
    user_id vnc_id`,
  openstack: `
    blockstorage_ignore_volume_az cacert lbaas_create_monitor lbaas_enabled lbaas_floating_network_id lbaas_method
    lbaas_monitor_delay lbaas_monitor_max_retries lbaas_monitor_timeout lbaas_provider lbaas_subnet_id
    lbaas_use_octavia`,
  peer: 'port with_calico_rr with_router',
  pkg: 'install_retries install_timeout',
  pod: 'infra_digest_checksum infra_image_repo infra_image_tag infra_version',
  prometheus: 'operator_crds_download_url operator_crds_enabled operator_crds_version',
  proxy: 'disable_env env env_defaults',
  registry: `
    config digest_checksum disk_size enabled host htpasswd image_repo image_tag ingress_annotations ingress_host
    ingress_tls_secret namespace port replica_count service_annotations service_cluster_ip service_loadbalancer_ip
    service_nodeport service_type storage_access_mode storage_class tls_secret version`,
  remove: 'anonymous_access default_searchdomains',
  reset: 'confirmation nodes restart_network',
  retry: 'count stagger',
  rh: `
    subscription_activation_key subscription_check_timeout subscription_org_id subscription_password subscription_role
    subscription_sla subscription_usage subscription_username`,
  runc: 'bin_dir binary_checksum download_url enabled package_name runtime version',
  scheduler: `
    extra_volumes plugins_controller_image_repo plugins_controller_image_tag plugins_controller_replicas
    plugins_disabled_plugins plugins_enabled plugins_enabled_plugins plugins_namespace plugins_plugin_config
    plugins_scheduler_image_repo plugins_scheduler_image_tag plugins_scheduler_leader_elect plugins_scheduler_replicas
    plugins_supported_versions plugins_version`,
  skip: 'confirmation downloads http_proxy_on_os_packages kubeadm_images',
  skopeo: 'binary_checksum download_url version',
  skydns: 'server server_secondary',
  snapshot: `
    classes controller_digest_checksum controller_image_repo controller_image_tag controller_namespace
    controller_replicas controller_supported_versions`,
  storage: 'account_type classes googleapis_url',
  sysctl: 'file_path ignore_unknown_keys',
  system: `
    cpu_reserved ephemeral_storage_reserved memory_reserved pid_reserved reserved reserved_cgroups
    reserved_cgroups_for_service_slice upgrade upgrade_reboot`,
  tls: 'cipher_suites min_version',
  ubuntu: 'kernel_unattended_upgrades_disabled repo stop_unattended_upgrades',
  upcloud: `
    cacert csi_attacher_image_tag csi_controller_replicas csi_enable_volume_snapshot csi_enabled csi_node_image_tag
    csi_plugin_image_tag csi_provisioner_image_tag csi_resizer_image_tag csi_snapshot_controller_image_tag
    csi_snapshot_controller_replicas csi_snapshot_validation_webhook_image_tag csi_snapshotter_image_tag password
    tolerations username`,
  upgrade: `
    cluster_setup node_always_cordon node_confirm node_fail_if_drain_fails node_pause_seconds
    node_post_upgrade_confirm node_post_upgrade_pause_seconds node_uncordon_after_drain_failure
    post_cilium_wait_timeout`,
  vsphere: `
    csi_aggressive_node_drain csi_aggressive_node_not_ready_timeout csi_aggressive_node_unreachable_timeout
    csi_attacher_image_tag csi_attacher_resources csi_block_volume_snapshot csi_controller csi_controller_replicas
    csi_driver_image_tag csi_driver_resources csi_enabled csi_liveness_probe_controller_resources
    csi_liveness_probe_ds_resources csi_liveness_probe_image_tag csi_namespace csi_node_affinity
    csi_node_driver_registrar_image_tag csi_node_driver_registrar_resources csi_provisioner_image_tag
    csi_provisioner_resources csi_resizer_resources csi_resizer_tag csi_resources csi_snapshotter_image_tag
    csi_snapshotter_resources syncer_image_tag syncer_resources`,
  youki: 'archive_checksum bin_dir download_url enabled runtime version',
  yq: 'binary_checksum download_url version',
  yum: 'repo repo_dir',
};

/** The first word of each of these is that of no other. */
const LONERS = `
  address_pools any_errors_fatal artifacts_dir authorization_modes
  bin_dir cache_size centos_fastestmirror_enabled credentials_dir debian_repo discovery_timeout dl_k8s_io_url
  epel_enabled event_ttl_duration expand_persistent_volumes fedora_coreos_packages files_repo flush_iptables
  force_etcd_cert_refresh gcr_image_repo get_helm_url global_as_num hold_time http_proxy
  ignore_assert_errors ipv4_stack ipv6_stack leave_etc_backup_files manual_dns_server needs_cordoning nri_enabled
  old_dns_domains openeuler_metalink_enabled override_system_hostname persistent_volumes_enabled ping_access_ip
  podman_remove_packages_yum policy_controller_extra_tolerations post_upgrade_hooks preinstall_selinux_state
  pyyaml_package quay_image_repo rbac_enabled reclaim_policy redhat_os_family_extensions resolvconf_mode
  resolveconf_cloud_init_conf restrict_az_provisioning rhel_enable_repos secrets_encryption_query
  ssh_bastion_config_name ssl_ca_dirs supplementary_addresses_in_ssl_keys supported_os_distributions sync_certs
  systemd_resolved_disable_stub_listener unsafe_show_logs upstream_dns_servers use_oracle_public_repo
  volume_cross_zone_attachment`;

const words = (text: string): string[] => text.trim().split(/\s+/);

/** In full: `kube_version`, … */
export const OTHERS: readonly string[] = [
  ...Object.entries(NAMES).flatMap(([first, rest]) => words(rest).map((name) => `${first}_${name}`)),
  ...words(LONERS),
].sort();
