import { apiServerOff } from './api-server-off.ts';
import { expectation } from './expectation.ts';
import { metricsPort } from './metrics-port.ts';
import { monitorPort, monitorWithoutService } from './monitors.ts';
import { objectTwice } from './object-twice.ts';
import { oneInventory } from './one-inventory.ts';
import { policyRules } from './policy/index.ts';
import type { ObjectRule } from './rule.ts';
import { shapeRules } from './shape/index.ts';
import { typesMissing } from './types-missing.ts';
import { verificationKeptApart } from './verification-kept-apart.ts';

export type { Declared, DeclaredInventory, KubernetesObject, ObjectFinding, ObjectRule } from './rule.ts';

/** Rules over objects of Kubernetes and over several resources of a stack. */
export const objectRules: readonly ObjectRule[] = [
  oneInventory,
  objectTwice,
  ...shapeRules,
  expectation,
  ...policyRules,
  verificationKeptApart,
  metricsPort,
  apiServerOff,
  monitorPort,
  typesMissing,
  monitorWithoutService,
];
