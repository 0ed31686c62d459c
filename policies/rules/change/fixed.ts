import type { Finding } from '../../../cluster/finding.ts';
import { same } from '../../../kubespray/plan/digest.ts';
import { pathOf } from '../../../kubespray/plan/paths.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, isTemplate, show } from '../variables.ts';

/** Where a change that no run can make is written out as commands: a heading of docs/operations.md. */
export type Guide =
  | 'change-the-pool'
  | 'change-the-pod-or-service-range'
  | 'change-the-encapsulation'
  | 'upgrade'
  | 're-address-a-node'
  | 'remove-a-node'
  | 'replace-the-first-control-plane'
  | 'change-the-mtu';

/** `docs/operations.md#upgrade`. */
export function guide(anchor: Guide): string {
  return `docs/operations.md#${anchor}`;
}

/** Variables of a cluster that is there, which are not what they were; `usual` stands for those that nobody says. */
export function fixedFindings(
  rule: Rule,
  { change }: Subject,
  {
    part,
    names,
    usual,
    anchor,
  }: { part: 'settings' | 'calico'; names: readonly string[]; usual?: unknown; anchor: Guide },
): Finding[] {
  if (change === undefined) return [];
  return names.flatMap((name) => {
    const before = change.applied[part][name] ?? usual;
    const after = change.desired[part][name] ?? usual;
    // What only one of them says came or went with something else, which has a rule of its own.
    if (before === undefined || after === undefined || same(before, after)) return [];
    if (isTemplate(before) || isTemplate(after)) return [];
    return [kept(rule, pathOf(name), `${name} is ${show(before)}`, show(after), show(before), anchor)];
  });
}

/** A fact that must stay: what it is in the cluster, what it would become, and the way. */
export function kept(rule: Rule, path: string, live: string, wanted: string, back: string, anchor: Guide): Finding {
  const message = `${live} in the cluster that is there, and cannot become ${wanted}`;
  return against(rule, path, message, `Write ${back} again; ${guide(anchor)} has the way to another one.`);
}
