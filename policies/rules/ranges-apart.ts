import { overlaps, range } from '../../cluster/cidr.ts';
import type { Rule } from './subject.ts';
import { against, pathOf, show, valueIn } from './variables.ts';

export const rangesApart: Rule = {
  code: 'ranges-apart',
  title: 'Pods, services and nodes have ranges of their own',
  class: 'harmful',
  description:
    'A packet for an address in two ranges goes to one of them: services inside the pod range, or pods inside the LAN, are never reached. kubespray compares only one pair, and in one direction.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml “does not collide with kube_service_addresses”',
  judge(subject) {
    const ranges = [
      { what: 'pod range', text: valueIn(subject, 'kube_pods_subnet'), path: pathOf(subject, 'kube_pods_subnet') },
      {
        what: 'service range',
        text: valueIn(subject, 'kube_service_addresses'),
        path: pathOf(subject, 'kube_service_addresses'),
      },
      { what: 'node range', text: subject.network.nodes, path: 'network.nodes' },
    ];
    return ranges.flatMap((a, i) =>
      ranges.slice(i + 1).flatMap((b) => {
        const [first, second] = [range(a.text), range(b.text)];
        if (first === undefined || second === undefined || !overlaps(first, second)) return [];
        const message = `the ${a.what} ${show(a.text)} and the ${b.what} ${show(b.text)} (${b.path}) overlap`;
        return [against(rangesApart, a.path, message, 'Choose ranges that share no address.')];
      }),
    );
  },
};
