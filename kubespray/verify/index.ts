export { chosen } from './choice.ts';
export { verifyPlan } from './plan.ts';
export { summaryOf, verificationOf, verifyEventIn, verifyEventsIn } from './results.ts';
export type * from './types.ts';
