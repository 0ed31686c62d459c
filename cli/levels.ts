/** What a stack says of the levels of its rules, and what that makes of their findings. */
import { type Finding, formatFinding, UserError } from '../cluster/finding.ts';
import { POLICY_KEY } from '../policies/key.ts';
import type { Level, Levels } from '../policies/levels.ts';
import { located, type StackFile } from './project.ts';

/** @throws UserError with everything that is wrong with the stack's `calispray:policy` */
export async function levelsOf(file: StackFile): Promise<Levels | undefined> {
  const value = file.config[POLICY_KEY];
  if (value === undefined) return undefined;
  const { parseLevels } = await import('../policies/levels.ts');
  const parsed = parseLevels(value);
  if (!parsed.ok) throw new UserError(located(parsed.findings, file.source, 'config'));
  return parsed.levels;
}

/** Whether a run with the rules would stop at it: by the level of the stack, or else by its class. */
export function stops(finding: Finding, levels: Levels): boolean {
  return levels[finding.code] === undefined ? finding.class !== 'advice' : levels[finding.code] === 'mandatory';
}

const says: Readonly<Record<Exclude<Level, 'disabled'>, string>> = {
  mandatory: 'stops a run',
  remediate: 'is put right in a run',
  advisory: 'is said, and passed',
};

/** The finding, and a line for what its level does to it where the stack says one. */
export function levelledText(finding: Finding, levels: Levels): string {
  const level = levels[finding.code];
  if (level === undefined || level === 'disabled') return formatFinding(finding);
  return `${formatFinding(finding)}\n  ${POLICY_KEY} has it ${level}: it ${says[level]}`;
}
