/** What can be asked of a connection beside its ends: one probe for each part of protocols, ports and ICMP types that some rules tell apart. */
import { protocols } from '../policy/policy.ts';
import { LAST_PORT } from '../ports.ts';
import type { CompiledRule } from '../rules.ts';
import type { World } from '../world/world.ts';

export interface Probe {
  readonly protocol: number;
  /** Ports of the destination for all of which the answer is the same; -1 of what has none. */
  readonly first: number;
  readonly last: number;
  readonly srcPort: number;
  readonly icmpType: number;
  readonly icmpCode: number;
}

/** From where clients of Linux send. */
const EPHEMERAL = 40000;
/** Protocols of which one stands for all that no rule names: SCTP, GRE, ESP, and one that is free for tests. */
const others = [protocols.sctp, 47, 50, 253];
const anyOther = ['sctp', ...others.map((one) => `protocol ${one}`)];
const withPorts: readonly number[] = [protocols.tcp, protocols.udp, protocols.sctp];

/** @param served ports behind the services that the rules name */
export function probesOf(rules: readonly CompiledRule[], named: NamedPorts, served: readonly Served[]): Probe[] {
  const mentioned = new Set(
    rules.flatMap(({ protocol, notProtocol }) => [protocol, notProtocol]).filter((one) => one !== undefined && one > 0),
  );
  const icmp = rules.some(({ icmp, notIcmp }) => icmp !== undefined || notIcmp !== undefined);
  const rest = others.find((one) => !mentioned.has(one));
  const all = new Set([
    protocols.tcp,
    protocols.udp,
    ...(mentioned as ReadonlySet<number>),
    ...(icmp ? [protocols.icmp, protocols.icmpv6] : []),
    ...(rest === undefined ? [] : [rest]),
  ]);
  const sources = sourcePortsOf(rules);
  return [...all].flatMap((protocol): Probe[] => {
    if (!withPorts.includes(protocol)) {
      const plain = { protocol, first: -1, last: -1, srcPort: -1 };
      return icmpsOf(rules, protocol).map(([icmpType, icmpCode]) => ({ ...plain, icmpType, icmpCode }));
    }
    const starts = [...startsOf(rules, protocol, named, served)].sort((a, b) => a - b);
    return starts.flatMap((first, i) =>
      sources.map((srcPort) => {
        const last = (starts[i + 1] ?? LAST_PORT + 1) - 1;
        return { protocol, first, last, srcPort, icmpType: -1, icmpCode: -1 };
      }),
    );
  });
}

/** The ports that pods give a name, by that name. */
export type NamedPorts = ReadonlyMap<string, readonly Served[]>;

export interface Served {
  readonly protocol: number;
  readonly port: number;
}

export function namedPortsIn({ parts }: World): NamedPorts {
  return Map.groupBy(
    parts.endpoints.flatMap(({ ports }) => ports),
    ({ name }) => name,
  );
}

function startsOf(
  rules: readonly CompiledRule[],
  protocol: number,
  named: NamedPorts,
  served: readonly Served[],
): Set<number> {
  const starts = new Set([1]);
  const add = (first: number, last: number) => {
    for (const start of [first, last + 1]) if (start >= 1 && start <= LAST_PORT) starts.add(start);
  };
  for (const { dst } of rules) {
    for (const ports of [dst.ports, dst.notPorts]) {
      for (const { first, last } of ports?.ranges ?? []) add(first, last);
      for (const name of ports?.names ?? [])
        for (const at of named.get(name) ?? []) if (at.protocol === protocol) add(at.port, at.port);
    }
  }
  for (const at of served) if (at.protocol === protocol) add(at.port, at.port);
  return starts;
}

function sourcePortsOf(rules: readonly CompiledRule[]): number[] {
  const ranges = rules.flatMap(({ src }) => [...(src.ports?.ranges ?? []), ...(src.notPorts?.ranges ?? [])]);
  const edges = ranges.flatMap(({ first, last }) => [first, last + 1]).filter((port) => port >= 1 && port <= LAST_PORT);
  return [...new Set([EPHEMERAL, ...(edges.length === 0 ? [] : [1, ...edges])])];
}

/** Each type and code that is named, and a type that nobody names. */
function icmpsOf(rules: readonly CompiledRule[], protocol: number): [number, number][] {
  if (protocol !== protocols.icmp && protocol !== protocols.icmpv6) return [[-1, -1]];
  const named = rules.flatMap(({ icmp, notIcmp }) => [icmp, notIcmp]).filter((one) => one !== undefined);
  const free = (taken: readonly number[]) => [...Array(255).keys()].find((one) => !taken.includes(one)) ?? 254;
  const types = [...new Set(named.map(({ type }) => type))];
  const codes = (of: number) => named.flatMap(({ type, code }) => (type === of && code !== undefined ? code : []));
  return [...types, free(types)].flatMap((type) =>
    [...new Set([...codes(type), free(codes(type))])].map((code): [number, number] => [type, code]),
  );
}

/** `tcp/80`, `udp/1-52`, `tcp` of all ports, `icmp type 8`. */
export function probeWords({ protocol, first, last, icmpType }: Probe): string {
  const name = Object.entries(protocols).find(([, number]) => number === protocol)?.[0] ?? `protocol ${protocol}`;
  if (first < 0) return icmpType < 0 ? name : `${name} type ${icmpType}`;
  if (first === 1 && last === LAST_PORT) return name;
  return `${name}/${first === last ? first : `${first}-${last}`}`;
}

/** Every port of each protocol joined into ranges: `tcp/1-8079, tcp/8081-65535, udp`. */
export function probesWords(probes: Iterable<Probe>): string {
  const joined: Probe[] = [];
  const order = (a: Probe, b: Probe) => a.protocol - b.protocol || a.first - b.first || a.icmpType - b.icmpType;
  for (const probe of [...probes].sort(order)) {
    const last = joined.at(-1);
    if (last?.protocol !== probe.protocol || probe.first < 0 || last.last + 1 < probe.first) joined.push(probe);
    else if (probe.last > last.last) joined[joined.length - 1] = { ...last, last: probe.last };
  }
  const said = [...new Set(joined.map(probeWords))];
  // All ports of TCP and UDP, and the protocol that stands for the others.
  const whole = said.includes('tcp') && said.includes('udp') && said.some((one) => anyOther.includes(one));
  return whole ? 'every port' : said.join(', ');
}
