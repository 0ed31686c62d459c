import type { Rule } from '../subject.ts';
import { against, numberIn, pathOf } from '../variables.ts';
import { room } from './room.ts';

export const mtuBelowBest: Rule = {
  code: 'mtu-below-best',
  title: 'Packets are as large as they may be',
  class: 'advice',
  description:
    'A smaller MTU than the encapsulation leaves works, and costs throughput: more packets for the same data.',
  reference: 'https://docs.tigera.io/calico/latest/networking/configuring/mtu#determine-mtu-size',
  judge(subject) {
    const left = room(subject);
    const mtu = numberIn(subject, 'calico_mtu');
    if (left === undefined || !(mtu < left.maxMtu)) return [];
    return [
      against(
        mtuBelowBest,
        pathOf(subject, 'calico_mtu'),
        `MTU ${mtu} is less than the ${left.maxMtu} that ${left.what} leaves of ${subject.network.interfaceMtu}`,
        `Write mtu: auto, unless a path between nodes carries less than ${subject.network.interfaceMtu}.`,
      ),
    ];
  },
};
