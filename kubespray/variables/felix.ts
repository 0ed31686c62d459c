import { capital, type Facts, says, type Topic, unlike } from './topic.ts';

/** The agent on every node: kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:240-350. */
export function felixTopic({ cluster: { felix } }: Facts): Topic {
  const { metrics } = felix;
  const overrides = Object.entries(felix.featureDetectOverride).map(([feature, value]) => `${feature}=${value}`);
  return {
    title: 'Felix',
    variables: [
      ...says(
        'calico_felix_prometheusmetricsenabled',
        metrics.enabled,
        metrics.enabled ? 'Felix answers Prometheus on every node.' : 'Felix does not answer Prometheus.',
      ),
      ...says('calico_felix_prometheusmetricsport', metrics.port, 'TCP, on the host network.'),
      ...unlike(true, 'calico_felix_prometheusgometricsenabled', metrics.go, 'Without those of the Go runtime.'),
      ...unlike(true, 'calico_felix_prometheusprocessmetricsenabled', metrics.process, 'Without those of the process.'),
      ...unlike('Info', 'calico_felix_log_severity_screen', capital(felix.logSeverity), 'How much Felix logs.'),
      ...unlike(
        '0s',
        'calico_felix_reporting_interval',
        felix.reportingInterval,
        'How often Felix reports its status.',
      ),
      ...unlike(
        'Insert',
        'calico_felix_chaininsertmode',
        capital(felix.chainInsertMode),
        "Calico's chains come after what else is in them.",
      ),
      ...unlike(
        'RETURN',
        'calico_endpoint_to_host_action',
        felix.endpointToHostAction.toUpperCase(),
        'What becomes of packets from a pod to its own node.',
      ),
      ...unlike(
        'Disabled',
        'calico_felix_floating_ips',
        felix.floatingIps ? 'Enabled' : 'Disabled',
        'Pods may ask for floating addresses.',
      ),
      ...unlike(
        false,
        'calico_node_ignorelooserpf',
        felix.ignoreLooseRpf,
        'Felix starts although the kernel filters reverse paths loosely.',
      ),
      ...unlike(
        '',
        'calico_feature_detect_override',
        overrides.join(','),
        'Features that Felix takes as said, not as found.',
      ),
      ...unlike(
        undefined,
        'calico_felix_mtu_iface_pattern',
        felix.mtuInterfacePattern,
        'Interfaces whose MTU is looked at.',
      ),
      ...unlike('localhost', 'calico_healthhost', felix.healthHost, 'Where Felix answers health checks.'),
      ...unlike(
        false,
        'calico_use_default_route_src_ipaddr',
        felix.useDefaultRouteSourceAddress,
        "Traffic from a host to its own pods comes from the node's address.",
      ),
    ],
  };
}
