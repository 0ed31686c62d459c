import { range, withoutHostBits } from '../../cluster/cidr.ts';
import type { Rule } from './subject.ts';
import { against, pathOf, show, valueIn } from './variables.ts';

export const rangeUnreadable: Rule = {
  code: 'range-unreadable',
  title: 'Every range is an IPv4 network in CIDR notation',
  class: 'refused',
  description: 'A bare address, or one with bits set behind the prefix, is no network range to kubespray v2.31.0.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml “is a network range”',
  judge(subject) {
    const names = ['kube_pods_subnet', 'kube_service_addresses', 'calico_pool_cidr'];
    const ranges = names.map((name) => ({ path: pathOf(subject, name), text: valueIn(subject, name) }));
    return [...ranges, { path: 'network.nodes', text: subject.network.nodes }].flatMap(({ path, text }) => {
      if (text === undefined) return [];
      if (typeof text !== 'string' || range(text) === undefined) {
        return [against(rangeUnreadable, path, `${show(text)} is no IPv4 range`, 'Write one like 10.244.0.0/16.')];
      }
      const network = withoutHostBits(text);
      if (network === text) return [];
      return [against(rangeUnreadable, path, `${text} names an address inside its range`, `Write ${network}.`)];
    });
  },
};
