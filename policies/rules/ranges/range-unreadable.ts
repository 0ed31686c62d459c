import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';
import { type Family, ipv4, rangeIn } from './family.ts';

export const rangeUnreadable: Rule = {
  code: 'range-unreadable',
  title: 'Every range is an IPv4 network in CIDR notation',
  class: 'refused',
  description: 'A bare address, or one with bits set behind the prefix, is no network range to kubespray v2.31.0.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:94, :102',
  judge: (subject) => unreadable(rangeUnreadable, subject, ipv4),
};

/** Ranges of the family that are none, or that name an address inside. */
export function unreadable(rule: Rule, subject: Subject, family: Family): Finding[] {
  if (!family.isOn(subject)) return [];
  const names = [family.pods, family.services, family.pool];
  const ranges = names.map((name) => ({ path: pathOf(subject, name), text: valueIn(subject, name) }));
  return [...ranges, { path: family.nodes, text: family.nodesOf(subject) }].flatMap(({ path, text }) => {
    if (text === undefined) return [];
    const range = rangeIn(family, text);
    if (range === undefined) {
      const hint = `Write one like ${family.example}.`;
      return [against(rule, path, `${show(text)} is no ${family.name} range`, hint)];
    }
    if (!range.hasHostBits) return [];
    return [against(rule, path, `${show(text)} names an address inside its range`, `Write ${range.text}.`)];
  });
}
