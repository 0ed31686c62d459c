import { taking } from '../mend.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { pathsThrough } from './paths.ts';

export const firewallActive: Trouble = {
  code: 'firewall-active',
  title: 'A firewall of the host is active',
  judge(subject) {
    return [...subject.nodes].flatMap(([name, { active, drops }]): Diagnosis[] => {
      const [unit] = active.filter((one) => one === 'firewalld' || one === 'ufw');
      const silent = pathsThrough(subject, name);
      // What is for the host alone, or for one port, does not stop what is forwarded.
      const forwarding = silent.length === 0 ? [] : drops.filter(stopsForwarding);
      if (unit === undefined && forwarding.length === 0) return [];
      const lines = forwarding.length > 0 ? forwarding : drops;
      return [
        {
          code: firewallActive.code,
          severity: forwarding.length > 0 ? 'broken' : 'risk',
          message:
            forwarding.length > 0
              ? `a firewall of ${name} stops ${isPart(silent) ? 'some of ' : ''}what is forwarded: its pods ${isPart(silent) ? 'have no answer to all that they ask' : 'reach nobody on other nodes'}`
              : `${unit} is active on ${name}`,
          nodes: [name],
          evidence: [
            ...lines.slice(0, 5).map((line) => `${name}: ${line} (firewall)`),
            ...(unit === undefined ? [] : [`${name}: ${unit} is active (systemctl)`]),
          ],
          why: 'It drops what it does not know, and it puts its rules before or over those of Felix and kube-proxy whenever it reloads.',
          mend: [
            ...(unit === undefined ? [] : [{ on: name, command: `sudo systemctl disable --now ${unit}` }]),
            ...forwarding.slice(0, 3).map((line) => ({ on: name, command: taking(line) })),
          ],
          explains: forwarding.length > 0 ? silent : [],
          reference:
            'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements; kubespray v2.31.0 docs/operations/port-requirements.md',
        },
      ];
    });
  },
};

/** Echoes come back everywhere, and TCP or UDP do not. */
function isPart(symptoms: readonly string[]): boolean {
  return symptoms.every((one) => one.includes(' without '));
}

/** Of a chain for what is forwarded, whatever it is: no port, no single interface, none of a container's engine of its own. */
function stopsForwarding(line: string): boolean {
  return (
    /^\S+ .*forward[^:]*: /i.test(line) &&
    !/docker|dport|sport|ct state|ctstate|[io]ifname|(^| )-[io] | saddr | daddr | -[sd] /i.test(line)
  );
}
