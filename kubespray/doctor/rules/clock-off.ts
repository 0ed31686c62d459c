import type { Diagnosis, NodeEvidence, Trouble } from '../types.ts';

/** Seconds; etcd warns from one on (etcd v3.5 server/etcdserver/api/rafthttp/probing_status.go), and asking takes time of its own. */
const MOST = 2;

export const clockOff: Trouble = {
  code: 'clock-off',
  title: 'A clock is off',
  judge({ nodes }) {
    const all = [...nodes];
    const usual = usualOf(all.map(([, { clock }]) => clock));
    return all.flatMap(([name, { clock }]): Diagnosis[] => {
      const off = clock.ahead - usual;
      if (Math.abs(off) <= MOST + clock.within) return [];
      const seconds = `${Math.abs(off).toFixed(Math.abs(off) < 10 ? 1 : 0)} s ${off > 0 ? 'fast' : 'slow'}`;
      return [
        {
          code: clockOff.code,
          severity: Math.abs(off) >= 60 ? 'failing' : 'risk',
          message: `the clock of ${name} is ${seconds}`,
          nodes: [name],
          evidence: [
            `${name}: its clock less the workstation’s: ${clock.ahead.toFixed(1)} s, within ${clock.within.toFixed(1)} s; of most nodes: ${usual.toFixed(1)} s`,
            ...(clock.synchronized === false ? [`${name}: the clock is not synchronized (timedatectl)`] : []),
          ],
          why: 'Certificates and tokens are refused before their time, leases end early, etcd complains, and logs cannot be put in order.',
          mend: [
            { on: name, command: 'timedatectl; systemctl status chrony chronyd systemd-timesyncd --no-pager' },
            { on: name, command: 'sudo timedatectl set-ntp true' },
          ],
          explains: [],
          reference: 'kubespray v2.31.0 docs/advanced/ntp.md',
        },
      ];
    });
  },
};

/** The one in the middle: of one or two nodes the workstation is a further voice. */
function usualOf(clocks: readonly NodeEvidence['clock'][]): number {
  const all = [...clocks.map(({ ahead }) => ahead), ...(clocks.length < 3 ? [0] : [])].sort((a, b) => a - b);
  return all.length === 2 ? 0 : (all[Math.floor((all.length - 1) / 2)] ?? 0);
}
