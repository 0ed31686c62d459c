import { isRecord } from '../../cluster/raw.ts';
import { isTruthy, numberIn, pathOf, valueIn } from '../rules/variables.ts';
import type { Declared, KubernetesObject, ObjectFinding, ObjectRule } from './rule.ts';

const PORT = 'calico_felix_prometheusmetricsport';
const ENABLED = 'calico_felix_prometheusmetricsenabled';

export const metricsPort: ObjectRule = {
  code: 'metrics-port',
  title: 'The metrics Service leads to the port on which Felix answers',
  class: 'harmful',
  description:
    'Prometheus finds the endpoints, and nobody answers there: every calico-node is down to it. Felix listens on calico_felix_prometheusmetricsport (9091), where calico_felix_prometheusmetricsenabled is true.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:299',
  concerns: (object) => isMetricsService(object),
  fields: ['spec.selector', 'spec.ports'],
  variables: [PORT, ENABLED],
  judge(declared) {
    const felix = felixOf(declared);
    if (felix === undefined) return [];
    return declared.objects.filter(isMetricsService).flatMap((object): ObjectFinding[] => {
      if (!felix.enabled) {
        const message = `Service ${object.name} leads to Felix's metrics, and they are off (${felix.enabledPath})`;
        return [{ urn: object.urn, path: 'spec.ports', message, hint: 'Enable them, or leave the Service out.' }];
      }
      return portsOf(object).flatMap(({ target, index }) => {
        if (target === undefined || target === felix.port) return [];
        const message = `Service ${object.name} leads to port ${target}, and Felix answers on ${felix.port} (${felix.portPath})`;
        const path = `spec.ports[${index}].targetPort`;
        return [{ urn: object.urn, path, message, hint: `Write targetPort: ${felix.port}.` }];
      });
    });
  },
  remedy(object, declared) {
    const felix = felixOf(declared);
    if (felix?.enabled !== true || !isMetricsService(object)) return undefined;
    const wrong = portsOf(object).filter(({ target }) => target !== undefined && target !== felix.port);
    if (wrong.length === 0) return undefined;
    const ports = (object.spec.ports as unknown[]).map((port, index) =>
      wrong.some((each) => each.index === index) && isRecord(port) ? { ...port, targetPort: felix.port } : port,
    );
    return { ...object.spec, ports };
  },
};

/** Felix of the one cluster a stack declares; which of several a Service goes to is not known here. */
function felixOf({ inventories }: Declared) {
  const [only, ...others] = inventories;
  if (only === undefined || others.length > 0) return undefined;
  const { subject } = only;
  const said = valueIn(subject, PORT);
  const port = said === undefined ? 9091 : numberIn(subject, PORT);
  if (!Number.isInteger(port)) return undefined;
  return {
    port,
    portPath: pathOf(subject, PORT),
    enabled: isTruthy(valueIn(subject, ENABLED)),
    enabledPath: pathOf(subject, ENABLED),
  };
}

function isMetricsService({ apiVersion, kind, spec }: KubernetesObject): boolean {
  return (
    apiVersion === 'v1' && kind === 'Service' && isRecord(spec.selector) && spec.selector['k8s-app'] === 'calico-node'
  );
}

/** Ports for metrics: the one there is, or those named so. A target that is a name is the pod's business. */
function portsOf({ spec }: KubernetesObject): { target: number | undefined; index: number }[] {
  const ports = Array.isArray(spec.ports) ? spec.ports : [];
  return ports.flatMap((port: unknown, index) => {
    if (!isRecord(port)) return [];
    if (ports.length > 1 && !(typeof port.name === 'string' && /metrics/i.test(port.name))) return [];
    const target = port.targetPort ?? port.port;
    return [{ target: typeof target === 'number' ? target : undefined, index }];
  });
}
