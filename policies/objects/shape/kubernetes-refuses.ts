import { knowsFields, wrongFields } from '../../../reachability/validate/fields/index.ts';
import { validateResource } from '../../../reachability/validate/index.ts';
import { refusedPolicy } from '../../../reachability/validate/kubernetes.ts';
import { labels } from '../../../reachability/validate/meta.ts';
import { name as anyName } from '../../../reachability/validate/texts.ts';
import type { KubernetesObject, ObjectRule } from '../rule.ts';
import { resourceOf } from '../world.ts';
import { findingsOf } from './said.ts';

export const kubernetesRefuses: ObjectRule = {
  code: 'kubernetes-refuses',
  title: 'A policy of Kubernetes holds what Kubernetes takes',
  class: 'refused',
  description:
    'The API server refuses it in the middle of the up: a preview asks it only where the namespace is there already. Of a staged policy it shows only when it is to be enforced.',
  reference: 'Kubernetes v1.35 pkg/apis/networking/validation/validation.go',
  concerns,
  fields: ['spec', 'metadata.name', 'metadata.labels'],
  variables: [],
  judge({ objects }) {
    return objects.filter(concerns).flatMap((object) => {
      const found = findingsOf(object, refusals(object), SEE);
      if (!object.apiVersion.startsWith('projectcalico.org/')) return found;
      // What Calico says of it itself is not said twice.
      const said = new Set(
        findingsOf(object, validateResource(resourceOf(object)).errors, SEE).map(({ path }) => path),
      );
      return found.filter(({ path }) => !said.has(path));
    });
  },
};

const SEE = 'https://kubernetes.io/docs/concepts/services-networking/network-policies/';

function concerns({ apiVersion, kind }: KubernetesObject): boolean {
  if (apiVersion === 'networking.k8s.io/v1') return kind === 'NetworkPolicy';
  if (apiVersion === 'projectcalico.org/v3') return kind === 'StagedKubernetesNetworkPolicy';
  if (apiVersion === 'policy.networking.k8s.io/v1alpha1') return knowsFields(apiVersion, kind);
  return apiVersion === 'v1' && kind === 'Namespace';
}

function refusals(object: KubernetesObject): string[] {
  const { apiVersion, kind, spec } = object;
  if (kind === 'Namespace') return namespaceName(object);
  const wrong = wrongFields(apiVersion, kind, spec).map(({ path, must }) => `${path} ${must}`);
  if (apiVersion.startsWith('policy.')) return [...named(object), ...wrong];
  // What has a wrong type is not looked into.
  const within = wrong.length > 0 ? [] : refusedPolicy(spec);
  // The staged kind's own name is Calico's matter.
  return kind === 'NetworkPolicy' ? [...named(object), ...wrong, ...within] : [...wrong, ...within];
}

/** Names and labels that every kind of Kubernetes wants so (apimachinery pkg/api/validation). */
export function named({ name, labels: own }: KubernetesObject): string[] {
  // Without a name the provider makes one up.
  const wrong = name === '' ? undefined : name.length > 253 ? 'is longer than 253 characters' : anyName(name);
  return [
    ...(wrong === undefined ? [] : [`metadata.name: ${JSON.stringify(name)} ${wrong}`]),
    ...labels(own, 'metadata.labels'),
  ];
}

function namespaceName({ name }: KubernetesObject): string[] {
  const fits = name === '' || (name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name));
  return fits
    ? []
    : [`metadata.name: ${JSON.stringify(name)} is no name of at most 63 lower-case letters, digits and '-'`];
}
