import { isRecord } from '../../cluster/raw.ts';
import type { Declared, KubernetesObject, ObjectFinding, ObjectRule } from './rule.ts';

const REFERENCE = 'https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitorSpec';
const isMonitor = (object: KubernetesObject): boolean =>
  object.kind === 'ServiceMonitor' && object.apiVersion.startsWith('monitoring.coreos.com/');
const isService = (object: KubernetesObject): boolean => object.kind === 'Service' && object.apiVersion === 'v1';
const concerns = (object: KubernetesObject): boolean => isMonitor(object) || isService(object);

export const monitorWithoutService: ObjectRule = {
  code: 'monitor-without-service',
  title: 'A ServiceMonitor selects a Service',
  class: 'advice',
  description:
    'It selects Services by their labels, not pods; one that matches none is accepted and scrapes nothing. A Service from elsewhere would do, hence advice.',
  reference: REFERENCE,
  concerns,
  fields: ['spec.selector', 'spec.namespaceSelector', 'metadata.labels', 'metadata.namespace'],
  variables: [],
  judge(declared) {
    return declared.objects.filter(isMonitor).flatMap((monitor): ObjectFinding[] => {
      if (selected(monitor, declared)?.length !== 0) return [];
      const message = `ServiceMonitor ${monitor.name} selects ${JSON.stringify(labelsOf(monitor))}, and no Service of this stack has that`;
      const hint = 'Give the Service these labels, or make sure that it is made elsewhere.';
      return [{ urn: monitor.urn, path: 'spec.selector', message, hint }];
    });
  },
};

export const monitorPort: ObjectRule = {
  code: 'monitor-port',
  title: 'A ServiceMonitor names a port that its Service has',
  class: 'harmful',
  description: 'An endpoint names the port of the Service, not its number; a name that is not there scrapes nothing.',
  reference: REFERENCE,
  concerns,
  fields: [
    'spec.selector',
    'spec.namespaceSelector',
    'spec.endpoints',
    'spec.ports',
    'metadata.labels',
    'metadata.namespace',
  ],
  variables: [],
  judge(declared) {
    return declared.objects.filter(isMonitor).flatMap((monitor): ObjectFinding[] => {
      const services = selected(monitor, declared) ?? [];
      const names = new Set(services.flatMap(({ spec }) => records(spec.ports).map((port) => port.name)));
      return services.length === 0
        ? []
        : records(monitor.spec.endpoints).flatMap(({ port }, i) => {
            if (typeof port !== 'string' || names.has(port)) return [];
            const message = `ServiceMonitor ${monitor.name} scrapes port ${port}, and ${services.map((s) => s.name).join(', ')} has ${[...names].join(', ') || 'no named port'}`;
            const hint = 'Write the name that the port has in the Service.';
            return [{ urn: monitor.urn, path: `spec.endpoints[${i}].port`, message, hint }];
          });
    });
  },
};

/** Services of the stack that the monitor selects; undefined where it selects by more than labels. */
function selected(monitor: KubernetesObject, { objects }: Declared): KubernetesObject[] | undefined {
  const { selector, namespaceSelector } = monitor.spec;
  if (!isRecord(selector) || selector.matchExpressions !== undefined) return undefined;
  const labels = Object.entries(labelsOf(monitor));
  const within = isRecord(namespaceSelector) ? namespaceSelector : {};
  const names = Array.isArray(within.matchNames) ? within.matchNames : [monitor.namespace];
  return objects.filter(
    (object) =>
      isService(object) &&
      (within.any === true || names.includes(object.namespace)) &&
      labels.every(([name, value]) => object.labels[name] === value),
  );
}

function labelsOf({ spec }: KubernetesObject): Record<string, unknown> {
  return isRecord(spec.selector) && isRecord(spec.selector.matchLabels) ? spec.selector.matchLabels : {};
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
