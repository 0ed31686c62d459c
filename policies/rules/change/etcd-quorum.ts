import type { Facts } from '../../../kubespray/plan/types.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';
import { guide } from './fixed.ts';

export const etcdQuorum: Rule = {
  code: 'etcd-quorum',
  title: 'A majority of the etcd members stays',
  class: 'refused',
  description:
    'Without a majority etcd takes no more changes, the removal of a member neither: the cluster stands still until it is recovered by hand.',
  reference: 'etcd.io/docs/v3.5/faq “What is failure tolerance?”; kubespray v2.31.0 docs/operations/nodes.md:128',
  judge({ change }) {
    if (change === undefined) return [];
    const { applied, desired } = change;
    if ([applied, desired].some(({ hosts }) => Object.values(hosts).some(({ groups }) => groups.some(isTemplate))))
      return [];
    const members = etcdOf(applied);
    const leave = members.filter((name) => desired.hosts[name]?.groups.includes('etcd') !== true);
    const stay = members.length - leave.length;
    if (leave.length === 0 || stay * 2 > members.length) return [];
    const message = `${leave.join(' and ')} would leave etcd, and ${stay} of its ${members.length} members stay`;
    const most = Math.ceil(members.length / 2) - 1;
    const hint = `${most < 1 ? 'Take none of them out' : `Take out ${most} at the most`} with one \`up\`, and let others join first; ${guide('remove-a-node')} has the order.`;
    return [against(etcdQuorum, 'nodes', message, hint)];
  },
};

function etcdOf({ hosts }: Facts): string[] {
  return Object.entries(hosts).flatMap(([name, { groups }]) => (groups.includes('etcd') ? [name] : []));
}
