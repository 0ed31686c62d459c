import type { KubernetesObject, ObjectFinding, ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { isMonitoring } from './monitoring-refuses.ts';
import { troublesOfRules } from './rule-troubles.ts';
import { type Trouble, troublesOfMonitor } from './scrape-troubles.ts';

export const monitoringSkipped: ObjectRule = {
  code: 'monitoring-skipped',
  title: 'The Prometheus operator can make use of its objects',
  class: 'harmful',
  description:
    'A regex that does not compile, a relabelling without its target, a rule that Prometheus would not load: the API takes the object, and the operator passes it over as a whole. Nothing of it is scraped, none of its alerts can fire, and only the operator’s log says so.',
  reference: 'prometheus-operator v0.85.0 pkg/prometheus/resource_selector.go:379, pkg/operator/rules.go:168',
  concerns: isMonitoring,
  fields: ['spec'],
  variables: [],
  judge({ objects }) {
    return objects.filter(isMonitoring).flatMap((object) =>
      troublesOf(object).map(
        ({ path, what, hint }): ObjectFinding => ({
          urn: object.urn,
          path,
          message: `${nameOf(object)}: ${what}, and the operator passes the whole object over`,
          hint,
        }),
      ),
    );
  },
};

function troublesOf({ kind, spec }: KubernetesObject): Trouble[] {
  return kind === 'PrometheusRule' ? troublesOfRules(spec) : troublesOfMonitor(spec);
}
