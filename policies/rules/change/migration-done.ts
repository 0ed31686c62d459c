import { inline } from '../../../cluster/inline.ts';
import { same } from '../../../kubespray/plan/digest.ts';
import { encapsulationIn, MIGRATES } from '../../../kubespray/plan/encapsulation.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';

export const migrationDone: Rule = {
  code: 'migration-done',
  title: 'A migration that is over is no longer declared',
  class: 'advice',
  description:
    'What is declared as a migration is carried out without a further question: left in the file, it would be the next time too.',
  reference: 'docs/stack-file.md',
  judge({ change }) {
    if (change?.migrate?.encapsulation === undefined) return [];
    const { applied, desired } = change;
    if (MIGRATES.some((name) => isTemplate(applied.calico[name]) || isTemplate(desired.calico[name]))) return [];
    const live = encapsulationIn(applied);
    if (!same(live, encapsulationIn(desired))) return [];
    const message = `the cluster has ${inline(live)} already`;
    return [against(migrationDone, 'migrate.encapsulation', message, 'Leave migrate.encapsulation out.')];
  },
};
