/** A report for people: findings in their order, each with what shows it and what mends it. */
import type { Report } from '../../kubespray/doctor/types.ts';

type Found = Report['findings'][number];

/** Further lines of evidence, of a finding about a whole cluster, are in `--json`. */
const EVIDENCE = 8;

/** @param stack its name where it is known: commands are shown as they can be run then */
export function textOf(report: Report, stack = 'NAME'): string[] {
  const when = `${report.at.slice(0, 16).replace('T', ' ')} UTC`;
  const lines = [
    `${report.cluster}: ${verdict(report)}  (${when})`,
    ...report.findings.flatMap((found, at) => ['', ...findingLines(found, at + 1, stack)]),
    ...listed('Not explained by any of that:', report.unexplained),
    ...listed(
      'Could not be looked at:',
      report.unknown.map(({ what, why }) => `${what}: ${why}`),
    ),
  ];
  return lines.map(plain);
}

function verdict({ findings, unexplained, unknown }: Report): string {
  const blind = unknown.length === 0 ? '' : `; ${counted(unknown.length, 'thing')} could not be looked at`;
  if (findings.length > 0) return `${counted(findings.length, 'finding')}${blind}`;
  if (unexplained.length > 0) return `${counted(unexplained.length, 'symptom')} that nothing known explains${blind}`;
  return `nothing found${blind}`;
}

function findingLines(found: Found, number: number, name: string): string[] {
  const { severity, code, message, evidence, why, mend, stack, explains, follows, reference } = found;
  const more = evidence.length - EVIDENCE;
  const part = (title: string, lines: readonly string[]) =>
    lines.map((line, at) => `   ${(at === 0 ? title : '').padEnd(9)} ${line}`);
  return [
    `${number}. ${severity.toUpperCase()} ${code}: ${message}`,
    ...part('seen', [...evidence.slice(0, EVIDENCE), ...(more > 0 ? [`and ${more} lines more (--json)`] : [])]),
    ...part('why', [why]),
    ...part(
      'mend',
      mend.map(({ on, command }) => `${on}: ${command.replaceAll('--stack NAME', `--stack ${name}`)}`),
    ),
    ...part('stack', stack === undefined ? [] : [changeWords(stack)]),
    ...part('explains', explains.length === 0 ? [] : [counted(explains.length, 'symptom')]),
    ...part('follows', follows.length === 0 ? [] : [follows.join(', ')]),
    ...part('more', reference === undefined ? [] : [reference]),
  ];
}

function changeWords({ path, from, to }: NonNullable<Found['stack']>): string {
  return from === undefined ? `${path}: ${to}` : `${path}: ${to} (now ${from})`;
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `   ${line}`)];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Nothing that a host says may steer the terminal; a command may have several lines. */
function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a host says may hold anything.
  return line.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g, ' ').replaceAll('\n', `\n${' '.repeat(13)}`);
}
