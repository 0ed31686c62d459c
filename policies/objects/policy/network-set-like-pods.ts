import { formatAddress } from '../../../reachability/address.ts';
import { matches } from '../../../reachability/index.ts';
import type { ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { actingIn, wantsOf } from './acting.ts';
import { endsOf } from './ends.ts';
import { dialectOf, isPolicy } from './kinds.ts';
import { nodeOf } from './labels.ts';
import { listText } from './words.ts';

export const networkSetLikePods: ObjectRule = {
  code: 'network-set-like-pods',
  title: 'A selector means pods or a set of networks, not both by chance',
  class: 'advice',
  description:
    'The labels of a NetworkSet or GlobalNetworkSet are asked as those of pods are: one with app=api is meant by app == "api", and its nets with it.',
  reference:
    'Calico v3.32.1 felix/labelindex; libcalico-go/lib/backend/syncersv1/updateprocessors/networksetprocessor.go',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    const acting = actingIn(declared);
    if (acting === undefined || acting.analysis.base.universe.networkSets.length === 0) return [];
    const { groups, networkSets } = acting.analysis.base.universe;
    return declared.objects
      .filter((object) => dialectOf(object) === 'calico')
      .flatMap((object) =>
        endsOf(object).flatMap(({ path, of, selector }) => {
          const node = selector === '' || of === 'policy' ? undefined : nodeOf(selector);
          // What asks for no label of its own means everybody on purpose.
          if (node === undefined || matches(node, new Map([...nobody]))) return [];
          const sets = networkSets.filter(({ labels }) => matches(node, labels));
          if (sets.length === 0 || !groups.some((labels) => matches(node, labels))) return [];
          const nets = listText(sets.flatMap((set) => set.nets.map((net) => `${formatAddress(net)}/${net.prefix}`)));
          const message = `${nameOf(object)} means pods and a set of networks with one selector: ${nets} with them`;
          return [
            {
              urn: object.urn,
              path,
              message,
              hint: 'Give the set labels that no pod carries, as role: …, and select by them.',
            },
          ];
        }),
      );
  },
  wanting: wantsOf,
};

const nobody = [['projectcalico.org/namespace', '']] as const;
