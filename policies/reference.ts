import type { FindingClass } from '../cluster/finding.ts';
import { configurables, type Level } from './levels.ts';
import { notJudged } from './mount/wanting.ts';
import { objectRules } from './objects/index.ts';
import { rules } from './rules/index.ts';

const CLASSES: readonly { class: FindingClass; title: string; text: string }[] = [
  {
    class: 'refused',
    title: 'Refused',
    text: 'kubespray, Calico or Kubernetes would refuse it, now or twenty minutes in. Mandatory in the pack.',
  },
  { class: 'harmful', title: 'Harmful', text: 'Accepted, then it breaks or opens the network. Mandatory in the pack.' },
  { class: 'advice', title: 'Advice', text: 'Works, and could be better. Advisory in the pack.' },
];

/** A rule as the reference tells of it. */
interface Entry {
  readonly code: string;
  readonly title: string;
  readonly class: FindingClass;
  readonly description: string;
  readonly reference?: string;
  /** What it looks at. */
  readonly over: string;
}

const entries: readonly Entry[] = [
  ...rules.map((rule) => ({ ...rule, over: '' })),
  ...objectRules.map((rule) => ({ ...rule, over: 'Over the objects of a stack. ' })),
  { ...notJudged, over: 'Over everything. ' },
];

/** docs/rules.md, generated: `node policies/reference.ts > docs/rules.md`. */
export function reference(): string {
  const sections = CLASSES.map(({ class: level, title, text }) => {
    const told = entries.filter((rule) => rule.class === level).map(entryText);
    return `## ${title}\n\n${text}\n\n${told.join('\n')}`;
  });
  const head =
    'Generated from `policies/rules` and `policies/objects` by `node policies/reference.ts > docs/rules.md`: change the rules, not this.\nEvery finding names the field and the way out. [policies-pack.md](policies-pack.md) says what the levels do.';
  return `# Rules\n\n${head}\n\n${sections.join('\n')}`;
}

function entryText({ code, title, description, reference, over }: Entry): string {
  const source = reference === undefined || reference === '' ? '' : `Source: ${reference}. `;
  const last = `${source}${over}Levels: ${levelsOf(code).join(', ')}.`;
  return `### ${code}\n\n**${title}.** ${description}\n\n${last}\n`;
}

/** The default first. */
function levelsOf(code: string): Level[] {
  const known = configurables.find((each) => each.code === code);
  return known === undefined ? [] : [known.default, ...known.levels.filter((level) => level !== known.default)];
}

if (import.meta.main) process.stdout.write(reference());
