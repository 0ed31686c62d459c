/** Drift between the live cluster and what was carried out, in words: for `up` before it begins, `refresh` and `plan --live`. */
import type { Finding } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import type { Live } from '../../kubespray/live/index.ts';

export interface Drift {
  /** Absent where the nodes could not tell. */
  readonly live?: Live;
  /** Why there is nothing to compare, or that nothing differs; absent where the findings say what does. */
  readonly line?: string;
  readonly findings: readonly Finding[];
  /** What kept the nodes from telling. */
  readonly unread: readonly Finding[];
}

export async function driftNow(cluster: Cluster): Promise<Drift> {
  const [{ readLiveFacts }, { driftOf }] = await Promise.all([
    import('./read.ts'),
    import('../../kubespray/live/index.ts'),
  ]);
  const read = await readLiveFacts(cluster);
  if (!read.ok) return { findings: [], unread: read.findings, line: 'The live cluster could not be read.' };
  const { live } = read;
  const findings = driftOf(cluster, live);
  const line = findings.length > 0 ? undefined : lineOf(live);
  return { live, findings, unread: [], ...(line === undefined ? {} : { line }) };
}

function lineOf({ cluster, problem, nodes }: Live): string {
  if (cluster === 'none') return 'No cluster is live on the first control-plane node.';
  if (cluster === 'down') {
    return `The Kubernetes API on the first control-plane node does not answer, so nothing live is compared: ${problem ?? ''}`.trimEnd();
  }
  return `Live: ${nodes.length} node${nodes.length === 1 ? '' : 's'}, as they were carried out.`;
}
