export { driftOf } from './drift.ts';
export { type Asks, joinLive, liveProbe, liveSources, readLive } from './probe.ts';
export type { Live, LiveCalico, LiveNode, LiveObject } from './types.ts';
