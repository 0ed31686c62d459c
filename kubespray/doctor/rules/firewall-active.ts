import type { Diagnosis, Trouble } from '../types.ts';

export const firewallActive: Trouble = {
  code: 'firewall-active',
  title: 'A firewall of the host is active',
  judge({ nodes }) {
    return [...nodes].flatMap(([name, { active, drops }]) => {
      const found = active.filter((unit) => unit === 'firewalld' || unit === 'ufw');
      return found.map(
        (unit): Diagnosis => ({
          code: firewallActive.code,
          severity: 'risk',
          message: `${unit} is active on ${name}`,
          nodes: [name],
          evidence: [`${name}: ${unit} is active (systemctl)`, ...drops.slice(0, 5).map((line) => `${name}: ${line}`)],
          why: 'It drops what it does not know, and it puts its rules before or over those of Felix and kube-proxy whenever it reloads.',
          mend: [{ on: name, command: `sudo systemctl disable --now ${unit}` }],
          explains: [],
          reference:
            'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements; kubespray v2.31.0 docs/operations/port-requirements.md',
        }),
      );
    });
  },
};
