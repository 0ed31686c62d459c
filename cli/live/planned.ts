/** What carrying a stack out would do to its cluster, and what the rules say of it: from the stack file and the last record alone. */
import { type Finding, UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { type Facts, factsOf, type Plan, planOf } from '../../kubespray/plan/index.ts';
import { subjectOf } from '../../kubespray/subject.ts';
import { judge } from '../../policies/rules/index.ts';

export interface Planned {
  readonly desired: Facts;
  readonly plan: Plan;
  /** Of every rule, those about a change among them. */
  readonly findings: readonly Finding[];
}

/**
 * `applied` is what was carried out last; absent, it is the first run. With `secrets` the stack has secret variables, which
 * are taken for unchanged: only the engine can read them, and what was carried out has their digests alone.
 */
export async function plannedOf(cluster: Cluster, applied: Facts | undefined, secrets: boolean): Promise<Planned> {
  const facts = factsOf(cluster, await sourceOf(cluster, applied?.release.source));
  const desired = secrets ? { ...facts, settings: { ...facts.settings, ...secretsIn(applied) } } : facts;
  const more = {
    removeDead: cluster.kubespray.removeDead,
    ...(cluster.migrate === undefined ? {} : { migrate: cluster.migrate }),
  };
  const change = applied === undefined ? {} : { change: { applied, desired, ...more } };
  return {
    desired,
    plan: planOf(applied, desired, more),
    findings: judge({ ...subjectOf(cluster), ...change }),
  };
}

/** As components/secret-variables.ts names them among the settings. */
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
