/** Shows what a preview found, in words or as one JSON document, and says whether it may be carried out. */
import { planLines } from '../kubespray/plan/index.ts';
import type { Journal, Told } from './engine/journal.ts';
import { diagnosticLines, remediationLines, resourceLines, violationLines } from './engine/lines.ts';

/** While a preview runs: warnings and errors as they come, nothing else. */
export function worries(say: (line: string) => void): (told: Told) => void {
  return (told) => {
    if (told.kind !== 'diagnostic' || told.diagnostic.severity === 'info') return;
    for (const line of diagnosticLines(told.diagnostic)) say(line);
  };
}

/** Nothing is called good that no rule has seen: a pack that did not run is a bug of ours, whatever the reason. */
export function mustBeJudged(journal: Journal): void {
  if (Object.keys(journal.packs).length === 0 && journal.violations.length === 0) {
    throw new Error('the engine ran without the policy pack');
  }
}

/** Lines of a preview: what it does to the cluster, the resources that change with it, then what the rules say. */
export function previewLines(journal: Journal): string[] {
  const said = [...remediationLines(journal.remediations), ...violationLines(journal.violations)];
  const mandatory = journal.mandatory().length;
  const parts = [
    journal.plan === undefined ? [] : planLines(journal.plan),
    mandatory > 0 ? [] : resourceLines(journal),
    said,
  ].filter((lines) => lines.length > 0);
  return [
    ...parts.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines])),
    ...(said.length > 0 ? [''] : []),
    journal.rules.size === 0 && journal.violations.length === 0
      ? 'The rules found nothing of theirs to judge.'
      : mandatory > 0
        ? `${mandatory} violation${mandatory === 1 ? '' : 's'}: nothing was touched.`
        : journal.violations.length > 0
          ? `${journal.rules.size} rules judged it and let it pass, with the advice above.`
          : `${journal.rules.size} rules judged it and have nothing against it.`,
  ];
}

/** The same for a program to read. */
export function previewDocument(stack: string, journal: Journal): Record<string, unknown> {
  return {
    ok: journal.mandatory().length === 0,
    stack,
    ...(journal.plan === undefined ? {} : { plan: journal.plan }),
    changes: journal.changed().map(({ act, label, urn, type, properties }) => ({ act, label, urn, type, properties })),
    same: journal.same,
    outputsDiffer: journal.outputsDiffer,
    violations: journal.violations,
    remediations: journal.remediations,
    diagnostics: journal.diagnostics,
    packs: journal.packs,
  };
}
