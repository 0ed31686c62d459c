/**
 * The MTU put right. What a component is given never reaches its children through the engine, so that correcting the
 * inventory's inputs alone would show one number and lay another down: the files that its child writes on the controller
 * are corrected with it, and an inventory whose files were not found is reported.
 */
import type { ReportViolation, ResourceRemediation } from '@pulumi/policy';
import { isRecord } from '../../cluster/raw.ts';
import { mtuAboveEncapsulation as rule } from '../rules/mtu/mtu-above-encapsulation.ts';
import { room } from '../rules/mtu/room.ts';
import { numberIn } from '../rules/variables.ts';
import { isUnknown } from './known.ts';
import { Reading } from './reading.ts';
import { say, textOf } from './report.ts';
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
      // What is passed with -e wins over the variables and is in another file: it stays, and is a violation.
      const { extraVars } = reading.subject;
      if (!isRecord(props.variables) || VARIABLES.some((name) => Object.hasOwn(extraVars ?? {}, name)))
        return undefined;
      for (const name of VARIABLES) if (numberIn(reading.subject, name) > most) props.variables[name] = most;
      right.set(urn, most);
      seen.corrected.set(urn, 'inputs');
      return props;
    }
    const most = right.get(opts.parent ?? '');
    if (type !== COMMAND || opts.parent === undefined || most === undefined) return undefined;
    let text: string | undefined;
    try {
      text = corrected(props.stdin, most);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      // A preview does not know them until the controller is ready.
      seen.corrected.set(opts.parent, 'later');
      return undefined;
    }
    if (text === undefined) return undefined;
    seen.corrected.set(opts.parent, 'files');
    props.stdin = text;
    return props;
  };
}

/** Said on the stack: an inventory whose inputs alone were corrected, and one whose files the `up` will correct. */
export function reportUncorrectedFiles(seen: Seen, report: ReportViolation): void {
  const base = { code: rule.code, class: rule.class, path: 'calico_mtu' };
  for (const [urn, state] of seen.corrected) {
    if (state === 'inputs') {
      const message = 'it was put right in the inventory’s inputs, and no command below it lays down files with it';
      report(textOf({ ...base, message, hint: 'Declare the right MTU.' }), urn);
    }
    if (state === 'later') {
      const message =
        'it is put right in the inventory’s inputs; its files are known only in the up, and put right there';
      say(
        report,
        rule,
        textOf({ ...base, message, hint: 'Declare the right MTU to see them in a preview.' }),
        'advisory',
        urn,
      );
    }
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
