import type { Rule } from '../subject.ts';
import { booleanAsText } from './boolean-as-text.ts';
import { booleanRefused } from './boolean-refused.ts';
import { checksOff } from './checks-off.ts';
import { deprecatedVariable } from './deprecated-variable.ts';
import { ignoredVariable } from './ignored-variable.ts';
import { mistypedVariable } from './mistyped-variable.ts';
import { modelledVariable } from './modelled-variable.ts';
import { removedVariable } from './removed-variable.ts';

/** Names of variables, and the types of their values. */
export const names: readonly Rule[] = [
  removedVariable,
  modelledVariable,
  booleanRefused,
  booleanAsText,
  ignoredVariable,
  checksOff,
  mistypedVariable,
  deprecatedVariable,
];
