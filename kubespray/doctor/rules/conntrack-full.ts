import type { Diagnosis, Trouble } from '../types.ts';

/** Share of the table from which on it is said. */
const NEARLY = 0.8;
/** From here on new connections find no place. */
const FULL = 0.98;

export const conntrackFull: Trouble = {
  code: 'conntrack-full',
  title: 'The table of connections is full',
  judge({ nodes }) {
    return [...nodes].flatMap(([name, { sysctl }]): Diagnosis[] => {
      const [count, max] = [COUNT, MAX].map((key) => Number(sysctl[key] ?? Number.NaN)) as [number, number];
      if (!(max > 0) || !(count / max > NEARLY)) return [];
      return [
        {
          code: conntrackFull.code,
          severity: count / max >= FULL ? 'broken' : 'failing',
          message: `${name} tracks ${count} of the ${max} connections that it has room for`,
          nodes: [name],
          evidence: [
            `${name}: net.netfilter.nf_conntrack_count = ${count}, net.netfilter.nf_conntrack_max = ${max} (sysctl)`,
          ],
          why: 'Packets of new connections are dropped once it is full: “nf_conntrack: table full, dropping packet”.',
          mend: [
            { on: name, command: `sudo sysctl -w net.netfilter.nf_conntrack_max=${2 * max}` },
            {
              on: name,
              command: "sudo conntrack -L 2>/dev/null | grep -o ' src=[0-9.]*' | sort | uniq -c | sort -rn | head",
            },
          ],
          explains: [],
          reference:
            'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ (conntrack.maxPerCore)',
        },
      ];
    });
  },
};

const COUNT = 'net/netfilter/nf_conntrack_count';
const MAX = 'net/netfilter/nf_conntrack_max';
