/**
 * One shape for everything that can be wrong, wherever it is shown: program, pack, `calispray check`, report.
 */

/**
 * - `refused`: kubespray, Calico or Kubernetes would refuse it, now or twenty minutes in
 * - `harmful`: accepted, then breaks or opens the network
 * - `advice`: works, and could be better
 */
export type FindingClass = 'refused' | 'harmful' | 'advice';

/** A place in a file, as editors and terminals take it: `Pulumi.dev.yaml:23`. Both numbers begin at 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Finding {
  /** Stable kebab-case name of the rule or mistake, e.g. `mtu-above-encapsulation`. */
  readonly code: string;
  readonly class: FindingClass;
  /** Where, in the user's own file: `network.pool.blockSize`, `nodes.homelab.address`. */
  readonly path: string;
  /** What is wrong, with the values that show it. One sentence. */
  readonly message: string;
  /** The way out. One sentence. */
  readonly hint: string;
  /** What would mend it, to be taken over as it is: YAML, on lines of its own. Absent where the hint says all. */
  readonly mend?: string;
  /** Upstream source of the fact: `kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:123`. */
  readonly reference?: string;
  /** Where the path stands, or the nearest thing around it; absent where there is no file, as in the pack. */
  readonly at?: Place;
}

/**
 * A mistake of the user or of the world (a host down, a wrong passphrase), carried to the one place that prints it.
 * It never shows a stack trace; any other Error is a bug of ours and always does.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Pulumi's mark of an error to be printed as its message alone (@pulumi/pulumi errors.ts, RunError). */
  readonly __pulumiRunError = true;
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(formatFinding).join('\n'));
    this.findings = findings;
  }

  /** The common case: one mistake. */
  static of(code: string, path: string, message: string, hint: string): UserError {
    return new UserError([{ code, class: 'refused', path, message, hint }]);
  }
}

/** `refused mtu-above-encapsulation at network.mtu (Pulumi.dev.yaml:23): message\n  → hint (reference)`, and the mend below, further in. */
export function formatFinding(f: Finding): string {
  const place = f.at === undefined ? '' : `${f.at.file}:${f.at.line}`;
  const path = f.path === '' ? place : `${f.path}${place === '' ? '' : ` (${place})`}`;
  const where = path === '' ? '' : ` at ${path}`;
  const reference = f.reference === undefined ? '' : ` (${f.reference})`;
  const mend = (f.mend?.split('\n') ?? []).map((line) => `\n      ${line}`).join('');
  return `${f.class} ${f.code}${where}: ${f.message}\n  → ${f.hint}${reference}${mend}`;
}
