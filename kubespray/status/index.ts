export { blockOf } from './ipam.ts';
export { notKnown } from './known.ts';
export { readNodeSeen, statusProbe } from './probe.ts';
export { statusOf } from './status.ts';
export type * from './types.ts';
