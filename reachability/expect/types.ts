/** What is said of an expectation that the world does not meet. */
import type { Expectation } from '../../cluster/types.ts';
import type { Resource } from '../raw.ts';
import type { Query, Verdict } from '../types.ts';

export interface Failure {
  readonly expectation: Expectation;
  /** One of the connections that are not as expected. */
  readonly connection: Query;
  /** `monitoring/prometheus (app=prometheus) -> production/my-app (app=my-app) tcp/8080`, for a person. */
  readonly words: string;
  readonly verdict: Verdict;
  /** `denied at the end of tier default, where NetworkPolicy production/default-deny-ingress is for it`, for a person. */
  readonly decidedBy: string;
  /** How many further connections are not as expected, in words: `and 3 more pods, on tcp 1-65535`. Empty where there is none. */
  readonly further: string;
  /** The smallest change found that makes it hold and breaks no other expectation; it was tried on the world. */
  readonly mend?: Mend;
}

/** One change of one policy. */
export interface Mend {
  readonly does: 'add' | 'change' | 'remove';
  /** A sentence: `add a rule to NetworkPolicy production/allow-prometheus-scraping that allows …`. */
  readonly summary: string;
  /** The policy as it would be then; for `remove`, as it is. */
  readonly object: Resource;
}
