/**
 * The MTU put right. What a component is given never reaches its children through the engine, so that correcting the
 * inventory's inputs alone would show one number and lay another down: the files that its child writes on the controller
 * are corrected with it, and an inventory whose files were not found is reported.
 */
import type { ReportViolation, ResourceRemediation } from '@pulumi/policy';
import { mtuAboveEncapsulation as rule } from '../rules/mtu/mtu-above-encapsulation.ts';
import { room } from '../rules/mtu/room.ts';
import { isRecord, numberIn } from '../rules/variables.ts';
import { Reading } from './reading.ts';
import { textOf } from './report.ts';
import { INVENTORY, type Seen } from './seen.ts';

const COMMAND = 'command:remote:Command';
const VARIABLES = ['calico_mtu', 'calico_veth_mtu'] as const;

export function mtuRemedy(seen: Seen): ResourceRemediation {
  const right = new Map<string, number>();
  return ({ type, urn, props, opts }) => {
    if (type === INVENTORY) {
      const reading = new Reading(props);
      if (reading.judge(rule).length === 0) return undefined;
      const most = room(reading.subject)?.maxMtu;
      if (most === undefined) return undefined;
      for (const name of VARIABLES) if (numberIn(reading.subject, name) > most) props.variables[name] = most;
      right.set(urn, most);
      seen.corrected.set(urn, 'inputs');
      return props;
    }
    const most = right.get(opts.parent ?? '');
    if (type !== COMMAND || opts.parent === undefined || most === undefined) return undefined;
    seen.corrected.set(opts.parent, 'later');
    // Unknown in a preview until the controller is ready: reading it throws, and the SDK reports that.
    const text = corrected(props.stdin, most);
    if (text === undefined) {
      seen.corrected.set(opts.parent, 'inputs');
      return undefined;
    }
    seen.corrected.set(opts.parent, 'files');
    props.stdin = text;
    return props;
  };
}

/** Said on the stack of every inventory whose inputs alone were corrected. */
export function reportUncorrectedFiles(seen: Seen, report: ReportViolation): void {
  for (const [urn, state] of seen.corrected) {
    if (state !== 'inputs') continue;
    const message =
      'the MTU was put right in the inventory’s inputs, and no command below it lays down files to put right';
    report(
      textOf({ code: rule.code, class: rule.class, path: 'calico_mtu', message, hint: 'Declare the right MTU.' }),
      urn,
    );
  }
}

/**
 * The files of an inventory (`{"inventory/group_vars/…": "text"}`), with every MTU above `most` replaced by it and a word
 * on why; undefined where it holds none.
 */
export function corrected(stdin: unknown, most: number): string | undefined {
  if (typeof stdin !== 'string') return undefined;
  let files: unknown;
  try {
    files = JSON.parse(stdin);
  } catch {
    return undefined;
  }
  if (!isRecord(files)) return undefined;
  let found = false;
  const line = new RegExp(`^(${VARIABLES.join('|')}): *["']?(\\d+)["']? *$`, 'gm');
  const fixed = Object.entries(files).map(([name, text]) => [
    name,
    typeof text !== 'string'
      ? text
      : text.replaceAll(line, (whole, variable: string, mtu: string) => {
          if (!(Number(mtu) > most)) return whole;
          found = true;
          return `${variable}: ${most} # ${mtu} is declared; the policy ${rule.code} put it right.`;
        }),
  ]);
  return found ? JSON.stringify(Object.fromEntries(fixed), null, 1) : undefined;
}
