/** What FelixConfiguration and Felix' own defaults say of hosts: which ports nobody can close, and what pods may send to their own host. */
import { contains, type Net, parseNetOrAddress } from '../address.ts';
import { protocolNumber, protocols } from '../policy/policy.ts';
import { type Fields, fields, list, type Resource, text } from '../raw.ts';
import type { Flow } from '../rules.ts';
import type { Direction } from '../types.ts';

export interface FailsafePort {
  readonly protocol: number;
  readonly port: number;
  /** Of the far end; absent: any. */
  readonly net?: Net;
}

/** `return`: what the host's own rules say, which Calico does not know. */
export type ToHost = 'drop' | 'reject' | 'accept' | 'return';

/** What is absent is as Felix has it by default. */
export interface FelixSettings {
  readonly endpointToHost?: ToHost;
  readonly failsafe: Readonly<Partial<Record<Direction, readonly FailsafePort[]>>>;
}

/** By name: `default`, and `node.NAME`, which goes before it (felix/config/config_params.go: per host before global). */
export function felixSettings(resources: readonly Resource[]): ReadonlyMap<string, FelixSettings> {
  return new Map(
    resources.map(({ metadata, spec }) => {
      const { defaultEndpointToHostAction, failsafeInboundHostPorts, failsafeOutboundHostPorts } = fields(spec);
      const toHost = toHostOf(text(defaultEndpointToHostAction));
      const settings: FelixSettings = {
        ...(toHost !== undefined && { endpointToHost: toHost }),
        failsafe: {
          ...(Array.isArray(failsafeInboundHostPorts) && { ingress: portsIn(failsafeInboundHostPorts) }),
          ...(Array.isArray(failsafeOutboundHostPorts) && { egress: portsIn(failsafeOutboundHostPorts) }),
        },
      };
      return [metadata.name, settings];
    }),
  );
}

/** In any case; undefined where it is none. */
export function toHostOf(action: string): ToHost | undefined {
  const word = action.toLowerCase();
  return word === 'drop' || word === 'reject' || word === 'accept' || word === 'return' ? word : undefined;
}

function portsIn(ports: readonly unknown[]): FailsafePort[] {
  return list(ports).flatMap((entry): FailsafePort[] => {
    const { protocol, port, net }: Fields = fields(entry);
    const number = protocolNumber(protocol ?? 'TCP');
    if (typeof port !== 'number' || number === undefined) return [];
    const of = parseNetOrAddress(text(net));
    return [{ protocol: number, port, ...(of !== undefined && { net: of }) }];
  });
}

/** Felix' own defaults (v3.32.1 felix/config/config_params.go:425-426); the kubelet's 10250 is not among them. */
const defaults: Readonly<Record<Direction, readonly FailsafePort[]>> = {
  ingress: ports([22, 179, 2379, 2380, 5473, 6443, 6666, 6667], [68]),
  egress: ports([179, 2379, 2380, 5473, 6443, 6666, 6667], [53, 67]),
};

function ports(tcp: readonly number[], udp: readonly number[]): FailsafePort[] {
  return [
    ...tcp.map((port) => ({ protocol: protocols.tcp, port })),
    ...udp.map((port) => ({ protocol: protocols.udp, port })),
  ];
}

/** Of both directions and protocols, where nobody configured any. */
export const allFailsafe: readonly number[] = Object.values(defaults).flatMap((all) => all.map(({ port }) => port));

/** Every port that is one in some direction, protocol and node. */
export function failsafePorts(settings: ReadonlyMap<string, FelixSettings>): readonly number[] {
  const written = [...settings.values()].flatMap(({ failsafe }) => Object.values(failsafe));
  return [...Object.values(defaults), ...written].flat().map(({ port }) => port);
}

/** Why the connection is not asked about; undefined where it is. */
export function failsafe(direction: Direction, flow: Flow, settings: readonly FelixSettings[]): string | undefined {
  const open = settings.find((of) => of.failsafe[direction] !== undefined)?.failsafe[direction] ?? defaults[direction];
  const far = direction === 'ingress' ? flow.src : flow.dst;
  const one = open.find(
    ({ protocol, port, net }) =>
      protocol === flow.protocol &&
      port === flow.dstPort &&
      (net === undefined || (far.address !== undefined && contains(net, far.address))),
  );
  return one && `port ${one.port} is one of the failsafe ports of host endpoints`;
}
