import { inline } from '../../../cluster/inline.ts';
import { same } from '../../../kubespray/plan/digest.ts';
import { encapsulationIn, MIGRATES, written } from '../../../kubespray/plan/encapsulation.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';
import { guide } from './fixed.ts';

export const migrationFromElsewhere: Rule = {
  code: 'migration-from-elsewhere',
  title: 'A migration begins with what the cluster has',
  class: 'refused',
  description:
    'What is switched on, and in which order, depends on where it begins: a wrong beginning would cut nodes off from each other.',
  reference: 'kubespray v2.31.0 docs/CNI/calico.md:265',
  judge({ change }) {
    const from = change?.migrate?.encapsulation?.from;
    if (change === undefined || from === undefined) return [];
    const { applied, desired } = change;
    if (MIGRATES.some((name) => isTemplate(applied.calico[name]) || isTemplate(desired.calico[name]))) return [];
    const [said, live] = [written(from), encapsulationIn(applied)];
    if (same(said, live) || same(live, encapsulationIn(desired))) return [];
    const message = `the cluster that is there has ${inline(live)}, and not ${inline(said)}`;
    const hint = `Write from: ${inline(live)}; ${guide('change-the-encapsulation')} has what happens.`;
    return [against(migrationFromElsewhere, 'migrate.encapsulation.from', message, hint)];
  },
};
