import { inline } from '../../../cluster/inline.ts';
import { same } from '../../../kubespray/plan/digest.ts';
import { encapsulationIn, MIGRATES } from '../../../kubespray/plan/encapsulation.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';
import { guide } from './fixed.ts';

export const encapsulationChanged: Rule = {
  code: 'encapsulation-changed',
  title: 'Another encapsulation is a declared migration',
  class: 'refused',
  description:
    'The check part compares the modes of the live pool with the inventory, and stops. First both ways are switched on, then the pool is patched, and once every node has the new way the inventory follows: with `migrate.encapsulation` Calispray does it in that order.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:168, docs/CNI/calico.md:265',
  judge({ change }) {
    if (change === undefined || change.migrate?.encapsulation !== undefined) return [];
    const { applied, desired } = change;
    if (MIGRATES.some((name) => isTemplate(applied.calico[name]) || isTemplate(desired.calico[name]))) return [];
    const [before, after] = [encapsulationIn(applied), encapsulationIn(desired)];
    if (same(before, after)) return [];
    const message = `network.encapsulation is ${inline(before)} in the cluster that is there, and would become ${inline(after)} at once`;
    const hint = `Write migrate: { encapsulation: { from: ${inline(before)} } } beside it to go over in steps, or ${inline(before)} again; ${guide('change-the-encapsulation')} has what happens.`;
    return [against(encapsulationChanged, 'network.encapsulation', message, hint)];
  },
};
