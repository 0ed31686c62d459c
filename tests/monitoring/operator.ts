/**
 * What the Prometheus operator makes of ServiceMonitors, with what it would find written out: candidates are all Services of the cluster and the
 * pods that they select, each with the labels that Kubernetes' discovery gives (prometheus-operator v0.85.0 pkg/prometheus/promcfg.go,
 * generateServiceMonitorConfig; https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config, role endpoints).
 */
import type { KubernetesObject } from '../../cluster/index.ts';
import type { Labels } from '../../cluster/types.ts';

export interface Pod {
  readonly name: string;
  readonly labels: Labels;
  readonly node: string;
  readonly address: string;
}

interface ServiceSpec {
  readonly selector?: Labels;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort?: number }[];
}

interface MonitorSpec {
  readonly selector: { readonly matchLabels: Labels };
  readonly endpoints: readonly {
    readonly port: string;
    readonly interval: string;
    readonly relabelings?: readonly { readonly sourceLabels: readonly string[]; readonly targetLabel: string }[];
  }[];
}

type Relabel = Readonly<Record<string, unknown>>;

/** `scrape_configs` of prometheus.yml. */
export function scrapeConfigs(
  monitors: readonly KubernetesObject[],
  services: readonly KubernetesObject[],
  pods: readonly Pod[],
): object[] {
  return monitors.flatMap(({ metadata, spec }) => {
    const { selector, endpoints } = spec as unknown as MonitorSpec;
    const near = services.filter((service) => service.metadata.namespace === metadata.namespace);
    return endpoints.map((endpoint, at) => ({
      job_name: `serviceMonitor/${metadata.namespace}/${metadata.name}/${at}`,
      honor_timestamps: true,
      scrape_interval: endpoint.interval,
      metrics_path: '/metrics',
      relabel_configs: [
        ...Object.entries(selector.matchLabels).map(([label, value]) => keep(serviceLabels(label), `(${value});true`)),
        keep(['__meta_kubernetes_endpoint_port_name'], endpoint.port),
        into('node', 'Node;(.*)', TARGET),
        into('pod', 'Pod;(.*)', TARGET),
        into('namespace', '(.*)', ['__meta_kubernetes_namespace']),
        into('service', '(.*)', ['__meta_kubernetes_service_name']),
        into('pod', '(.*)', ['__meta_kubernetes_pod_name']),
        into('job', '(.*)', ['__meta_kubernetes_service_name']),
        { target_label: 'endpoint', replacement: endpoint.port },
        ...(endpoint.relabelings ?? []).map(({ sourceLabels, targetLabel }) => into(targetLabel, '(.*)', sourceLabels)),
      ],
      static_configs: near.flatMap((service) => candidates(service, pods)),
    }));
  });
}

const TARGET = ['__meta_kubernetes_endpoint_address_target_kind', '__meta_kubernetes_endpoint_address_target_name'];

function keep(source_labels: readonly string[], regex: string): Relabel {
  return { action: 'keep', source_labels, regex };
}

function into(target_label: string, regex: string, source_labels: readonly string[]): Relabel {
  return { source_labels, regex, target_label, replacement: '$1', separator: ';' };
}

function serviceLabels(label: string): string[] {
  const name = label.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return [`__meta_kubernetes_service_label_${name}`, `__meta_kubernetes_service_labelpresent_${name}`];
}

/** The endpoints of a Service, port by port. */
function candidates({ metadata, spec }: KubernetesObject, pods: readonly Pod[]): object[] {
  const { selector, ports } = spec as unknown as ServiceSpec;
  const own = Object.entries(selector ?? {});
  const chosen =
    own.length === 0 ? [] : pods.filter(({ labels }) => own.every(([key, value]) => labels[key] === value));
  return chosen.flatMap((pod) =>
    ports.map(({ name, port, targetPort }) => ({
      targets: [`${pod.address}:${targetPort ?? port}`],
      labels: {
        __meta_kubernetes_namespace: metadata.namespace,
        __meta_kubernetes_service_name: metadata.name,
        ...Object.fromEntries(
          Object.entries(metadata.labels ?? {}).flatMap(([label, value]) => {
            const [labelled = '', present = ''] = serviceLabels(label);
            return [[labelled, value] as const, [present, 'true'] as const];
          }),
        ),
        __meta_kubernetes_endpoint_port_name: name,
        __meta_kubernetes_endpoint_address_target_kind: 'Pod',
        __meta_kubernetes_endpoint_address_target_name: pod.name,
        __meta_kubernetes_pod_name: pod.name,
        __meta_kubernetes_pod_node_name: pod.node,
      },
    })),
  );
}
