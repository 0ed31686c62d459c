import { nearest } from '../../../cluster/nearest.ts';
import type { Rule } from '../subject.ts';
import { against, pathOf } from '../variables.ts';
import { IGNORED, KNOWN, REFUSED } from './known-variables.ts';
import { OTHERS } from './other-variables.ts';

const retired = [...REFUSED, ...IGNORED].map(({ name }) => name);
const knownNames: ReadonlySet<string> = new Set([...KNOWN, ...OTHERS, ...retired, 'peers', 'ipip']);

/** By length, so that only those that can be near are compared. */
const byLength = new Map<number, string[]>();
for (const name of [...KNOWN, ...OTHERS]) byLength.set(name.length, [...(byLength.get(name.length) ?? []), name]);

/** How `calico_` and `typha_` begin, letters swapped, lost or doubled included; not `calicoctl_` and `containerd_`. */
const PREFIX = /^[ct][a-z]{3,6}_/;

export const mistypedVariable: Rule = {
  code: 'mistyped-variable',
  title: 'Variables are spelled as kubespray spells them',
  class: 'advice',
  description:
    'kubespray checks no names: a mistyped one is passed over, and the default stays. A variable of your own whose name is not near a known one is left alone.',
  reference: 'kubespray v2.31.0 inventory/sample/group_vars, roles/kubespray_defaults/defaults/main/main.yml',
  judge(subject) {
    return Object.keys(subject.variables).flatMap((name) => {
      if (knownNames.has(name) || !name.includes('_')) return [];
      const meant = meantBy(name);
      if (meant === undefined) return [];
      const message = `kubespray reads no variable ${name}`;
      return [against(mistypedVariable, pathOf(subject, name), message, `Perhaps ${meant} is meant.`)];
    });
  },
};

/** The known name a letter or three away; `_ipv4` is how none of them ends. */
function meantBy(name: string): string | undefined {
  const plain = name.replace(/_ipv4$/, '');
  if (plain !== name && knownNames.has(plain)) return plain;
  const reach = reachOf(name);
  const near = Array.from({ length: 2 * reach + 1 }, (_, i) => byLength.get(name.length - reach + i) ?? []).flat();
  return nearest(name, near, reach);
}

/** Few letters make another word of a short name, and names of one’s own are rarely near those of Calico. */
function reachOf(name: string): number {
  if (PREFIX.test(name)) return name.length < 24 ? 2 : 3;
  return name.length < 10 ? 0 : name.length < 18 ? 1 : 2;
}
