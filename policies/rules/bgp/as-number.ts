import { isRecord } from '../../../cluster/raw.ts';
import type { Rule } from '../subject.ts';
import { against, hostPathOf, isTemplate, numberOf, pathOf, show, valueIn } from '../variables.ts';

export const asNumber: Rule = {
  code: 'as-number',
  title: 'An AS number is one from 1 to 4294967295',
  class: 'refused',
  description:
    'kubespray hands AS numbers on unread, and calicoctl refuses what is none at the end of the installation. 64512 to 65534 and 4200000000 to 4294967294 are for private use.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:337, peer_with_router.yml:14, :44',
  judge(subject) {
    const hint = 'Write a number from 1 to 4294967295: 64512.';
    const at = (path: string, value: unknown) => {
      if (value === undefined || value === null || value === '' || isTemplate(value) || isNumber(value)) return [];
      return [against(asNumber, path, `${show(value)} is no AS number`, hint)];
    };
    const ofPeers = (path: string, peers: unknown) =>
      Array.isArray(peers) ? peers.flatMap((peer, i) => (isRecord(peer) ? at(`${path}[${i}].as`, peer.as) : [])) : [];
    return [
      ...at(pathOf(subject, 'global_as_num'), valueIn(subject, 'global_as_num')),
      ...ofPeers(pathOf(subject, 'peers'), valueIn(subject, 'peers')),
      ...subject.hosts.flatMap(({ name, variables: own = {} }) => [
        ...at(hostPathOf(subject, name, 'local_as'), own.local_as),
        ...ofPeers(`nodes.${name}.bgp.peers`, own.peers),
      ]),
    ];
  },
};

/** Calico also takes `1.10`, two halves of 16 bits. */
function isNumber(value: unknown): boolean {
  const halves = typeof value === 'string' ? /^(\d{1,5})\.(\d{1,5})$/.exec(value) : null;
  const number = halves === null ? numberOf(value) : Number(halves[1]) * 65536 + Number(halves[2]);
  return Number.isInteger(number) && number >= 1 && number <= 4294967295;
}
