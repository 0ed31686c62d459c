import type { Resources } from '../../cluster/index.ts';
import { type Facts, type Said, says, type Topic, unlike } from './topic.ts';

/** Where Felix listens for Prometheus; without it, on every address (Calico v3.31.5 felix/config/config_params.go:406). */
export const METRICS_HOST = 'FELIX_PROMETHEUSMETRICSHOST';

/** The DaemonSet calico-node. */
export function nodeTopic({ cluster }: Facts): Topic {
  const { node } = cluster.calico;
  const environment = { ...metricsAddress(cluster), ...node.environment };
  return {
    title: 'calico-node',
    variables: [
      ...resources('calico_node', node.resources, {
        cpuRequest: '150m',
        cpuLimit: '0',
        memoryRequest: '64M',
        memoryLimit: '500M',
      }),
      ...unlike(
        'kubernetes.io/os: linux',
        'calico_ds_nodeselector',
        node.nodeSelector,
        'Nodes that run it: one label.',
      ),
      ...unlike('info', 'calico_loglevel', node.logLevel, 'How much it logs.'),
      ...unlike('error', 'calico_node_startup_loglevel', node.startupLogLevel, 'How much it logs while it starts.'),
      ...unlike(
        10,
        'calico_node_livenessprobe_timeout',
        node.livenessTimeoutSeconds,
        'Seconds until it counts as dead.',
      ),
      ...unlike(
        10,
        'calico_node_readinessprobe_timeout',
        node.readinessTimeoutSeconds,
        'Seconds until it counts as not ready.',
      ),
      ...(Object.keys(environment).length === 0
        ? []
        : says(
            'calico_node_extra_envs',
            environment,
            'Further environment, and where Felix listens: felix.metrics.address.',
          )),
      ...unlike(
        300,
        'calico_kubeconfig_wait_timeout',
        node.kubeconfigTimeoutSeconds,
        'Seconds that workers wait for the kubeconfig of the plugin.',
      ),
    ],
  };
}

/** kubespray has no variable for it; NODEIP is in the environment before (kubespray v2.31.0 …/templates/calico-node.yml.j2:307,354). */
function metricsAddress({ felix: { metrics } }: Facts['cluster']): Record<string, string> {
  if (!metrics.enabled || metrics.address === 'any') return {};
  return { [METRICS_HOST]: metrics.address === 'node' ? '$(NODEIP)' : metrics.address };
}

/** The CNI plugin that kubelet calls. */
export function cniTopic({ cluster }: Facts): Topic {
  const { cni } = cluster.calico;
  return {
    title: 'CNI plugin',
    variables: [
      ...unlike('k8s-pod-network', 'calico_cni_name', cni.name, 'Name of the network in its configuration.'),
      ...unlike(
        '/var/log/calico/cni/cni.log',
        'calico_cni_log_file_path',
        cni.logFile === 'none' ? false : cni.logFile,
        'Where it logs; false is nowhere.',
      ),
      ...unlike(false, 'calico_allow_ip_forwarding', cni.ipForwarding, 'Pods may forward packets.'),
      ...(Object.keys(cni.featureControl).length === 0
        ? []
        : says('calico_feature_control', cni.featureControl, 'Further switches of the plugin.')),
    ],
  };
}

export function kubeControllersTopic({ cluster }: Facts): Topic {
  const { kubeControllers } = cluster.calico;
  return {
    title: 'kube-controllers',
    variables: [
      ...resources('calico_policy_controller', kubeControllers.resources, {
        cpuRequest: '30m',
        cpuLimit: '1000m',
        memoryRequest: '64M',
        memoryLimit: '256M',
      }),
      ...unlike(
        'kubernetes.io/os: linux',
        'calico_policy_controller_deployment_nodeselector',
        kubeControllers.nodeSelector,
        'Nodes that may run it: one label.',
      ),
      ...unlike('info', 'calico_policy_controller_log_level', kubeControllers.logLevel, 'How much it logs.'),
    ],
  };
}

export function typhaTopic({ cluster }: Facts): Topic {
  const { typha } = cluster.calico;
  if (typha === undefined) return { title: 'Typha', variables: [] };
  return {
    title: 'Typha',
    variables: [
      ...says('typha_enabled', true, 'Stands between calico-node and the Kubernetes API.'),
      ...unlike(1, 'typha_replicas', typha.replicas, 'One for every 100 to 200 nodes.'),
      ...unlike(false, 'typha_secure', typha.secure, 'TLS between calico-node and Typha.'),
      ...unlike(
        300,
        'typha_max_connections_lower_limit',
        typha.maxConnectionsLowerLimit,
        'Connections that one always takes.',
      ),
      ...unlike(false, 'typha_prometheusmetricsenabled', typha.metrics.enabled, 'Typha answers Prometheus.'),
      ...unlike(9093, 'typha_prometheusmetricsport', typha.metrics.port, 'TCP, on the host network.'),
    ],
  };
}

/** kubespray's names of the images. */
const images = {
  node: 'calico_node',
  cni: 'calico_cni',
  kubeControllers: 'calico_policy',
  typha: 'calico_typha',
  apiServer: 'calico_apiserver',
} as const;

export function imagesTopic({ cluster }: Facts): Topic {
  return {
    title: 'Images',
    variables: (Object.keys(images) as (keyof typeof images)[]).flatMap((part) => [
      ...unlike(
        undefined,
        `${images[part]}_image_repo`,
        cluster.calico.images[part]?.repository,
        'From a registry of our own.',
      ),
      ...unlike(
        undefined,
        `${images[part]}_image_tag`,
        cluster.calico.images[part]?.tag,
        'Instead of the tag of calico_version.',
      ),
    ]),
  };
}

/** Quantities stay texts: kubespray compares the limit of calico-node with "0" (calico-node.yml.j2:364). */
function resources(prefix: string, value: Resources, usual: Resources): Said[] {
  return [
    ...unlike(usual.cpuRequest, `${prefix}_cpu_requests`, value.cpuRequest, 'CPU that is set aside for it.'),
    ...unlike(usual.cpuLimit, `${prefix}_cpu_limit`, value.cpuLimit, 'CPU it may take at most.'),
    ...unlike(
      usual.memoryRequest,
      `${prefix}_memory_requests`,
      value.memoryRequest,
      'Memory that is set aside for it.',
    ),
    ...unlike(
      usual.memoryLimit,
      `${prefix}_memory_limit`,
      value.memoryLimit,
      'Memory it may take before it is killed.',
    ),
  ];
}
