import { isRecord } from '../../cluster/raw.ts';
import type { KubernetesObject, ObjectRule } from './rule.ts';

/** Field of the spec that says which directions a policy speaks about, by API. */
const fieldOf: Readonly<Record<string, string>> = {
  'networking.k8s.io/v1 NetworkPolicy': 'policyTypes',
  'projectcalico.org/v3 NetworkPolicy': 'types',
  'projectcalico.org/v3 GlobalNetworkPolicy': 'types',
  'projectcalico.org/v3 StagedNetworkPolicy': 'types',
  'projectcalico.org/v3 StagedGlobalNetworkPolicy': 'types',
  'projectcalico.org/v3 StagedKubernetesNetworkPolicy': 'policyTypes',
};

export const typesMissing: ObjectRule = {
  code: 'types-missing',
  title: 'A policy says which directions it speaks about',
  class: 'advice',
  description:
    'Left out, the types are inferred, and differently: Kubernetes always adds Ingress, and Egress only where egress has rules; Calico leaves Ingress out where there are egress rules only. The same text then denies in one API what it leaves open in the other.',
  reference: 'https://docs.tigera.io/calico/latest/reference/resources/globalnetworkpolicy#spec',
  concerns: (object) => field(object) !== undefined,
  fields: ['spec.policyTypes', 'spec.types', 'spec.ingress', 'spec.egress', 'spec.stagedAction'],
  variables: [],
  judge({ objects }) {
    return objects.filter(isMissing).map((object) => {
      const name = field(object) ?? '';
      const inferred = inferredTypes(object);
      return {
        urn: object.urn,
        path: `spec.${name}`,
        message:
          inferred === undefined
            ? `${object.kind} ${object.name} has no ${name}, and its egress is an empty list: Kubernetes would infer Ingress alone and deny no egress at all`
            : `${object.kind} ${object.name} has no ${name}; ${inferring(object)} ${inferred.join(' and ')}`,
        hint:
          inferred === undefined
            ? `Write ${name}: [Egress] to deny egress, or leave the empty list out.`
            : `Write ${name}: [${inferred.join(', ')}].`,
      };
    });
  },
  remedy(object) {
    const types = isMissing(object) ? inferredTypes(object) : undefined;
    return types === undefined ? undefined : { ...object.spec, [field(object) ?? '']: types };
  },
};

function field(object: KubernetesObject): string | undefined {
  return fieldOf[`${object.apiVersion} ${object.kind}`];
}

function isMissing(object: KubernetesObject): boolean {
  const name = field(object);
  const types = name === undefined ? undefined : object.spec[name];
  // What stages the removal of a policy has none (libcalico-go/lib/clientv3/stagednetworkpolicy.go:71).
  if (object.kind.startsWith('Staged') && object.spec.stagedAction === 'Delete') return false;
  return name !== undefined && (types === undefined || types === null || (Array.isArray(types) && types.length === 0));
}

/** Nothing fills them in of a staged policy of Kubernetes, and Felix takes none for both (felix/calc/policy_sorter.go:196). */
function inferring({ kind }: KubernetesObject): string {
  return kind === 'StagedKubernetesNetworkPolicy'
    ? 'while it is staged it would be about both, enforced about'
    : 'the API would infer';
}

/**
 * As the API does it (kubernetes pkg/apis/networking/v1/defaults.go; calico api/pkg/apis/projectcalico/v3
 * globalnetworkpolicy.go, Types); undefined where the author of an empty egress list cannot have meant that.
 */
function inferredTypes({ apiVersion, kind, spec }: KubernetesObject): string[] | undefined {
  const [ingress, egress] = [count(spec.ingress), count(spec.egress)];
  if (Array.isArray(spec.egress) && egress === 0) return undefined;
  const isCalico = apiVersion.startsWith('projectcalico.org/') && kind !== 'StagedKubernetesNetworkPolicy';
  return [...(isCalico && egress > 0 && ingress === 0 ? [] : ['Ingress']), ...(egress > 0 ? ['Egress'] : [])];
}

function count(rules: unknown): number {
  return Array.isArray(rules) ? rules.filter(isRecord).length : 0;
}
