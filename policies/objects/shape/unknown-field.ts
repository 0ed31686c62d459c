import { nearest } from '../../../cluster/nearest.ts';
import {
  CALICO_VERSION,
  knowsFields,
  type UnknownField,
  unknownFields,
} from '../../../reachability/validate/fields/index.ts';
import type { KubernetesObject, ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';

export const unknownField: ObjectRule = {
  code: 'unknown-field',
  title: 'An object has no field that its API does not know',
  class: 'harmful',
  description:
    'The API drops it without a word when the object is made, and refuses it only when it is changed later. A condition that is dropped makes a rule match more: `source: { net: … }` lets everybody in.',
  reference:
    'https://kubernetes.io/docs/reference/using-api/api-concepts/#setting-the-field-validation-level (pulumi-kubernetes v4.32.0 creates without it)',
  concerns: isKnown,
  fields: ['spec'],
  variables: [],
  judge({ objects, worlds }) {
    const calico = worlds.length === 1 ? worlds[0]?.calico : undefined;
    return objects.filter(isKnown).flatMap((object) => {
      const { apiVersion, kind, spec, others = [] } = object;
      const beside = others.map(
        (name): UnknownField => ({
          path: name,
          known: name.startsWith('metadata.') ? ['name', 'namespace', 'labels', 'annotations'] : ['metadata', 'spec'],
        }),
      );
      return [...beside, ...unknownFields(apiVersion, kind, spec)]
        .filter(({ path }) => !isNewer(apiVersion, path, calico))
        .map(({ path, known }) => {
          const name = path.split('.').at(-1) as string;
          const near = nearest(name, known, Math.max(2, Math.floor(name.length / 3)));
          const there = [...known].sort().join(', ');
          return {
            urn: object.urn,
            path,
            message: `${nameOf(object)}: there is no field ${name}${at(path)}, and the API drops it without a word`,
            hint: near === undefined ? `Known there: ${there}.` : `Write ${near}, or leave it out.`,
          };
        });
    });
  },
};

function isKnown({ apiVersion, kind }: KubernetesObject): boolean {
  return knowsFields(apiVersion, kind);
}

function at(path: string): string {
  const place = path.split('.').slice(0, -1).join('.');
  return place === '' ? '' : ` in ${place}`;
}

/** The fields are those of one version: of a later one, those that came since are not known here. */
function isNewer(apiVersion: string, path: string, calico: string | undefined): boolean {
  const minor = (version: string) => Number(/^v?3\.(\d+)/.exec(version)?.[1] ?? 0);
  const isLater = calico !== undefined && minor(calico) > minor(CALICO_VERSION);
  // Of Felix there are new ones in every version; of rules there were none in years.
  return isLater && apiVersion === 'projectcalico.org/v3' && /^spec\.[^.[]+$/.test(path);
}
