import { deviceOf } from '../seen.ts';
import type { Trouble } from '../types.ts';
import { pathsThrough } from './paths.ts';

export const ipForwardOff: Trouble = {
  code: 'ip-forward-off',
  title: 'A node does not pass packets on',
  judge(subject) {
    return [...subject.nodes].flatMap(([name, { sysctl, tunnels }]) => {
      const uplink = deviceOf(subject, name, 'none');
      const own = new Set([...tunnels.map(({ device }) => device), ...(uplink === undefined ? [] : [uplink])]);
      const off = Object.entries(sysctl).filter(([key, value]) => value.trim() === '0' && concerns(key, own));
      if (off.length === 0) return [];
      const keys = off.map(([key]) => key.replaceAll('/', '.'));
      return [
        {
          code: ipForwardOff.code,
          severity: 'broken' as const,
          message: `${name} does not forward packets: ${keys.join(', ')} is 0`,
          nodes: [name],
          evidence: keys.map((key) => `${name}: ${key} = 0 (sysctl)`),
          why: 'Every packet of a pod is forwarded by its node: pods there reach nobody beyond it, and nobody reaches them.',
          mend: [
            { on: name, command: `sudo sysctl -w ${keys.map((key) => `${key}=1`).join(' ')}` },
            { on: name, command: 'grep -rs forward /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d' },
          ],
          explains: pathsThrough(subject, name),
          reference:
            'kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0080-system-configurations.yml; Calico v3.31.5 felix/dataplane/linux/int_dataplane.go:2481',
        },
      ];
    });
  },
};

/** The switch of all, and that of an interface which packets of pods come in by. `default` is for interfaces to come. */
function concerns(key: string, links: ReadonlySet<string>): boolean {
  if (/^net\/ipv4\/(ip_forward|conf\/all\/forwarding)$/.test(key)) return true;
  const [, link] = /^net\/ipv4\/conf\/([^/]+)\/forwarding$/.exec(key) ?? [];
  return link !== undefined && links.has(link);
}
