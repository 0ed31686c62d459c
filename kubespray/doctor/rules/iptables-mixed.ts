import type { Diagnosis, Trouble } from '../types.ts';

export const iptablesMixed: Trouble = {
  code: 'iptables-mixed',
  title: 'Rules are in both backends of iptables',
  judge({ nodes }) {
    return [...nodes]
      .filter(([, { iptables }]) => iptables.legacy > 0 && iptables.nft > 0)
      .map(
        ([name, { iptables }]): Diagnosis => ({
          code: iptablesMixed.code,
          severity: 'risk',
          message: `${name} has rules in both backends of iptables: ${iptables.legacy} in legacy, ${iptables.nft} in nf_tables`,
          nodes: [name],
          evidence: [
            `${name}: iptables-legacy-save: ${iptables.legacy} rules; iptables-nft-save: ${iptables.nft} rules; iptables -V: ${iptables.backend ?? 'not there'}`,
          ],
          why: 'The kernel asks both, and what one accepts the other may still drop; whoever lists one does not see the other.',
          mend: [
            { on: name, command: 'sudo iptables-legacy-save; sudo iptables-nft-save' },
            {
              on: name,
              command:
                'restart the node once nothing writes the other backend any more: rules of iptables do not outlive that',
            },
          ],
          explains: [],
          reference: 'Calico v3.31.5 felix/environment/feature_detect_linux.go (DetectBackend)',
        }),
      );
  },
};
