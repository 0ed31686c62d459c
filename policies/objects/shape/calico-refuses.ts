import { validateResource } from '../../../reachability/validate/index.ts';
import { refusedByServer } from '../../../reachability/validate/stored.ts';
import type { KubernetesObject, ObjectRule } from '../rule.ts';
import { resourceOf } from '../world.ts';
import { findingsOf } from './said.ts';

export const calicoRefuses: ObjectRule = {
  code: 'calico-refuses',
  title: 'An object of Calico holds what Calico takes',
  class: 'refused',
  description:
    'A net, selector, protocol, port or name that Calico cannot read. Its API server refuses the object in the middle of the up; where the API is served by the definitions alone it is accepted, and Felix then acts as if it were not there: a deny that protects nothing.',
  reference: 'Calico v3.32.1 libcalico-go/lib/validator/v3/validator.go, v3.31.5 libcalico-go/lib/clientv3',
  concerns: isCalico,
  fields: ['spec', 'metadata.name', 'metadata.labels'],
  variables: [],
  judge({ objects, worlds }) {
    const calico = worlds.length === 1 ? worlds[0]?.calico : undefined;
    return objects.filter(isCalico).flatMap((object) => {
      // Without a name the provider makes one up, of the resource's own.
      const resource = resourceOf(object.name === '' ? { ...object, name: 'made-up' } : object);
      const sentences = [...validateResource(resource).errors, ...refusedByServer(resourceOf(object), calico)];
      const see = `https://docs.tigera.io/calico/latest/reference/resources/${object.kind.toLowerCase()}`;
      return findingsOf(object, sentences, see);
    });
  },
};

export function isCalico({ apiVersion }: KubernetesObject): boolean {
  return apiVersion === 'projectcalico.org/v3';
}
