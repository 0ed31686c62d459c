import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';
import { type Family, ipv4, isInside, overlap, rangeIn } from './family.ts';

export const rangesApart: Rule = {
  code: 'ranges-apart',
  title: 'Pods, services and nodes have ranges of their own',
  class: 'harmful',
  description:
    'A packet for an address in two ranges goes to one of them: services inside the pod range, or pods inside the LAN, are never reached. kubespray compares only one pair, and in one direction.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:110',
  judge: (subject) => together(rangesApart, subject, ipv4),
};

/** Pairs of ranges that share addresses, but for the one that kubespray itself refuses (pods-inside-services). */
export function together(rule: Rule, subject: Subject, family: Family): Finding[] {
  if (!family.isOn(subject)) return [];
  const of = (what: string, name: string) => ({ what, text: valueIn(subject, name), path: pathOf(subject, name) });
  const pods = of('pod range', family.pods);
  const services = of('service range', family.services);
  const nodes = { what: 'node range', text: family.nodesOf(subject), path: family.nodes };
  const pairs = [
    [pods, services],
    [pods, nodes],
    [services, nodes],
  ] as const;
  return pairs.flatMap(([a, b]) => {
    const [first, second] = [rangeIn(family, a.text), rangeIn(family, b.text)];
    if (first === undefined || second === undefined || !overlap(first, second)) return [];
    if (b === services && isInside(second, first)) return [];
    const message = `the ${a.what} ${show(a.text)} and the ${b.what} ${show(b.text)} (${b.path}) overlap`;
    return [against(rule, a.path, message, 'Choose ranges that share no address.')];
  });
}
