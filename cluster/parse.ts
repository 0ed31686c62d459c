import { inconsistencies } from './consistency.ts';
import type { Finding } from './finding.ts';
import { findingsOf } from './issues.ts';
import { type Manifests, readManifestObjects } from './policies/manifests.ts';
import { resolve } from './resolve.ts';
import { clusterSchema } from './schema.ts';
import type { Cluster } from './types.ts';

export type Parsed = { ok: true; cluster: Cluster } | { ok: false; findings: Finding[] };

export interface Beside {
  /** What `policies.manifests` points to. Needed where the value has any: a policy that was not read would be missing without a word. */
  readonly manifests?: Manifests;
}

/**
 * A stack's `calispray:cluster`, as YAML or the engine's configuration gave it, into a Cluster. Every mistake is
 * returned at once, in the order of the file's fields, then those of its manifests; nothing the value holds makes it throw.
 */
export function parseCluster(value: unknown, { manifests = {} }: Beside = {}): Parsed {
  const result = clusterSchema.safeParse(value, { reportInput: true });
  const read = readManifestObjects(value, manifests);
  const ofShape = result.success ? [] : result.error.issues.flatMap((issue) => findingsOf(issue, clusterSchema));
  const findings = [
    ...ofShape.filter((finding) => !isMistyped(finding, ofShape)),
    ...inconsistencies(value, read.written),
    ...read.findings,
  ];
  if (findings.length > 0 || !result.success) return { ok: false, findings };
  return { ok: true, cluster: resolve(result.data, read.objects) };
}

/** Whether an expectation says nothing because its verdict is mistyped, which is said already. */
function isMistyped({ code, path }: Finding, others: readonly Finding[]): boolean {
  return code === 'one-verdict' && others.some((one) => one.code === 'unknown-key' && one.path.startsWith(`${path}.`));
}
