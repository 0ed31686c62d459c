import type { Finding, FindingClass } from '../../cluster/finding.ts';
import { bgp } from './bgp/index.ts';
import { calico } from './calico/index.ts';
import { change } from './change/index.ts';
import { choices } from './choices/index.ts';
import { hosts } from './hosts/index.ts';
import { inventory } from './inventory/index.ts';
import { mtu } from './mtu/index.ts';
import { names } from './names/index.ts';
import { ranges } from './ranges/index.ts';
import { release } from './release/index.ts';
import { complete, type Rule, type Subject } from './subject.ts';

export { complete, type HostKeyState, type Rule, type Subject, type SubjectHost } from './subject.ts';

const topics = [release, inventory, names, choices, calico, ranges, bgp, mtu, hosts, change].flat();
const classes: readonly FindingClass[] = ['refused', 'harmful', 'advice'];

/** Every rule, in the order of the reference (docs/rules.md): what is refused, what harms, advice; each by topic. */
export const rules: readonly Rule[] = classes.flatMap((level) => topics.filter((rule) => rule.class === level));

/** All that is wrong with a subject, in the order of the rules; a subject of another program may lack anything. */
export function judge(subject: Partial<Subject>): Finding[] {
  const whole = complete(subject);
  return rules.flatMap((rule) => rule.judge(whole));
}
