import type { Rule } from '../subject.ts';
import { against } from '../variables.ts';

export const hostKeyAcceptNew: Rule = {
  code: 'host-key-accept-new',
  title: 'Host keys are pinned',
  class: 'advice',
  description: 'Whoever answers at the address the first time is trusted, with a root shell’s worth of secrets.',
  reference: 'ssh_config(5) StrictHostKeyChecking accept-new',
  judge(subject) {
    return subject.hosts.flatMap(({ name, hostKey }) => {
      if (hostKey !== 'accept-new') return [];
      const message = `${name} accepts whatever host key it is shown first`;
      return [against(hostKeyAcceptNew, `nodes.${name}.ssh.hostKey`, message, 'Run calispray keyscan and compare.')];
    });
  },
};
