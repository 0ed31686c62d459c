import type { FindingClass } from '../../cluster/finding.ts';
import { rules } from './index.ts';

const CLASSES: readonly { class: FindingClass; title: string; text: string }[] = [
  {
    class: 'refused',
    title: 'Refused',
    text: 'kubespray, Calico or Kubernetes would refuse it, now or twenty minutes in. Mandatory in the pack.',
  },
  { class: 'harmful', title: 'Harmful', text: 'Accepted, then it breaks or opens the network. Mandatory in the pack.' },
  { class: 'advice', title: 'Advice', text: 'Works, and could be better. Advisory in the pack.' },
];

/** docs/rules.md, generated: `node policies/rules/reference.ts > docs/rules.md`. */
export function reference(): string {
  const sections = CLASSES.map(({ class: level, title, text }) => {
    const entries = rules
      .filter((rule) => rule.class === level)
      .map((rule) => `### ${rule.code}\n\n**${rule.title}.** ${rule.description}\n\nSource: ${rule.reference}.\n`);
    return `## ${title}\n\n${text}\n\n${entries.join('\n')}`;
  });
  return `# Rules\n\nGenerated from \`policies/rules\` by \`node policies/rules/reference.ts > docs/rules.md\`: change the rules, not this.\n\n${sections.join('\n')}`;
}

if (import.meta.main) process.stdout.write(reference());
