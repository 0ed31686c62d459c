/** Objects that their API would refuse, or take and drop without a word: judged before anything is made. */
import type { ObjectRule } from '../rule.ts';
import { calicoRefuses } from './calico-refuses.ts';
import { kubernetesRefuses } from './kubernetes-refuses.ts';
import { monitoringRefuses } from './monitoring-refuses.ts';
import { monitoringSkipped } from './monitoring-skipped.ts';
import { notOurs } from './not-ours.ts';
import { tierMissing } from './tier-missing.ts';
import { unknownField } from './unknown-field.ts';

export const shapeRules: readonly ObjectRule[] = [
  kubernetesRefuses,
  calicoRefuses,
  unknownField,
  tierMissing,
  notOurs,
  monitoringRefuses,
  monitoringSkipped,
];
