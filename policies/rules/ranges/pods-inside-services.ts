import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';
import { type Family, ipv4, isInside, rangeIn } from './family.ts';

export const podsInsideServices: Rule = {
  code: 'pods-inside-services',
  title: 'The pod range does not lie inside the service range',
  class: 'refused',
  description:
    'kubespray stops with “kube_pods_subnet cannot be the same network segment as kube_service_addresses”. It looks no further: any other overlap is found by ranges-apart.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:110',
  judge: (subject) => insideServices(podsInsideServices, subject, ipv4),
};

export function insideServices(rule: Rule, subject: Subject, family: Family): Finding[] {
  if (!family.isOn(subject)) return [];
  const [pods, services] = [valueIn(subject, family.pods), valueIn(subject, family.services)];
  const [inner, outer] = [rangeIn(family, pods), rangeIn(family, services)];
  if (inner === undefined || outer === undefined || !isInside(outer, inner)) return [];
  const message = `the pod range ${show(pods)} lies inside the service range ${show(services)}`;
  const hint = `Choose another for ${pathOf(subject, family.pods)} or ${pathOf(subject, family.services)}.`;
  return [against(rule, pathOf(subject, family.pods), message, hint)];
}
