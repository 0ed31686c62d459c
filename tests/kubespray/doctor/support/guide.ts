/** The part of docs/doctor.md that is made of the rules: each trouble as it is told of in its first bad world. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Report, reportOf, troubles } from '../../../../kubespray/doctor/index.ts';
import { evidenceOf, type Written } from './edit.ts';

type Finding = Report['findings'][number];

const worlds = join(import.meta.dirname, '../worlds');

/** What stands above it is written by hand. */
export const MARK = '## The troubles\n';

export function guide(): string {
  const intro =
    'Made of the rules (`kubespray/doctor/rules/`) by `UPDATE_GOLDEN=1 npx mocha tests/kubespray/doctor/guide.test.ts`: change the rules,\nnot this. Each is shown as it is told of in a world of the tests.\n';
  return [MARK, intro, ...troubles.map(({ code, title }) => section(code, title))].join('\n');
}

function section(code: string, title: string): string {
  const finding = exampleOf(code);
  const { severity, message, evidence, why, mend, stack, follows, reference, inferred } = finding;
  const lines = [
    `${severity.toUpperCase()} ${code}: ${message}`,
    ...shown('seen', evidence.slice(0, 4)),
    ...shown(
      'mend',
      mend.slice(0, 5).map(({ on, command }) => `${on}: ${command}`),
    ),
    ...shown(
      'stack',
      stack === undefined
        ? []
        : [`${stack.path}: ${stack.to}${stack.from === undefined ? '' : ` (now ${stack.from})`}`],
    ),
    ...shown('follows', follows.length === 0 ? [] : [follows.join(', ')]),
  ];
  const concluded =
    inferred === true
      ? ' Concluded from what is silent and what is not: told only where nothing that is shown explains it.'
      : '';
  return [
    `### ${code}`,
    '',
    `**${title}.** ${why}${concluded}`,
    '',
    '```text',
    ...lines,
    '```',
    ...(reference === undefined || reference === '' ? [] : ['', `Source: ${reference}.`]),
    '',
  ].join('\n');
}

function shown(title: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `  ${(at === 0 ? title : '').padEnd(8)}${line}`);
}

/** `bad.json`, which every trouble has. */
function exampleOf(code: string): Finding {
  const [file] = globSync(join(worlds, code, 'bad.json'));
  const written = JSON.parse(readFileSync(file as string, 'utf8')) as Written;
  return reportOf(evidenceOf(written)).findings.find((finding) => finding.code === code) as Finding;
}
