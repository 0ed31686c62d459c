import { calicoVersion } from '../../../reachability/policy/order.ts';
import { valueIn } from '../../rules/variables.ts';
import type { Declared, KubernetesObject, ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';

const VARIABLE = 'calico_version';

export const adminPolicyUnenforced: ObjectRule = {
  code: 'admin-policy-unenforced',
  title: 'The policies of the cluster’s administrator are of a kind that this Calico enforces',
  class: 'harmful',
  description:
    'Calico 3.29 to 3.31 enforce AdminNetworkPolicy and, but for 3.29, BaselineAdminNetworkPolicy; from 3.32 on ClusterNetworkPolicy in their place; older ones none of them. The API takes each of them as long as its definition is there, and nobody says that it does nothing any more.',
  reference: 'Calico v3.32.1 libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go; v3.31.5 conversion.go',
  concerns: isAdministrators,
  fields: [],
  variables: [VARIABLE],
  judge(declared) {
    const version = versionIn(declared);
    if (version === undefined) return [];
    const { clusterPolicies, adminPolicies, baselinePolicies } = calicoVersion(version);
    const kinds: Readonly<Record<string, { enforced: boolean; since: string }>> = {
      ClusterNetworkPolicy: { enforced: clusterPolicies, since: 'from 3.32 on' },
      AdminNetworkPolicy: { enforced: adminPolicies, since: 'in 3.29 to 3.31 alone' },
      BaselineAdminNetworkPolicy: { enforced: baselinePolicies, since: 'in 3.30 and 3.31 alone' },
    };
    return declared.objects.filter(isAdministrators).flatMap((object) => {
      const { enforced = true, since } = kinds[object.kind] ?? {};
      if (enforced) return [];
      const message = `Calico ${version} does not enforce ${nameOf(object)}: it does ${object.kind} ${since}`;
      const hint = hintOf(object.kind === 'ClusterNetworkPolicy', clusterPolicies);
      return [{ urn: object.urn, path: 'kind', message, hint }];
    });
  },
};

function hintOf(isCluster: boolean, clusterPolicies: boolean): string {
  if (!isCluster && clusterPolicies)
    return 'Write it as a ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2) of tier Admin or Baseline.';
  return 'Write it as a GlobalNetworkPolicy in a tier of its own, or take another version of Calico.';
}

function versionIn({ worlds, inventories }: Declared): string | undefined {
  const [world, ...others] = worlds;
  if (others.length > 0 || inventories.length > 1) return undefined;
  const value = world?.calico ?? (inventories[0] && valueIn(inventories[0].subject, VARIABLE));
  return typeof value === 'string' && /^v?\d+\.\d+/.test(value) ? value : undefined;
}

function isAdministrators({ apiVersion, kind }: KubernetesObject): boolean {
  return (
    apiVersion.startsWith('policy.networking.k8s.io/') &&
    ['ClusterNetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'].includes(kind)
  );
}
