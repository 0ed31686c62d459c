import type { Rule } from '../subject.ts';
import { against } from '../variables.ts';

export const hostKeyMissing: Rule = {
  code: 'host-key-missing',
  title: 'Every host key is known before the first connection',
  class: 'advice',
  description: 'Without it a preview works, and connecting is refused.',
  reference: 'sshd(8) SSH_KNOWN_HOSTS FILE FORMAT',
  judge(subject) {
    const names = subject.hosts.filter((host) => host.hostKey === 'absent').map((host) => host.name);
    if (names.length === 0) return [];
    const message = `no host key is known of ${names.join(', ')}`;
    return [
      against(hostKeyMissing, 'nodes', message, 'Run calispray keyscan, or name a known_hosts file in ssh.knownHosts.'),
    ];
  },
};
