/** Shows what a preview found, in words or as one JSON document, and says whether it may be carried out. */
import type { Journal, Told } from './engine/journal.ts';
import { diagnosticLines, planLines, violationLines } from './engine/lines.ts';

/** While a preview runs: warnings and errors as they come, nothing else. */
export function worries(say: (line: string) => void): (told: Told) => void {
  return (told) => {
    if (told.kind !== 'diagnostic' || told.diagnostic.severity === 'info') return;
    for (const line of diagnosticLines(told.diagnostic)) say(line);
  };
}

/** Lines of a preview: changes, then what the rules say. */
export function previewLines(journal: Journal): string[] {
  const judged = Object.keys(journal.packs).length > 0 || journal.violations.length > 0;
  const violations = violationLines(journal.violations);
  const mandatory = journal.mandatory().length;
  return [
    ...(mandatory > 0 ? [] : planLines(journal)),
    ...(violations.length > 0 ? ['', ...violations, ''] : []),
    mandatory > 0
      ? `${mandatory} violation${mandatory === 1 ? '' : 's'}: nothing was touched.`
      : judged
        ? 'The rules have nothing against it.'
        : 'No policy pack judged this.',
  ];
}

/** The same for a program to read. */
export function previewDocument(stack: string, journal: Journal): Record<string, unknown> {
  return {
    ok: journal.mandatory().length === 0,
    stack,
    changes: journal.changed().map(({ act, label, urn, type, properties }) => ({ act, label, urn, type, properties })),
    same: journal.same,
    outputsDiffer: journal.outputsDiffer,
    violations: journal.violations,
    diagnostics: journal.diagnostics,
    packs: journal.packs,
  };
}
