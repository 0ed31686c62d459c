import { isRecord } from '../../../cluster/raw.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate, pathOf, saidIn, show, valueIn } from '../variables.ts';

export const logSeverityUnread: Rule = {
  code: 'log-severity-unread',
  title: 'Felix logs at the level that is said where it looks first',
  class: 'advice',
  description:
    'kubespray always writes calico_loglevel to the environment of calico-node, which wins over FelixConfiguration: what calico_felix_log_severity_screen says there changes nothing.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:270',
  judge(subject) {
    const severity = valueIn(subject, 'calico_felix_log_severity_screen');
    // kubespray v2.31.0 roles/network_plugin/calico_defaults/defaults/main.yml:79
    const level = saidIn(subject, 'calico_loglevel') ?? 'info';
    const own = valueIn(subject, 'calico_node_extra_envs');
    if (typeof severity !== 'string' || typeof level !== 'string' || isTemplate(level)) return [];
    if (severity.toLowerCase() === level.toLowerCase()) return [];
    if (isRecord(own) && Object.hasOwn(own, 'FELIX_LOGSEVERITYSCREEN')) return [];
    const path = pathOf(subject, 'calico_felix_log_severity_screen');
    const message = `calico_felix_log_severity_screen is ${show(severity)}, and Felix logs at ${level}`;
    const hint = `Write the level to ${pathOf(subject, 'calico_loglevel')}, and the same here or nothing.`;
    return [against(logSeverityUnread, path, message, hint)];
  },
};
