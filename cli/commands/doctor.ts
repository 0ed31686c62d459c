/** `calispray doctor`: what is wrong with the cluster, why, and what mends it. Nodes and API are asked, or a file; nothing is changed. */
import { resolve } from 'node:path';
import { UserError } from '../../cluster/finding.ts';
import { scrubbed } from '../../kubespray/doctor/scrub.ts';
import { declaredForDump } from '../../kubespray/doctor/scrub-declared.ts';
import type { Evidence } from '../../kubespray/doctor/types.ts';
import { leftOut, mayBeWritten, readDump, writeDump } from '../doctor/dump.ts';
import { textOf } from '../doctor/text.ts';
import { clusterIn, inLabWhereItIs } from '../live/command.ts';
import type { StackOptions } from '../open.ts';
import { CLUSTER_KEY } from '../project.ts';
import { exitCodes, terminal } from '../report.ts';

export interface DoctorOptions extends StackOptions {
  collect?: string;
  from?: string;
}

export default async function doctor(options: DoctorOptions): Promise<number> {
  if (options.collect !== undefined) {
    if (options.from !== undefined) throw oneSource(options.from);
    mayBeWritten(options.collect);
  }
  if (options.from !== undefined) return judged(readDump(options.from), options);
  const inside = await inLabWhereItIs(options);
  if (inside !== undefined) return inside;
  return judged(await gathered(options), options, options.stack);
}

/** Secrets are taken out before anything is judged or written. */
async function gathered(options: DoctorOptions): Promise<Evidence> {
  const [{ cluster, file }, { gather }] = await Promise.all([clusterIn(options), import('../doctor/gather.ts')]);
  terminal.err(`Asking ${cluster.nodes.length === 1 ? 'the node' : `${cluster.nodes.length} nodes`} and the API …`);
  const declared = declaredForDump(file.config[CLUSTER_KEY]);
  const asked = await gather(cluster, declared, terminal.err);
  const { value, removed } = scrubbed(asked, textsIn(file.config['calispray:secretVariables']));
  if (options.collect !== undefined) {
    writeDump(options.collect, value);
    terminal.err(`Wrote ${resolve(options.collect)}, readable by you alone. ${leftOut(removed)}`);
  }
  return value;
}

/** @param stack its name, where it is known: a file tells of a cluster, and not what its stack is called where it is judged */
async function judged(evidence: Evidence, options: DoctorOptions, stack?: string): Promise<number> {
  const { reportOf } = await import('../../kubespray/doctor/index.ts');
  const report = reportOf(evidence);
  if (options.json === true) terminal.out(JSON.stringify(report, null, 2));
  else for (const line of textOf(report, stack)) terminal.out(line);
  return report.ok ? exitCodes.done : exitCodes.finding;
}

/** Every text in a value: the secret variables of a stack are known where somebody left them unencrypted. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function oneSource(from: string): UserError {
  const what = `--from ${from} judges what was collected before, and --collect asks the cluster`;
  return UserError.of('one-source', '', what, 'Leave one of the two out.');
}
