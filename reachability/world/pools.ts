/** IP pools: where addresses of pods and of tunnels come from, and how packets go from node to node. */
import { type Address, contains, type Family, type Net, parseNet } from '../address.ts';
import { fields, list, type Resource, text, texts } from '../raw.ts';

export type TunnelMode = 'always' | 'cross-subnet' | 'never';

export interface Pool {
  readonly net: Net;
  readonly ipip: TunnelMode;
  readonly vxlan: TunnelMode;
  /** Whether new pods, and new tunnels, get their addresses from it (api/pkg/apis/projectcalico/v3/ippool.go AllowedUses). */
  readonly pods: boolean;
  readonly tunnels: boolean;
}

export function poolsOf(resources: readonly Resource[]): Pool[] {
  return resources.flatMap(({ spec }): Pool[] => {
    const { cidr, ipipMode, vxlanMode, disabled, allowedUses, nodeSelector } = fields(spec);
    const net = parseNet(text(cidr));
    if (net === undefined) return [];
    const open = disabled !== true && text(nodeSelector).replaceAll(' ', '') !== '!all()';
    const uses = list(allowedUses).length === 0 ? ['Workload', 'Tunnel'] : texts(allowedUses);
    const pool = { net, ipip: modeOf(ipipMode), vxlan: modeOf(vxlanMode) };
    return [{ ...pool, pods: open && uses.includes('Workload'), tunnels: open && uses.includes('Tunnel') }];
  });
}

function modeOf(value: unknown): TunnelMode {
  if (value === 'Always') return 'always';
  return value === 'CrossSubnet' ? 'cross-subnet' : 'never';
}

/** Where the pool's addresses are reached through one: IPIP, VXLAN, or none. */
export function tunnelOf({
  ipip,
  vxlan,
}: Pool): { readonly kind: 'ipip' | 'vxlan'; readonly mode: TunnelMode } | undefined {
  if (ipip !== 'never') return { kind: 'ipip', mode: ipip };
  return vxlan === 'never' ? undefined : { kind: 'vxlan', mode: vxlan };
}

/** The smallest one around the address, as routes go. */
export function poolAround(pools: readonly Pool[], address: Address): Pool | undefined {
  return pools
    .filter(({ net }) => contains(net, address))
    .reduce<Pool | undefined>((a, b) => (a === undefined || b.net.prefix > a.net.prefix ? b : a), undefined);
}

/** Nets of one family each, where there are any: what has no address yet will have one of them. */
export function byFamily(nets: readonly Net[]): Net[][] {
  return ([4, 6] satisfies Family[])
    .map((family) => nets.filter((net) => net.family === family))
    .filter((own) => own.length > 0);
}
