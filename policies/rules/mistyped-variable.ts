import { nearest } from '../../cluster/nearest.ts';
import { IGNORED, KNOWN, REFUSED } from './known-variables.ts';
import type { Rule } from './subject.ts';
import { against, pathOf } from './variables.ts';

const knownNames = new Set([...KNOWN, ...[...REFUSED, ...IGNORED].map(({ name }) => name)]);

/** How `calico_` and `typha_` begin, letters swapped, lost or doubled included; not `calicoctl_` and `containerd_`. */
const PREFIX = /^[ct][a-z]{3,6}_/;

export const mistypedVariable: Rule = {
  code: 'mistyped-variable',
  title: 'Calico’s variables are spelled as kubespray spells them',
  class: 'advice',
  description:
    'kubespray checks no names: a mistyped one is passed over, and the default stays. A variable of your own whose name is not near a known one is left alone.',
  reference: 'kubespray v2.31.0 inventory/sample/group_vars/k8s_cluster/k8s-net-calico.yml',
  judge(subject) {
    return Object.keys(subject.variables).flatMap((name) => {
      if (!PREFIX.test(name) || knownNames.has(name)) return [];
      const meant = meantBy(name);
      if (meant === undefined) return [];
      const message = `kubespray reads no variable ${name}`;
      return [against(mistypedVariable, pathOf(subject, name), message, `Perhaps ${meant} is meant.`)];
    });
  },
};

/** The known name at most two letters away, three in a long one; `_ipv4` is how none of them ends. */
function meantBy(name: string): string | undefined {
  const plain = name.replace(/_ipv4$/, '');
  if (plain !== name && knownNames.has(plain)) return plain;
  const reach = name.length < 24 ? 2 : 3;
  const near = KNOWN.filter((known) => Math.abs(known.length - name.length) <= reach);
  return nearest(name, near, reach);
}
