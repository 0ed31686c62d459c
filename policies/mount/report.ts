/** A finding as a violation of its policy: class, severity, field, reason, way out and upstream reference in the text. */
import type { EnforcementLevel, ReportViolation, Severity } from '@pulumi/policy';
import { type Finding, type FindingClass, formatFinding } from '../../cluster/finding.ts';

export const severities: Readonly<Record<FindingClass, Severity>> = {
  refused: 'critical',
  harmful: 'high',
  advice: 'low',
};

export const defaultLevels: Readonly<Record<FindingClass, EnforcementLevel>> = {
  refused: 'mandatory',
  harmful: 'mandatory',
  advice: 'advisory',
};

/** What a policy and a rule have in common. */
export interface Described {
  readonly code: string;
  readonly title: string;
  readonly class: FindingClass;
}

/**
 * Reports under the rule's own name. The level is the configured one, but for what kubespray would refuse: that stays
 * mandatory whatever a configuration says, since nothing is gained by finding it out twenty minutes later.
 */
export function reportTo(report: ReportViolation, rule: Described, findings: readonly Finding[], urn?: string): void {
  for (const finding of findings) {
    if (rule.class === 'refused') say(report, rule, textOf(finding), 'mandatory', urn);
    else report(textOf(finding), urn);
  }
}

/** The same in the name and at the level given, which the SDK takes as an object (1.21.0 server.js makeReportViolationFun). */
export function say(
  report: ReportViolation,
  rule: Described,
  text: string,
  enforcementLevel: EnforcementLevel,
  urn?: string,
): void {
  const violation = {
    name: rule.code,
    message: `${rule.title}\n${text}`,
    description: rule.title,
    enforcementLevel,
    severity: severities[rule.class],
    ...(urn === undefined ? {} : { urn }),
  };
  report(violation as unknown as string);
}

/** `harmful (high) at network.mtu: …\n  → … (reference)`: without the code, which the engine prints as the policy's name. */
export function textOf(finding: Finding): string {
  const text = formatFinding(finding);
  return text.replace(`${finding.class} ${finding.code}`, `${finding.class} (${severities[finding.class]})`);
}
