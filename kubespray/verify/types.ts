/** What a verification measures, and what came of it. The measuring is done by components/remote/verify/. */

/** How a check ended. What the target cannot show is `not-judged`, with the reason, and is never taken for passed. */
export type Outcome = 'passed' | 'failed' | 'not-judged';

/** One thing that is measured. */
export interface Check {
  /** Stable name: `pods-across-nodes`; with several of a kind, its subject behind a slash: `bgp-sessions/homelab`. */
  readonly id: string;
  /** What is claimed, as a sentence: `Pods on masternode and homelab reach each other with 1480 bytes that may not be broken up.` */
  readonly sentence: string;
  /** Which measurement, and what it needs: components/remote/verify/ has one function for each kind. */
  readonly kind: string;
  readonly with: Readonly<Record<string, unknown>>;
  /** In words, as the table shows it: `2 sessions Established`. */
  readonly expected: string;
  /** A required check that fails, fails the `up`. */
  readonly required: boolean;
  /** The longest that it may take, in seconds. */
  readonly seconds: number;
}

/** A node as the controller reaches it. */
export interface VerifiedNode {
  readonly name: string;
  readonly address: string;
  /** In a dual-stack cluster. */
  readonly address6?: string;
  readonly roles: readonly string[];
}

/** All that the verification on the controller is told: one document on its standard input. Nothing secret is in it. */
export interface VerifyPlan {
  readonly cluster: string;
  readonly nodes: readonly VerifiedNode[];
  /** Of the pods that it makes, on every node: nothing in them runs but this image's own process. */
  readonly image: string;
  /** The longest that all of it may take, in seconds; then it takes away what it made, and what is left has failed. */
  readonly seconds: number;
  readonly checks: readonly Check[];
}

/** What came of a check. */
export interface CheckResult {
  readonly id: string;
  readonly outcome: Outcome;
  /** What was seen, in words: `1 of 2 sessions Established; 192.168.4.62 is Active (Connection refused)`. */
  readonly seen: string;
  /** Why it is not judged, or what a failure hints at. */
  readonly hint?: string;
  readonly seconds: number;
}

/** A line of JSON on the verification's standard output. */
export type VerifyEvent =
  /** What is done now, for people that wait. */
  | { readonly event: 'step'; readonly text: string }
  | ({ readonly event: 'check' } & CheckResult)
  /** The last line. `left`: what could not be taken away, with the command that does; empty as a rule. */
  | { readonly event: 'end'; readonly ok: boolean; readonly seconds: number; readonly left: readonly string[] };

/** A check with what came of it. */
export type Verified = Check & CheckResult;

/** One document: `calispray verify --json`. */
export interface Verification {
  /** No required check failed. */
  readonly ok: boolean;
  readonly cluster: string;
  readonly seconds: number;
  readonly checks: readonly Verified[];
  readonly left: readonly string[];
}
