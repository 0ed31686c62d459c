/** What is said of an expectation that the world does not meet. */
import type { Expectation } from '../../cluster/types.ts';
import type { Resource } from '../raw.ts';
import type { Query, Verdict } from '../types.ts';

export interface Failure {
  readonly expectation: Expectation;
  /**
   * One of the connections that are not as expected, the most telling; its ends are names of the world, addresses, or `NAMESPACE/any-pod`
   * of a pod that nobody has started yet. Absent where an end of the expectation is nothing that there could be.
   */
  readonly connection?: Query;
  /** `monitoring/prometheus (app=prometheus) -> production/my-app (app=my-app) tcp/8080`, for a person; without a connection, what is wrong. */
  readonly words: string;
  /** With a connection alone. */
  readonly verdict?: Verdict;
  /**
   * `denied at the end of tier default, where NetworkPolicy production/default-deny-ingress is for it`, for a person; of both sides where
   * both decide. Rules are numbered as their author wrote them: `ingress[0].from[1]`. Empty where there is no connection.
   */
  readonly decidedBy: string;
  /** How many further connections are not as expected, in words: `and 3 more pairs, in all on tcp 1-65535`. Empty where there is none. */
  readonly further: string;
  /** Another expectation of the list, `expect[1]`, that wants the opposite of some of these connections: no policy can meet both. */
  readonly contradicts?: string;
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
  /** A second change that is needed beside it: of the other side, where both deny. */
  readonly and?: Mend;
}
