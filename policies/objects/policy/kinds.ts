/** Kinds of policies, and what each is called in its own words. */
import type { KubernetesObject } from '../rule.ts';

export type Dialect = 'kubernetes' | 'calico' | 'cluster';

const dialects: Readonly<Record<string, Dialect>> = {
  'networking.k8s.io NetworkPolicy': 'kubernetes',
  'projectcalico.org StagedKubernetesNetworkPolicy': 'kubernetes',
  'projectcalico.org NetworkPolicy': 'calico',
  'projectcalico.org GlobalNetworkPolicy': 'calico',
  'projectcalico.org StagedNetworkPolicy': 'calico',
  'projectcalico.org StagedGlobalNetworkPolicy': 'calico',
  'policy.networking.k8s.io ClusterNetworkPolicy': 'cluster',
  'policy.networking.k8s.io AdminNetworkPolicy': 'cluster',
  'policy.networking.k8s.io BaselineAdminNetworkPolicy': 'cluster',
};

/** Undefined of what is no policy. */
export function dialectOf({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): Dialect | undefined {
  const key = `${apiVersion.split('/')[0]} ${kind}`;
  return Object.hasOwn(dialects, key) ? dialects[key] : undefined;
}

/** Staged ones too: they are to be enforced one day. */
export function isPolicy(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return dialectOf(object) !== undefined;
}

export function isGlobalPolicy({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return apiVersion.startsWith('projectcalico.org/') && /^(Staged)?GlobalNetworkPolicy$/.test(kind);
}
