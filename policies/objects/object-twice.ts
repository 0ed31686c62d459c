import type { KubernetesObject, ObjectRule } from './rule.ts';
import { isPatch, nameOf } from './world.ts';

export const objectTwice: ObjectRule = {
  code: 'object-twice',
  title: 'An object of the API is declared once',
  class: 'harmful',
  description:
    'Two resources of one stack that are one object of the API, as a policy of the stack file and one of a program may be, pass a preview; the second to be made fails with “already exists”, when the first is there.',
  reference: 'pulumi-kubernetes v4.32.0: existing objects are not adopted (upsertExistingObjects)',
  concerns: (object) => object.name !== '' && !isPatch(object),
  fields: ['metadata.name', 'metadata.namespace'],
  variables: [],
  judge({ objects, worlds }) {
    // Of several clusters, or none that is known, nothing says that they go to the same.
    if (worlds.length !== 1) return [];
    const seen = new Map<string, KubernetesObject>();
    return objects.flatMap((object) => {
      if (object.name === '' || isPatch(object)) return [];
      const key = [
        object.apiVersion.split('/').slice(0, -1).join('/'),
        object.kind,
        object.namespace,
        object.name,
      ].join(' ');
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, object);
        return [];
      }
      const message = `${nameOf(object)} is declared twice: ${resourceName(first)} and ${resourceName(object)} are the same object`;
      return [
        { urn: object.urn, path: 'metadata.name', message, hint: 'Keep one of them, or give it a name of its own.' },
      ];
    });
  },
};

function resourceName({ urn }: KubernetesObject): string {
  return urn.split('::').at(-1) ?? urn;
}
