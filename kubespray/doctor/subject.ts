/** What a trouble is judged on: the evidence, the cluster as it is declared, and the symptoms in it. */
import type { Cluster } from '../../cluster/index.ts';
import type { Evidence, NodeEvidence, Symptom } from './types.ts';

export interface Subject {
  readonly evidence: Evidence;
  readonly cluster: Cluster;
  /** Those that answered, by name. */
  readonly nodes: ReadonlyMap<string, NodeEvidence>;
  readonly symptoms: readonly Symptom[];
}
