import type { Rule } from '../subject.ts';

/** Rules about a change: they judge `subject.change`. */
export const change: readonly Rule[] = [];
