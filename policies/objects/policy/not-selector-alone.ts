import type { ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { endsOf } from './ends.ts';
import { dialectOf } from './kinds.ts';

export const notSelectorAlone: ObjectRule = {
  code: 'not-selector-alone',
  title: 'A notSelector stands beside what it takes away from',
  class: 'advice',
  description:
    'Alone in a GlobalNetworkPolicy, notSelector means every address but those of the pods that it selects: nodes and the internet too. Whoever writes it mostly means the other pods.',
  reference: 'Calico v3.32.1 felix/calc/rule_scanner.go combineMatchesIfPossible',
  concerns: (object) => dialectOf(object) === 'calico',
  fields: ['spec'],
  variables: [],
  judge({ objects }) {
    return objects.flatMap((object) =>
      endsOf(object)
        .filter(({ notSelector, nets, far }) => notSelector !== '' && nets.length === 0 && far)
        .filter(({ path, of }) => actionAt(object.spec, of, path) === 'Allow')
        .map(({ path, notSelector }) => ({
          urn: object.urn,
          path: `${path}.notSelector`,
          message: `${nameOf(object)} allows everybody whom ${notSelector} does not select, the internet among them`,
          hint: 'Put namespaceSelector: all() beside it, where only pods are meant.',
        })),
    );
  },
};

function actionAt(spec: Readonly<Record<string, unknown>>, of: string, path: string): unknown {
  const [, index] = /\[(\d+)\]/.exec(path) ?? [];
  const rules = spec[of];
  const rule: unknown = Array.isArray(rules) ? rules[Number(index)] : undefined;
  return (rule as { action?: unknown } | undefined)?.action;
}
