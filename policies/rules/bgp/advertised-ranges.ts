import { ipv4, ipv6, rangeIn } from '../ranges/family.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate, pathOf, show, valueIn } from '../variables.ts';

export const advertisedRanges: Rule = {
  code: 'advertised-ranges',
  title: 'What is advertised are ranges in CIDR notation',
  class: 'refused',
  description:
    'kubespray hands the lists on unread, and calicoctl refuses what is no range at the end of the installation.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:294, :300',
  judge(subject) {
    const names = ['calico_advertise_service_external_ips', 'calico_advertise_service_loadbalancer_ips'];
    return names.flatMap((name) => {
      const ranges = valueIn(subject, name);
      const path = pathOf(subject, name);
      if (ranges === undefined) return [];
      if (!Array.isArray(ranges)) {
        return [against(advertisedRanges, path, `${name} is ${show(ranges)}, not a list`, 'Write a list of ranges.')];
      }
      return ranges.flatMap((text: unknown, i) => {
        if (isTemplate(text) || [ipv4, ipv6].some((family) => rangeIn(family, text) !== undefined)) return [];
        const hint = 'Write one like 203.0.113.0/24; one address is 203.0.113.7/32.';
        return [against(advertisedRanges, `${path}[${i}]`, `${show(text)} is no range`, hint)];
      });
    });
  },
};
