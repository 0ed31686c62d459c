import { restartCalico } from '../mend.ts';
import { deviceOf, members } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { pathsThrough } from './paths.ts';

export const tunnelMissing: Trouble = {
  code: 'tunnel-missing',
  title: 'A node has no tunnel device',
  judge(subject) {
    const way = needed(subject);
    if (way === undefined) return [];
    return members(subject).flatMap(({ name }): Diagnosis[] => {
      const node = subject.nodes.get(name);
      const device = deviceOf(subject, name, way) as string;
      const link = node?.links.find((one) => one.name === device);
      const tunnel = node?.tunnels.find((one) => one.device === device);
      if (node === undefined || (link?.up === true && tunnel?.address !== null)) return [];
      const what = link === undefined ? 'is not there' : link.up ? 'has no address' : 'is down';
      return [
        {
          code: tunnelMissing.code,
          severity: 'broken',
          message: `${device} ${what} on ${name}`,
          nodes: [name],
          evidence: [`${name}: ip link: ${device} ${what}`],
          why: 'The stack sends what pods of different nodes say to each other through it.',
          mend: [
            ...(way === 'wireguard'
              ? [{ on: name, command: 'sudo modprobe wireguard && lsmod | grep wireguard' }]
              : []),
            restartCalico(subject, name),
          ],
          explains: pathsThrough(subject, name),
          reference: 'Calico v3.31.5 felix/dataplane/linux/vxlan_mgr.go, ipip_mgr.go, felix/wireguard/wireguard.go',
        },
      ];
    });
  },
};

/** What every node has a device for. Those of a mode cross-subnet are there as well, whether they are needed or not. */
function needed({ cluster }: Subject): 'ipip' | 'vxlan' | 'wireguard' | undefined {
  const { wireguard, encapsulation } = cluster.network;
  if (wireguard) return 'wireguard';
  return encapsulation.kind === 'none' ? undefined : encapsulation.kind;
}
