import { isTruthy, pathOf, valueIn } from '../rules/variables.ts';
import type { KubernetesObject, ObjectRule } from './rule.ts';

const VARIABLE = 'calico_apiserver_enabled';

export const apiServerOff: ObjectRule = {
  code: 'api-server-off',
  title: 'projectcalico.org/v3 is served where objects of it are declared',
  class: 'harmful',
  description:
    'Calico’s API server serves it, and kubespray leaves that out unless told: the run builds the cluster, and twenty minutes later its objects are refused.',
  reference: 'kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:744',
  concerns: isCalico,
  fields: [],
  variables: [VARIABLE],
  judge({ inventories, objects }) {
    // Which cluster an object goes to is not known here: it is judged where none of them serves the API.
    const [first] = inventories;
    if (first === undefined || inventories.some(({ subject }) => isTruthy(valueIn(subject, VARIABLE)))) return [];
    return objects.filter(isCalico).map(({ urn, kind, name }) => ({
      urn,
      path: 'apiVersion',
      message: `${kind} ${name} is of projectcalico.org/v3, which is not served: ${pathOf(first.subject, VARIABLE)} is not true`,
      hint: `Set ${VARIABLE}: true.`,
    }));
  },
};

function isCalico({ apiVersion }: KubernetesObject): boolean {
  return apiVersion === 'projectcalico.org/v3';
}
