import { nearest } from '../../../cluster/nearest.ts';
import { builtInTiers, calicoVersion } from '../../../reachability/policy/order.ts';
import type { KubernetesObject, ObjectFinding, ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';

export const tierMissing: ObjectRule = {
  code: 'tier-missing',
  title: 'The tier of a policy is there',
  class: 'harmful',
  description:
    'Calico’s API server refuses a policy of a tier that does not exist; where the API is served by the definitions alone it is accepted, and Felix asks it after every other, so that what should come first comes last.',
  reference:
    'Calico v3.32.1 felix/calc/policy_sorter.go:148, v3.31.5 libcalico-go/lib/clientv3/globalnetworkpolicy.go:50',
  concerns: (object) => isTier(object) || tierOf(object) !== undefined,
  fields: ['spec.tier', 'metadata.name'],
  variables: [],
  judge({ objects, worlds, unread = [] }) {
    // A tier whose name is not known yet may be any.
    if (unread.some(isTier)) return [];
    const version = calicoVersion(worlds[0]?.calico);
    const known = new Set([
      ...builtInTiers(version).map(({ name }) => name),
      ...objects.filter(isTier).map(({ name }) => name),
      ...worlds.flatMap(({ resources }) =>
        resources.filter(({ kind }) => kind === 'Tier').map(({ metadata }) => metadata.name),
      ),
    ]);
    return objects.flatMap((object): ObjectFinding[] => {
      const tier = tierOf(object);
      if (tier === undefined || known.has(tier)) return [];
      const near = nearest(tier, [...known], Math.max(2, Math.floor(tier.length / 3)));
      const declare = `declare a Tier ${tier}`;
      return [
        {
          urn: object.urn,
          path: 'spec.tier',
          message: `${nameOf(object)} lies in the tier ${tier}, and this stack declares none of that name`,
          hint:
            near === undefined ? `D${declare.slice(1)} with an order.` : `Write ${near}, or ${declare} with an order.`,
        },
      ];
    });
  },
};

const tiered: ReadonlySet<string> = new Set([
  'NetworkPolicy',
  'GlobalNetworkPolicy',
  'StagedNetworkPolicy',
  'StagedGlobalNetworkPolicy',
]);

function isTier({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === 'projectcalico.org/v3' && kind === 'Tier';
}

function tierOf({ apiVersion, kind, spec }: KubernetesObject): string | undefined {
  const { tier } = spec;
  const has = apiVersion === 'projectcalico.org/v3' && tiered.has(kind);
  return has && typeof tier === 'string' && tier !== '' ? tier : undefined;
}
