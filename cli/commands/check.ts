/** `calispray check`: the parser and the rules, without engine; of a stack, at the levels that it sets. */

import { type Finding, UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import type { Levels } from '../../policies/levels.ts';
import type { Judge } from '../left-over.ts';
import { levelledText, levelsOf, stops } from '../levels.ts';
import {
  findProject,
  located,
  type Project,
  readStack,
  type Spec,
  type StackFile,
  specIn,
  specOf,
} from '../project.ts';
import { exitCodes, findingLines, terminal } from '../report.ts';

export interface SpecOptions {
  stack?: string;
  spec?: string;
  cwd?: string;
  json?: boolean;
}

export default async function check(options: SpecOptions): Promise<number> {
  const chosen = chosenIn(options);
  const levels = chosen.file === undefined ? {} : ((await levelsOf(chosen.file)) ?? {});
  const judge: Judge = async (cluster, doubtful) =>
    (await judgeByRules(cluster, doubtful)).filter(({ code }) => levels[code] !== 'disabled');
  const { cluster, source, base } = await read(chosen, judge);
  const findings = located(await judge(cluster, []), source, base);
  const ok = !findings.some((finding) => stops(finding, levels));
  if (options.json === true) terminal.out(JSON.stringify({ ok, findings, levels }, null, 2));
  else {
    for (const line of findingLines(findings, (finding) => levelledText(finding, levels))) terminal.out(line);
    const verdict = findings.length === 0 ? 'nothing against it' : 'passes all the same';
    if (ok) terminal.out(`${cluster.name}: ${verdict}${left(levels)}.`);
  }
  return ok ? exitCodes.done : exitCodes.finding;
}

/** Rules that nothing was asked of, for the closing line. */
function left(levels: Levels): string {
  const off = Object.keys(levels).filter((code) => levels[code] === 'disabled');
  return off.length === 0 ? '' : `, with ${off.join(', ')} disabled`;
}

/** Parts of the cluster that say who is there and who reaches whom: where one of them is in doubt, nothing is said of any object. */
const OF_WORLD = /^(policies|workloads|expect|network|nodes|calico|kubespray|monitoring)\b/;

async function judgeByRules(cluster: Cluster, doubtful: readonly string[]): Promise<readonly Finding[]> {
  const [{ judge }, { judgeObjects }, { subjectOf }] = await Promise.all([
    import('../../policies/rules/index.ts'),
    import('../../policies/objects/judge.ts'),
    import('../../kubespray/index.ts'),
  ]);
  const subject = subjectOf(cluster);
  return [...judge(subject), ...(doubtful.some((path) => OF_WORLD.test(path)) ? [] : judgeObjects(cluster, subject))];
}

/** The cluster that `--stack` or `--spec` names; one of the two has to. */
export async function specified(options: SpecOptions): Promise<Cluster> {
  return (await read(chosenIn(options))).cluster;
}

type Chosen =
  | { readonly spec: string; readonly file?: undefined }
  | { readonly project: Project; readonly file: StackFile };

function chosenIn({ stack, spec, cwd }: SpecOptions): Chosen {
  if (stack !== undefined && spec === undefined) {
    const project = findProject(cwd);
    return { project, file: readStack(project, stack) };
  }
  if (spec !== undefined && stack === undefined) return { spec };
  throw UserError.of('no-cluster', '', 'name one cluster to read', 'give --stack NAME, or --spec FILE');
}

async function read(chosen: Chosen, judge?: Judge): Promise<Spec> {
  if (chosen.file === undefined) return specIn(chosen.spec, judge);
  const { project, file } = chosen;
  const spec = await specOf(project, file, judge);
  if (spec === undefined) {
    throw UserError.of('no-cluster', 'calispray:cluster', `${file.path} declares no cluster`, 'see Pulumi.dev.yaml');
  }
  return spec;
}
