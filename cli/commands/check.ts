/** `calispray check`: the parser and the rules, without engine. */

import { type Finding, UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import type { Judge } from '../left-over.ts';
import { findProject, located, readStack, type Spec, specIn, specOf } from '../project.ts';
import { exitCodes, findingLines, terminal } from '../report.ts';

export interface SpecOptions {
  stack?: string;
  spec?: string;
  cwd?: string;
  json?: boolean;
}

export default async function check(options: SpecOptions): Promise<number> {
  const { cluster, source, base } = await read(options, judgeByRules);
  const findings = located(await judgeByRules(cluster), source, base);
  const wrong = findings.some((finding) => finding.class !== 'advice');
  if (options.json === true) terminal.out(JSON.stringify({ ok: !wrong, findings }, null, 2));
  else {
    for (const line of findingLines(findings)) terminal.out(line);
    if (!wrong) terminal.out(`${cluster.name}: nothing against it.`);
  }
  return wrong ? exitCodes.finding : exitCodes.done;
}

async function judgeByRules(cluster: Cluster): Promise<readonly Finding[]> {
  const [{ judge }, { subjectOf }] = await Promise.all([
    import('../../policies/rules/index.ts'),
    import('../../kubespray/index.ts'),
  ]);
  return judge(subjectOf(cluster));
}

/** The cluster that `--stack` or `--spec` names; one of the two has to. */
export async function specified(options: SpecOptions): Promise<Cluster> {
  return (await read(options)).cluster;
}

async function read(options: SpecOptions, judge?: Judge): Promise<Spec> {
  if ((options.stack === undefined) === (options.spec === undefined)) {
    throw UserError.of('no-cluster', '', 'name one cluster to read', 'give --stack NAME, or --spec FILE');
  }
  if (options.spec !== undefined) return specIn(options.spec, judge);
  const project = findProject(options.cwd);
  const file = readStack(project, options.stack ?? '');
  const spec = await specOf(project, file, judge);
  if (spec === undefined) {
    throw UserError.of('no-cluster', 'calispray:cluster', `${file.path} declares no cluster`, 'see Pulumi.dev.yaml');
  }
  return spec;
}
