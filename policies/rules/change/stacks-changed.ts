import type { Rule } from '../subject.ts';
import { isTemplate } from '../variables.ts';
import { kept } from './fixed.ts';

export const stacksChanged: Rule = {
  code: 'stacks-changed',
  title: 'The cluster keeps its address families',
  class: 'refused',
  description:
    'Nodes, Services and pods have their families from the first run: kubespray turns no cluster of one stack into one of two, nor back.',
  reference: 'kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:273',
  judge({ change }) {
    if (change === undefined) return [];
    const said = [change.applied, change.desired].map(({ settings }) => [
      settings.ipv4_stack ?? true,
      settings.ipv6_stack ?? false,
    ]);
    if (said.flat().some(isTemplate)) return [];
    const [before, after] = said.map(([four, six]) =>
      [...(four ? ['IPv4'] : []), ...(six ? ['IPv6'] : [])].join(' and '),
    );
    if (before === after) return [];
    return [
      kept(
        stacksChanged,
        'network.ipv6',
        `there is ${before}`,
        String(after),
        `what gives ${before}`,
        'change-the-pod-or-service-range',
      ),
    ];
  },
};
