import type { Rule } from '../subject.ts';
import { against } from '../variables.ts';

export const jumpAcceptNew: Rule = {
  code: 'jump-accept-new',
  title: 'Host keys of jump hosts are pinned',
  class: 'advice',
  description:
    'Whoever answers at the jump host’s address the first time carries every connection to the nodes behind it, and may refuse or delay them.',
  reference: 'ssh_config(5) StrictHostKeyChecking accept-new',
  judge(subject) {
    return subject.hosts.flatMap(({ name, jumpHostKey }) => {
      if (jumpHostKey !== 'accept-new') return [];
      const message = `${name} is reached through a jump host that may show any host key first`;
      return [against(jumpAcceptNew, `nodes.${name}.ssh.jump.hostKey`, message, 'Run calispray keyscan and compare.')];
    });
  },
};
