/** `calispray plan`: what carrying the stack out would do to the cluster, and what the rules refuse of it. No node is touched. */
import { type Finding, UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import type { Facts } from '../../kubespray/plan/index.ts';
import { exportState } from '../engine/export.ts';
import { levelledText, stops } from '../levels.ts';
import { clusterIn, inLabWhereItIs } from '../live/command.ts';
import { driftNow } from '../live/drift.ts';
import { recordedIn } from '../live/recorded.ts';
import { insideLab, prepare, progressOf, type StackOptions } from '../open.ts';
import { LAB_STACK, labName } from '../places.ts';
import { CLUSTER_KEY, located } from '../project.ts';
import { exitCodes, findingLines, terminal } from '../report.ts';

export default async function plan(options: StackOptions & { live?: boolean }): Promise<number> {
  const inside = await whereTheLabIs(options);
  if (inside !== undefined) return inside;
  const say = progressOf(options);
  const { cluster, file, levels = {}, ...declared } = await clusterIn(options);
  // No provider is asked, so nobody need know which ones there are.
  const prepared = await prepare({ cluster, file, levels, ...declared }, () => {}, false);
  const [{ factsOf, planLines, planOf }, { subjectOf }, { judge }] = await Promise.all([
    import('../../kubespray/plan/index.ts'),
    import('../../kubespray/index.ts'),
    import('../../policies/rules/index.ts'),
  ]);
  const applied = recordedIn(await exportState(prepared));
  const desired = factsOf(cluster, await sourceOf(cluster, applied?.release.source));
  const secrets = SECRETS in file.config;
  if (secrets) Object.assign(desired, { settings: { ...desired.settings, ...secretsIn(applied) } });
  const more = {
    removeDead: cluster.kubespray.removeDead,
    ...(cluster.migrate === undefined ? {} : { migrate: cluster.migrate }),
  };
  const planned = planOf(applied, desired, more);
  const change = applied === undefined ? undefined : { applied, desired, ...more };
  const judged = judge({ ...subjectOf(cluster), ...(change === undefined ? {} : { change }) });
  const findings = at(judged.filter((finding) => levels[finding.code] !== 'disabled'));
  const drift = options.live === true ? await driftNow(cluster) : undefined;
  if (drift !== undefined && drift.unread.length > 0) throw new UserError(drift.unread);
  // What the stack itself is about to change is told once, as a change.
  const live = at(drift?.findings ?? []).filter(({ path }) => !findings.some((finding) => finding.path === path));
  const ok = ![...findings, ...live].some((finding) => stops(finding, levels));

  if (options.json === true) {
    const document = {
      ok,
      stack: file.stack,
      plan: planned,
      desired,
      findings,
      levels,
      ...(drift === undefined ? {} : { live: drift.live, drift: live }),
    };
    terminal.out(JSON.stringify(document, null, 2));
  } else {
    const lines = planLines(planned);
    for (const line of lines.length === 0 ? [`${cluster.name}: nothing to do.`] : lines) say(line);
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
    for (const line of findingLines(found, (finding) => levelledText(finding, levels))) say(line);
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

/** `calispray:secretVariables`: only the engine can read them, and what was carried out has their digests alone. */
const SECRETS = 'calispray:secretVariables';

function secretsIn(applied: Facts | undefined): Record<string, unknown> {
  const settings = Object.entries(applied?.settings ?? {});
  return Object.fromEntries(settings.filter(([name]) => name.startsWith('secretVariables.')));
}

/** What would be run. A tar that is not on this machine is taken for the one that was: a plan copies nothing. */
async function sourceOf(cluster: Cluster, before: string | undefined): Promise<string> {
  const { kubespraySource } = await import('../../components/source.ts');
  try {
    return kubespraySource(cluster).digest;
  } catch (error) {
    if (error instanceof UserError && error.findings.every(({ code }) => code === 'bundle-missing')) {
      return before ?? 'not-there-yet';
    }
    throw error;
  }
}
