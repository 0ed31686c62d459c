import type { Labels } from './policies.ts';

/** What runs in the cluster, as far as questions about its policies need it; nothing here is created. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** What it serves. */
  readonly ports: readonly WorkloadPort[];
  readonly serviceAccount?: string;
  /** On its node's own network: policies take it for the node. */
  readonly hostNetwork: boolean;
}

export interface WorkloadPort {
  /** A rule may name it. */
  readonly name?: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number;
}
