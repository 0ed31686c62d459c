import type { Cluster, Finding } from '../../cluster/index.ts';
import { type Facts, factsOf, readFacts } from '../plan/index.ts';
import { fixedFindings } from './fixed.ts';
import { memberFindings } from './members.ts';
import { objectFindings } from './objects.ts';
import { peerFindings } from './peers.ts';
import type { Live } from './types.ts';

/** What is judged: the live cluster, what the stack says, and what was carried out last. */
export interface Asked {
  readonly cluster: Cluster;
  readonly live: Live;
  readonly desired: Facts;
  /** Absent where the controller has no record: then the stack alone says what was meant. */
  readonly applied?: Facts;
}

/**
 * Where the live cluster is not as it was made. What kubespray could not change is refused, whoever changed it, the stack
 * or a hand; the rest is advice: what the next run puts back, and what it leaves. What the stack is only about to change
 * is no drift. Empty where no cluster is there, or where its API does not answer.
 */
export function driftOf(cluster: Cluster, live: Live): Finding[] {
  if (live.cluster !== 'up') return [];
  const applied = readFacts(JSON.stringify(live.applied ?? null));
  const asked: Asked = { cluster, live, desired: factsOf(cluster, ''), ...(applied === undefined ? {} : { applied }) };
  return [...fixedFindings(asked), ...objectFindings(asked), ...peerFindings(asked), ...memberFindings(asked)];
}
