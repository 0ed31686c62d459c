/** The kinds that may stand in `policies.extra` and in manifests: policies, and what policies refer to. */

export interface Kind {
  /** `networking.k8s.io/v1`: the versions that have it. */
  readonly versions: readonly string[];
  readonly namespaced: boolean;
  /** Its staged counterpart by version; none where Calico has none (api/pkg/apis/projectcalico/v3/staged*.go). */
  readonly staged?: Readonly<Record<string, string>>;
}

export const KUBERNETES = 'networking.k8s.io/v1';
export const CALICO = 'projectcalico.org/v3';
/** Kubernetes' SIG Network; Calico enforces v1alpha1 up to 3.31, and v1alpha2 from 3.32 on. */
export const CLUSTER_POLICY = 'policy.networking.k8s.io/v1alpha2';
export const ADMIN_POLICY = 'policy.networking.k8s.io/v1alpha1';

export const KINDS: Readonly<Record<string, Kind>> = {
  NetworkPolicy: {
    versions: [KUBERNETES, CALICO],
    namespaced: true,
    staged: { [KUBERNETES]: 'StagedKubernetesNetworkPolicy', [CALICO]: 'StagedNetworkPolicy' },
  },
  GlobalNetworkPolicy: {
    versions: [CALICO],
    namespaced: false,
    staged: { [CALICO]: 'StagedGlobalNetworkPolicy' },
  },
  StagedKubernetesNetworkPolicy: { versions: [CALICO], namespaced: true },
  StagedNetworkPolicy: { versions: [CALICO], namespaced: true },
  StagedGlobalNetworkPolicy: { versions: [CALICO], namespaced: false },
  Tier: { versions: [CALICO], namespaced: false },
  NetworkSet: { versions: [CALICO], namespaced: true },
  GlobalNetworkSet: { versions: [CALICO], namespaced: false },
  HostEndpoint: { versions: [CALICO], namespaced: false },
  ClusterNetworkPolicy: { versions: [CLUSTER_POLICY], namespaced: false },
  AdminNetworkPolicy: { versions: [ADMIN_POLICY], namespaced: false },
  BaselineAdminNetworkPolicy: { versions: [ADMIN_POLICY], namespaced: false },
};

/** Policies that Calico enforces and has no staged counterpart of. */
export const NEVER_STAGED = ['ClusterNetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'];

export function kindOf(name: unknown): Kind | undefined {
  return typeof name === 'string' && Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}
