/** The order of an `up`: ask the nodes and the live cluster, preview with the rules, stop on a violation with nothing touched, then carry it out. */
import { UserError } from '../cluster/finding.ts';
import { isRecord } from '../cluster/raw.ts';
import type { Change, Journal, Told } from './engine/journal.ts';
import { busyLine, countLine, toldLines, violationLines } from './engine/lines.ts';
import type { Declared, Opened } from './open.ts';
import { mustBeJudged, previewLines, worries } from './plan.ts';
import { CLUSTER_KEY, located } from './project.ts';
import { findingLines, Interrupted } from './report.ts';

export interface Outcome {
  ok: boolean;
  /** The engine's last run: the up, or the preview where that found nothing to do or a violation. */
  journal: Journal;
  /** Was anything carried out? */
  touched: boolean;
}

/** What the nodes said before anything was begun. */
export interface Asked {
  /** The controller keeps a record of this cluster: some `up` carried it out. */
  readonly carriedOut: boolean;
  /** Neither a record of this cluster is there, nor anything of Kubernetes on its first control-plane node. */
  readonly bare: boolean;
}

/**
 * Asks every node, and of a cluster that is there how it is live.
 * @throws UserError where a node is not there or not fit, or the live cluster could not become what the stack says: nothing
 * was touched then, and the engine did not start
 */
export async function preflight({ cluster, file }: Declared, say: (line: string) => void): Promise<Asked> {
  if (cluster === undefined) return { carriedOut: false, bare: false };
  const [{ askNodes }, { driftNow }] = await Promise.all([import('./ssh/ask.ts'), import('./live/drift.ts')]);
  const [fitness, drift] = await Promise.all([askNodes(cluster, say), driftNow(cluster)]);
  const findings = [...fitness, ...located(drift.findings, file.source, `config.${CLUSTER_KEY}`)];
  if (findings.some((finding) => finding.class !== 'advice')) throw new UserError(findings);
  // A control plane that is down must not stand in the way of mending it; a node that does not tell was asked above.
  if (drift.live === undefined || drift.live.cluster === 'down') say(drift.line ?? '');
  for (const line of findingLines(findings)) say(line);
  const carriedOut = isRecord(drift.live?.applied);
  return { carriedOut, bare: drift.live?.cluster === 'none' && !carriedOut };
}

export async function carryOut(
  { session, cluster, file }: Pick<Opened, 'session' | 'cluster' | 'file'>,
  say: (line: string) => void,
  asked: Asked,
): Promise<Outcome> {
  const plan = await session.preview(worries(say));
  for (const line of previewLines(plan)) say(line);
  mustBeJudged(plan);
  if (plan.mandatory().length > 0) return { ok: false, journal: plan, touched: false };
  if (asked.bare && wasCarriedOut(plan)) throw clusterGone(file.stack);
  // Nothing to change: the engine's own up would find the same and write the same state again.
  if (plan.idle()) return { ok: true, journal: plan, touched: false };
  say('');
  const { withProgress } = await import('./live/follow.ts');
  const journal = await withProgress(cluster, say, () =>
    follow(say, (tell) => session.up(tell, asked.carriedOut)).catch((error) => {
      if (error instanceof Interrupted && cluster !== undefined) say(goesOn(file.stack));
      throw error;
    }),
  );
  // What was there before is known before alone.
  journal.plan = plan.plan;
  const mandatory = journal.mandatory();
  // The pack judges again with what only an up knows.
  for (const line of violationLines(mandatory)) say(line);
  return { ok: mandatory.length === 0, journal, touched: true };
}

/** Whether the state has a cluster that some `up` carried out. */
function wasCarriedOut(plan: Journal): boolean {
  const made = plan.changed().some(({ type, act }) => type === 'calispray:kubespray:Build' && act === 'create');
  return plan.plan?.first === false && !made;
}

function goesOn(stack: string): string {
  return `A run that is at work on the controller goes on: \`calispray follow --stack ${stack}\` tells of it, and the next up follows it.`;
}

/** The state has what was made in a cluster that is no more: "no change" would be no answer, and half of it would be made anew. */
function clusterGone(stack: string): UserError {
  return UserError.of(
    'cluster-gone',
    '',
    `the state of stack ${stack} has a cluster that was carried out, and none is live, as after a reset or on nodes installed anew`,
    `run \`npx calispray down --stack ${stack}\`, which clears the state, and then up, which builds the cluster anew`,
  );
}

/** Longest silence, in milliseconds, before a line says what is being done. */
const SILENCE = 10_000;

/** Runs a changing operation and says each step as it ends, what a command prints, and the count at the end. */
export async function follow(
  say: (line: string) => void,
  operation: (tell: (told: Told) => void) => Promise<Journal>,
): Promise<Journal> {
  const begun = performance.now();
  const working = new Set<Change>();
  let spoken = begun;
  const speak = (line: string) => {
    spoken = performance.now();
    say(line);
  };
  const silence = setInterval(() => {
    const busy = [...working].filter((change) => change.custom);
    if (busy.length > 0 && performance.now() - spoken >= SILENCE)
      speak(busyLine(busy, (performance.now() - begun) / 1000));
  }, 1000);
  try {
    const journal = await operation((told) => {
      if (told.kind === 'begun') working.add(told.change);
      if (told.kind === 'ended') working.delete(told.change);
      for (const line of toldLines(told)) speak(line);
    });
    say(`${countLine(journal, 'over')} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
    return journal;
  } finally {
    clearInterval(silence);
  }
}
