import type { Rule } from '../subject.ts';
import { against, pathOf } from '../variables.ts';
import { IGNORED, isFrom, SINCE } from './known-variables.ts';

export const ignoredVariable: Rule = {
  code: 'ignored-variable',
  title: 'Every Calico variable is one that the release reads',
  class: 'harmful',
  description:
    'kubespray checks no names: what older releases, other tools or later releases read is passed over in silence, and the cluster comes up otherwise than written.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico_defaults/defaults/main.yml',
  judge(subject) {
    const { variables, kubespray } = subject;
    const at = (name: string, message: string, hint: string) =>
      against(ignoredVariable, pathOf(subject, name), message, hint);
    const retired = IGNORED.filter(
      ({ name, from }) => Object.hasOwn(variables, name) && (from === undefined || isFrom(kubespray?.version, from)),
    ).map(({ name, reason, hint }) => at(name, `${name} ${reason}, and is passed over`, hint));
    const early = [...SINCE]
      .filter(([name, since]) => Object.hasOwn(variables, name) && !isFrom(kubespray?.version, since))
      .map(([name, since]) =>
        at(
          name,
          `kubespray ${kubespray?.version} does not read ${name}`,
          `Leave it out, or take kubespray ${since} or later.`,
        ),
      );
    return [...retired, ...early];
  },
};
