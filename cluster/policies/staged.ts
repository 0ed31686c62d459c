/** Staged policies: Calico evaluates them for its flow logs, and enforces nothing of them. */
import { list, record } from '../raw.ts';
import type { PolicyObject } from '../types/policies.ts';
import { CALICO, KUBERNETES, kindOf } from './kinds.ts';

/** `NetworkPolicy production/allow-dns`, `GlobalNetworkPolicy allow-cluster-internal`. */
export function nameOf({ kind, metadata }: Pick<PolicyObject, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/**
 * The staged counterpart, of the same name and spec; what has none (a set, a tier) is as it was. Directions are made explicit as the API
 * would have inferred them of the policy that it stands for: the staged kinds go through another code than those.
 */
export function stagedOf(object: PolicyObject): PolicyObject {
  const kind = kindOf(object.kind)?.staged?.[object.apiVersion];
  if (kind === undefined) return object;
  const { spec } = object;
  const directions =
    object.apiVersion === KUBERNETES
      ? { policyTypes: spec.policyTypes ?? kubernetesTypes(spec) }
      : { types: spec.types ?? calicoTypes(spec) };
  // `Set` is what the API fills in where nothing is said: api/pkg/apis/projectcalico/v3/stagedkubernetesnetworkpolicy.go.
  return { ...object, apiVersion: CALICO, kind, spec: { stagedAction: 'Set', ...spec, ...directions } };
}

/** Kubernetes' pkg/apis/networking/v1/defaults.go SetDefaults_NetworkPolicy. */
function kubernetesTypes({ egress }: PolicyObject['spec']): string[] {
  return list(egress).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** Calico's api/pkg/defaults/networkpolicy.go. */
function calicoTypes(spec: PolicyObject['spec']): string[] {
  const { ingress, egress } = record(spec);
  if (list(egress).length === 0) return ['Ingress'];
  return list(ingress).length === 0 ? ['Egress'] : ['Ingress', 'Egress'];
}
