export { desiredOf, forksFor, joinsOf } from './desired.ts';
export { factsOf, readFacts } from './facts.ts';
export { how } from './how.ts';
export { planLines } from './lines.ts';
export { planOf } from './plan.ts';
export type * from './types.ts';
