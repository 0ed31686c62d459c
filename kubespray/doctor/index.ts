export { reportOf } from './judge.ts';
export { troubles } from './rules/index.ts';
export type { Subject } from './subject.ts';
export type * from './types.ts';
