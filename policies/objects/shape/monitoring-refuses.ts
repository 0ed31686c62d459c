import { wrongFields } from '../../../reachability/validate/fields/index.ts';
import type { KubernetesObject, ObjectRule } from '../rule.ts';
import { named } from './kubernetes-refuses.ts';
import { findingsOf } from './said.ts';

export const monitoringRefuses: ObjectRule = {
  code: 'monitoring-refuses',
  title: 'An object of the Prometheus operator holds what its definition takes',
  class: 'refused',
  description:
    'A value of another type, a word that is none, a duration that Prometheus cannot read: the API server refuses the object in the middle of the up.',
  reference: 'prometheus-operator v0.85.0 example/prometheus-operator-crd',
  concerns: isMonitoring,
  fields: ['spec', 'metadata.name', 'metadata.labels'],
  variables: [],
  judge({ objects }) {
    return objects.filter(isMonitoring).flatMap((object) => {
      const { apiVersion, kind, spec } = object;
      const wrong = wrongFields(apiVersion, kind, spec).map(({ path, must }) => `${path} ${must}`);
      return findingsOf(
        object,
        [...named(object), ...wrong],
        `https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.${kind}`,
      );
    });
  },
};

export function isMonitoring({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === 'monitoring.coreos.com/v1' && /^(ServiceMonitor|PodMonitor|PrometheusRule)$/.test(kind);
}
