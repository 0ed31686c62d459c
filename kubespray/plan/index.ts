export { desiredOf, forksFor } from './desired.ts';
export { factsOf } from './facts.ts';
export { how } from './how.ts';
export { joinsOf } from './joins.ts';
export { planLines } from './lines.ts';
export { planOf } from './plan.ts';
export { readFacts } from './read.ts';
export type * from './types.ts';
