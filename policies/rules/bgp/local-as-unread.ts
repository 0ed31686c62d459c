import type { Rule } from '../subject.ts';
import { against, hostPathOf, isOn, isTemplate, saidIn, show } from '../variables.ts';

export const localAsUnread: Rule = {
  code: 'local-as-unread',
  title: 'AS numbers of single nodes are said where they are read',
  class: 'harmful',
  description:
    'kubespray gives a node its local_as only while it peers with routers, and never where there are route reflectors: elsewhere the node keeps the AS number of the cluster.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml:31, install.yml:492',
  judge(subject) {
    const router = saidIn(subject, 'peer_with_router');
    if (isTemplate(router)) return [];
    const hasReflector = subject.hosts.some((host) => host.groups.includes('calico_rr'));
    if (isOn(subject, 'peer_with_router') && !hasReflector) return [];
    const why = hasReflector ? 'beside route reflectors' : 'without peer_with_router';
    return subject.hosts.flatMap(({ name, variables: { local_as: own } = {} }) => {
      if (own === undefined || own === null || isTemplate(own)) return [];
      const path = hostPathOf(subject, name, 'local_as');
      return [against(localAsUnread, path, `the AS number ${show(own)} of ${name} is not read ${why}`, HINT)];
    });
  },
};

const HINT = 'Let every node have the AS number of the cluster, or peer with routers and have no reflectors.';
