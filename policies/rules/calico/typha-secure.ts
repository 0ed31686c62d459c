import type { Rule } from '../subject.ts';
import { against, isTemplate, isTruthy, pathOf, sentence, show, toSet, valueIn } from '../variables.ts';

export const typhaSecure: Rule = {
  code: 'typha-secure',
  title: 'Typha is secured only where there is Typha',
  class: 'refused',
  description:
    'With typha_secure alone, the DaemonSet of calico-node mounts certificates from volumes that are written only with typha_enabled, and the Kubernetes API refuses it after the control plane is up.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:422, :480',
  judge(subject) {
    const secure = valueIn(subject, 'typha_secure');
    if (!isTruthy(secure) || isTemplate(subject.variables.typha_enabled)) return [];
    if (isTruthy(valueIn(subject, 'typha_enabled'))) return [];
    const message = `typha_secure is ${show(secure)} without typha_enabled`;
    return [
      against(
        typhaSecure,
        pathOf(subject, 'typha_secure'),
        message,
        sentence(`${toSet(subject, 'typha_enabled', true)}, or leave both out`),
      ),
    ];
  },
};
