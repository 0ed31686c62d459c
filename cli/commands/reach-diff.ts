/** `calispray reach diff`: what a change opens and closes, for a reviewer. */
import { UserError } from '../../cluster/finding.ts';
import {
  changesBetween,
  type Grain,
  stagedIn,
  withPodsNamedAs,
  withStagedEnforced,
  workloadsApart,
  workloadsOf,
} from '../../reachability/index.ts';
import { changeLines, type DiffFormat, diffFormats, type Report, told } from '../reach/changes-view.ts';
import { print } from '../reach/print.ts';
import { sourceNamed } from '../reach/sources.ts';
import { type Asked, askable, inLabIfLive, leftOut, type WorldOptions, whereOf, worldFrom } from '../reach/world.ts';
import { exitCodes } from '../report.ts';

export interface DiffOptions extends WorldOptions {
  json?: boolean;
  format?: string;
  by?: string;
  /** Every line, not the first twenty. */
  all?: boolean;
  /** What decided each of them, and decides it now. */
  why?: boolean;
  /** The new world has its staged policies enforced; without one, it is the old one with them. */
  enforceStaged?: boolean;
  /** End with 1 where something is opened or closed, as `git diff --exit-code`. */
  exitCode?: boolean;
}

export default async function diff(options: DiffOptions, old: string, now?: string): Promise<number> {
  const format = formatOf(options);
  const grain = grainOf(options.by);
  const inside = await inLabIfLive(options, now === undefined ? [old] : [old, now]);
  if (inside !== undefined) return inside;
  const { without: _, ...whole } = options;
  const before = await sideOf(whole, old);
  const after = await newSide(options, before, now);
  const matched = askable(withPodsNamedAs(before.resources, after.resources), after.calico);
  const compared = changesBetween({
    before: before.world,
    after: matched.world,
    pools: [...before.pools, ...matched.pools],
  });
  const lines = told(compared, workloadsOf(before.resources), grain, before, matched);
  const report: Report = { lines, ...workloadsApart(before.resources, after.resources) };
  await print(changeLines(format, report, options.all === true, options.why === true));
  return options.exitCode === true && lines.length > 0 ? exitCodes.finding : exitCodes.done;
}

/** A side, with the workloads that both share. */
function sideOf(options: DiffOptions, text: string): Promise<Asked> {
  const where = whereOf(options);
  return worldFrom(
    [text, ...(options.world ?? [])].map((one) => sourceNamed(one, where)),
    options,
  );
}

/** The other world, or the old one with what the options say of it: staged policies enforced, some of it left out. */
async function newSide(options: DiffOptions, before: Asked, now: string | undefined): Promise<Asked> {
  const { enforceStaged = false, without = [] } = options;
  if (now === undefined && !enforceStaged && without.length === 0) {
    const hint = 'Give OLD and NEW; or, with one world alone, --enforce-staged or --without KIND/NAME.';
    throw UserError.of('no-question', '', 'one world has nothing to be compared with', hint);
  }
  const after =
    now === undefined ? askable(leftOut(before.resources, without), before.calico) : await sideOf(options, now);
  if (!enforceStaged) return after;
  if (stagedIn(after.resources).length === 0) {
    const hint = 'In a stack, policies.staged says which are; or leave --enforce-staged out.';
    throw UserError.of('nothing-staged', '', 'no policy of this world is staged', hint);
  }
  return askable(withStagedEnforced(after.resources), after.calico);
}

function formatOf({ format, json }: DiffOptions): DiffFormat {
  const named = json === true ? 'json' : (format ?? 'text');
  const known = diffFormats.find((one) => one === named);
  if (known !== undefined) return known;
  throw UserError.of('no-format', '', `there is no format ${named}`, `The formats are ${diffFormats.join(', ')}.`);
}

function grainOf(by = 'workload'): Grain {
  if (by === 'workload' || by === 'namespace' || by === 'pod') return by;
  throw UserError.of('no-question', '', `--by ${by} is unknown`, 'Give workload, namespace or pod.');
}
