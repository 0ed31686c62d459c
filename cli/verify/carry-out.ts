/** A verification on the controller: the same plan as in an `up`, over one SSH connection, told as it goes on. */

import { UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { quote } from '../../components/remote/index.ts';
import { verifyCommand, verifyInput } from '../../components/remote/verify/index.ts';
import {
  type Verification,
  type VerifyEvent,
  type VerifyPlan,
  verificationOf,
  verifyEventIn,
} from '../../kubespray/verify/index.ts';
import { onController } from '../live/controller.ts';
import { interrupted } from './interrupt.ts';
import { progressLines } from './progress.ts';

/** What it may take beyond its own limit to take away what it made, in seconds. */
const MORE = 60;

/** How long it is waited for after Ctrl-C, in seconds. */
const PATIENCE = 40;

export interface CarriedOut {
  readonly verification: Verification;
  /** It was ended by a signal; what it had made is taken away, or `left` says what is not. */
  readonly interrupted: boolean;
}

/**
 * @param say hears of the progress
 * @throws UserError where the controller cannot be reached, or cannot verify at all
 */
export async function verifyNow(cluster: Cluster, plan: VerifyPlan, say: (line: string) => void): Promise<CarriedOut> {
  const events: VerifyEvent[] = [];
  const lines = progressLines(plan);
  const { signal, over } = interrupted(() => say('Ending, and taking away what was made …'));
  const later = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => later.abort(), PATIENCE * 1000).unref());
  try {
    const { code, stderr } = await onController(cluster, async (controller) => {
      let pid = '';
      // sshd passes no signals on to a session of root: they are sent by a command beside it.
      const end = () => {
        if (pid !== '') controller.command(`kill -INT ${pid}`, { seconds: PATIENCE }).catch(() => {});
      };
      signal.addEventListener('abort', end);
      return controller.command(`sh -c ${quote(`echo pid $$; exec ${verifyCommand()}`)}`, {
        stdin: verifyInput(plan),
        seconds: plan.seconds + MORE,
        stop: later.signal,
        line: (line) => {
          const [, number] = /^pid (\d+)$/.exec(line) ?? [];
          if (number !== undefined) {
            pid = number;
            if (signal.aborted) end();
          }
          const event = verifyEventIn(line);
          if (event === undefined) return;
          events.push(event);
          lines(event).forEach(say);
        },
      });
    });
    if (!signal.aborted && !events.some(({ event }) => event === 'end')) throw broken(cluster, code, stderr);
    const ended = signal.aborted ? 'the verification was ended before it came to this' : undefined;
    return { verification: verificationOf(plan, events, ended), interrupted: signal.aborted };
  } catch (error) {
    if (!later.signal.aborted) throw error;
    // Where the connection ends, so does what runs there, and takes away what it made.
    say('It did not end in time: the connection is closed, and what was made is taken away without us.');
    return { verification: verificationOf(plan, events, 'the verification was ended'), interrupted: true };
  } finally {
    over();
  }
}

/** The last line of standard error says why (components/remote/verify/README.md). */
function broken({ kubespray: { controller } }: Cluster, code: number | undefined, stderr: string): UserError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return UserError.of(
    'not-verified',
    `nodes.${controller}`,
    `${controller} could not verify the cluster: ${said.slice(0, 400) || `it ended with status ${code ?? 'unknown'}`}`,
    'see docs/verify.md; what is needed there is laid by `npx calispray up`',
  );
}
