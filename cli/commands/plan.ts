/** `calispray plan`: what carrying the stack out would do to the cluster, and what the rules refuse of it. No node is touched. */
import { type Finding, UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { isRecord } from '../../cluster/raw.ts';
import type { Facts } from '../../kubespray/plan/index.ts';
import { exportState } from '../engine/export.ts';
import { levelledText, stops } from '../levels.ts';
import { clusterIn, inLabWhereItIs } from '../live/command.ts';
import { type Drift, driftNow } from '../live/drift.ts';
import { recordedIn } from '../live/recorded.ts';
import { insideLab, prepare, progressOf, type StackOptions } from '../open.ts';
import { LAB_STACK, labName } from '../places.ts';
import { CLUSTER_KEY, located } from '../project.ts';
import { exitCodes, findingLines, terminal } from '../report.ts';

export default async function plan(options: StackOptions & { live?: boolean }): Promise<number> {
  const inside = await whereTheLabIs(options);
  if (inside !== undefined) return inside;
  const say = progressOf(options);
  const declared = await clusterIn(options);
  const { cluster, file, levels = {} } = declared;
  // No provider is asked, so nobody need know which ones there are.
  const prepared = await prepare(declared, () => {}, false);
  const [{ plannedOf }, { planLines }] = await Promise.all([
    import('../live/planned.ts'),
    import('../../kubespray/plan/index.ts'),
  ]);
  const drift = options.live === true ? await driftNow(cluster) : undefined;
  if (drift !== undefined && drift.unread.length > 0) throw new UserError(drift.unread);
  const { applied, line } = await lastCarriedOut(recordedIn(await exportState(prepared)), drift);
  const secrets = SECRETS in file.config;
  const planned = await plannedOf(cluster, applied, secrets);
  // Without a record everything is still to be made, and the plan says so.
  const open = isRecord(drift?.live?.applied) ? await leftOpen(cluster, planned.plan.steps.length > 0) : undefined;
  const findings = at(planned.findings.filter((finding) => levels[finding.code] !== 'disabled'));
  // What the stack itself is about to change is told once, as a change.
  const live = at(drift?.findings ?? []).filter(({ path }) => !findings.some((finding) => finding.path === path));
  const ok = ![...findings, ...live].some((finding) => stops(finding, levels));

  if (options.json === true) {
    const found = { ok, stack: file.stack, plan: planned.plan, desired: planned.desired, findings, levels };
    const more = drift === undefined ? {} : { live: drift.live, drift: live, ...(open === undefined ? {} : { open }) };
    terminal.out(JSON.stringify({ ...found, ...more }, null, 2));
  } else {
    if (line !== undefined) say(line);
    const lines = planLines(planned.plan);
    if (open !== undefined) say(open);
    else if (lines.length === 0) say(`${cluster.name}: nothing to do.`);
    for (const each of lines) say(each);
    sayFindings(findings.filter((finding) => stops(finding, levels)));
    if (secrets) say('Secret variables are not compared here: `calispray preview` does that.');
    if (drift?.line !== undefined) say(drift.line);
    sayFindings(live);
  }
  return ok ? exitCodes.done : exitCodes.finding;

  function at(found: readonly Finding[]): Finding[] {
    return located(found, file.source, `config.${CLUSTER_KEY}`);
  }
  function sayFindings(found: readonly Finding[]): void {
    for (const each of findingLines(found, (finding) => levelledText(finding, levels))) say(each);
  }
}

const SECRETS = 'calispray:secretVariables';

/** What a run on the controller leaves open; nothing where no `up` has laid the runner there. */
async function leftOpen(cluster: Cluster, asked: boolean): Promise<string | undefined> {
  const [{ onController }, { openLine, runsOn }] = await Promise.all([
    import('../live/controller.ts'),
    import('../live/runs.ts'),
  ]);
  try {
    return openLine(await onController(cluster, runsOn), asked);
  } catch (error) {
    if (error instanceof UserError && error.findings.every(({ code }) => code === 'no-runner')) return undefined;
    throw error;
  }
}

/** The lab holds its stack's state, and only root gets into its network; without one everything is still to be made. */
async function whereTheLabIs(options: StackOptions & { live?: boolean }): Promise<number | undefined> {
  if (options.live !== true && options.stack === LAB_STACK && !insideLab()) {
    if (process.getuid?.() !== 0) return undefined;
    const { labStatus } = await import('../../lab/index.ts');
    if (!labStatus(labName()).up) return undefined;
  }
  return inLabWhereItIs(options);
}

/** What the state remembers; where the controller was asked, what it wrote down itself, which is what an up goes by. */
async function lastCarriedOut(
  recorded: Facts | undefined,
  drift: Drift | undefined,
): Promise<{ applied: Facts | undefined; line?: string }> {
  if (drift?.live === undefined) return { applied: recorded };
  const { readFacts } = await import('../../kubespray/plan/index.ts');
  const applied = readFacts(JSON.stringify(drift.live.applied));
  if (applied === undefined && recorded !== undefined) {
    return {
      applied,
      line: 'The controller has no record of what the state remembers: all of it would be carried out anew.',
    };
  }
  if (recorded === undefined && applied !== undefined) {
    return { applied, line: 'The state has no record; what the controller carried out last is what this starts from.' };
  }
  return { applied };
}
