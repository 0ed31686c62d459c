import { restartCalico } from '../mend.ts';
import { apiOf, controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed } from '../words.ts';
import { pathsThrough } from './paths.ts';

export const duplicateTunnelAddress: Trouble = {
  code: 'duplicate-tunnel-address',
  title: 'A tunnel’s address is somebody else’s as well',
  judge(subject) {
    const holders = holdersOf(subject);
    return [...holders].flatMap(([address, all]): Diagnosis[] => {
      const tunnels = [...new Map(all.filter(({ tunnel }) => tunnel).map((one) => [one.node, one])).values()];
      const pods = [...new Map(all.filter(({ tunnel }) => !tunnel).map((one) => [one.who, one])).values()];
      if (tunnels.length === 0 || tunnels.length + pods.length < 2) return [];
      const nodes = [...new Set(all.map(({ node }) => node))];
      // The one whose handle holds the address in IPAM keeps it.
      const owner = ownerOf(subject, address);
      const kept = owner ?? (pods.length === 0 ? tunnels[0]?.node : undefined);
      const wrong = tunnels.map(({ node }) => node).filter((node) => node !== kept);
      return [
        {
          code: duplicateTunnelAddress.code,
          severity: 'broken',
          message: `${address} is the tunnel’s address of ${listed(tunnels.map(({ node }) => node))}${pods.length === 0 ? '' : ` and the address of ${listed(pods.map(({ who }) => who))}`}`,
          nodes,
          evidence: [...new Set(all.map(({ line }) => line))],
          why: 'Other nodes send what is for either of them to one: answers go astray, and connections through the tunnel hang.',
          mend: [
            ...wrong.flatMap((node) => [
              { on: controlPlane(subject), command: `sudo kubectl annotate node ${node} ${annotationOf(subject)}-` },
              restartCalico(subject, node),
            ]),
            // A pod that is made anew asks IPAM for an address, and gets one that nobody has.
            ...(owner === undefined ? [] : pods.map(({ pod }) => deletion(subject, pod))),
          ],
          explains: [...new Set(nodes.flatMap((node) => pathsThrough(subject, node)))],
          reference: 'Calico v3.31.5 node/pkg/allocateip/allocateip.go (ensureHostTunnelAddress)',
        },
      ];
    });
  },
};

interface Holder {
  readonly node: string;
  readonly who: string;
  readonly tunnel: boolean;
  /** `production/web`, of a pod. */
  readonly pod?: string;
  readonly line: string;
}

const ADDRESS = /^projectcalico\.org\/IPv4(VXLANTunnelAddr|IPIPTunnelAddr|WireguardInterfaceAddr)$/;

/** Who says to have an address of a tunnel; and pods that have the same. */
function holdersOf(subject: Subject): Map<string, Holder[]> {
  const holders = new Map<string, Holder[]>();
  const add = (address: string, holder: Holder) => holders.set(address, [...(holders.get(address) ?? []), holder]);
  const api = apiOf(subject);
  for (const { name, annotations } of api?.nodes ?? [])
    for (const [key, address] of Object.entries(annotations))
      if (ADDRESS.test(key))
        add(address, { node: name, who: `node ${name}`, tunnel: true, line: `API: node ${name}: ${key} = ${address}` });
  for (const [name, { tunnels }] of subject.nodes)
    for (const { device, address } of tunnels)
      if (address !== null && !address.includes(':'))
        add(address, { node: name, who: `node ${name}`, tunnel: true, line: `${name}: ${device} has ${address}` });
  for (const { pod, node, address } of api?.addresses ?? [])
    if (holders.has(address))
      add(address, { node, who: `pod ${pod}`, tunnel: false, pod, line: `API: pod ${pod} on ${node} has ${address}` });
  return holders;
}

function deletion(subject: Subject, pod = ''): { on: string; command: string } {
  const [namespace, name] = pod.split('/');
  return {
    on: controlPlane(subject),
    command: `sudo kubectl -n ${namespace} delete pod ${name} # its controller makes it anew`,
  };
}

/** By the handle that IPAM has of it: `vxlan-tunnel-addr-homelab`. */
function ownerOf(subject: Subject, address: string): string | undefined {
  const held = (apiOf(subject)?.blocks ?? []).flatMap((block) => block.held).find((one) => one.address === address);
  return /^(?:ipip|vxlan|wireguard)-tunnel-addr-(.+)$/.exec(held?.handle ?? '')?.[1];
}

function annotationOf({ cluster }: Subject): string {
  const { wireguard, encapsulation } = cluster.network;
  if (wireguard) return 'projectcalico.org/IPv4WireguardInterfaceAddr';
  return encapsulation.kind === 'ipip'
    ? 'projectcalico.org/IPv4IPIPTunnelAddr'
    : 'projectcalico.org/IPv4VXLANTunnelAddr';
}
