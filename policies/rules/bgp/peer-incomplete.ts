import type { Finding } from '../../../cluster/finding.ts';
import { isRecord } from '../../../cluster/raw.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate, isTruthy, pathOf, show, valueIn } from '../variables.ts';

export const peerIncomplete: Rule = {
  code: 'peer-incomplete',
  title: 'Every BGP peer has an address (router_id) and an AS number (as)',
  class: 'refused',
  description:
    'kubespray does not look at the peers before it writes them to Calico, at the end of the installation, and stops there.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml:14, :97',
  judge(subject) {
    if (!isTruthy(valueIn(subject, 'peer_with_router'))) return [];
    return [
      ...incomplete(pathOf(subject, 'peers'), valueIn(subject, 'peers')),
      ...subject.hosts.flatMap(({ name, variables = {} }) => incomplete(`nodes.${name}.bgp.peers`, variables.peers)),
    ];
  },
};

function incomplete(path: string, peers: unknown): Finding[] {
  if (peers === undefined || peers === null || isTemplate(peers)) return [];
  if (!Array.isArray(peers)) {
    const hint = 'Write a list of routers, each with router_id and as.';
    return [against(peerIncomplete, path, `peers is ${show(peers)}, not a list`, hint)];
  }
  return peers.flatMap((peer: unknown, i) => {
    if (isTemplate(peer)) return [];
    return ['router_id', 'as']
      .filter((field) => !isSaid(isRecord(peer) ? peer[field] : undefined))
      .map((field) => {
        const hint = field === 'as' ? 'Write the AS number of the router.' : 'Write the address of the router.';
        return against(peerIncomplete, `${path}[${i}].${field}`, `the peer ${show(peer)} has no ${field}`, hint);
      });
  });
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
