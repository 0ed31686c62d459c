/** Lines of a verification at work, and what they come to. */
import { isRecord } from '../../cluster/raw.ts';
import type { CheckResult, Outcome, Verification, Verified, VerifyEvent, VerifyPlan } from './types.ts';

const OUTCOMES: ReadonlySet<unknown> = new Set<Outcome>(['passed', 'failed', 'not-judged']);

/** The event of a line; undefined for what is none. */
export function verifyEventIn(line: string): VerifyEvent | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(said)) return undefined;
  const { event, text, id, outcome, seen, hint, seconds, ok, left } = said;
  if (event === 'step' && typeof text === 'string') return { event, text };
  if (event === 'check' && typeof id === 'string' && OUTCOMES.has(outcome) && typeof seen === 'string') {
    const more = typeof hint === 'string' && hint !== '' ? { hint } : {};
    return { event, id, outcome: outcome as Outcome, seen, ...more, seconds: number(seconds) };
  }
  if (event === 'end' && typeof ok === 'boolean') {
    const texts = Array.isArray(left) ? left.filter((one) => typeof one === 'string') : [];
    return { event, ok, seconds: number(seconds), left: texts };
  }
  return undefined;
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;
}

/**
 * Every check of the plan with what came of it, in its order. One that nothing was said of has failed: `ended` says why, where the
 * verification did not come to its end. What the plan does not have is passed over.
 */
export function verificationOf(
  plan: VerifyPlan,
  events: readonly VerifyEvent[],
  ended = 'the verification ended before it came to this',
): Verification {
  const results = new Map<string, CheckResult>();
  let end: Extract<VerifyEvent, { event: 'end' }> | undefined;
  for (const event of events) {
    if (event.event === 'end') end = event;
    if (event.event !== 'check') continue;
    const { event: _, ...result } = event;
    results.set(event.id, result);
  }
  const checks = plan.checks.map(
    (check): Verified => ({
      ...check,
      ...(results.get(check.id) ?? { id: check.id, outcome: 'failed', seen: ended, seconds: 0 }),
    }),
  );
  return {
    ok: checks.every(({ outcome, required }) => outcome !== 'failed' || !required) && (end?.left ?? []).length === 0,
    cluster: plan.cluster,
    seconds: end?.seconds ?? 0,
    checks,
    left: end?.left ?? [],
  };
}

/** All that standard output had. */
export function verifyEventsIn(stdout: string): VerifyEvent[] {
  return stdout.split('\n').flatMap((line) => verifyEventIn(line) ?? []);
}

/** `29 checks passed, 2 failed, 4 not judged`. */
export function summaryOf(checks: readonly { readonly outcome: Outcome }[]): string {
  const count = (outcome: Outcome) => checks.filter((check) => check.outcome === outcome).length;
  const passed = count('passed');
  return [
    `${passed} ${passed === 1 ? 'check' : 'checks'} passed`,
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('not-judged') > 0 ? [`${count('not-judged')} not judged`] : []),
  ].join(', ');
}
