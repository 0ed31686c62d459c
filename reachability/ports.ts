/**
 * The ports of all numbers that a world tells apart: between two numbers that a rule, a named port or a service speaks of every port is
 * treated alike, so the first stands for all and an answer for it is exact for the range.
 */
import type { Question } from './matrix.ts';
import { type Entity, protocols } from './policy/policy.ts';
import { failsafePorts } from './world/host.ts';
import type { World } from './world/world.ts';

/** Both ends are part of it. */
export interface PortRange {
  readonly proto: 'tcp' | 'udp' | 'sctp';
  readonly first: number;
  readonly last: number;
}

export const LAST_PORT = 65535;
const protos = ['tcp', 'udp', 'sctp'] as const;

/** In order, without a gap: from 1 to 65535 of each protocol. */
export function portRanges(world: World): PortRange[] {
  const starts = { tcp: new Set([1]), udp: new Set([1]), sctp: new Set([1]) };
  const add = (protocol: number | undefined, first: number, last: number) => {
    for (const proto of protos) {
      if (protocol !== undefined && protocols[proto] !== protocol) continue;
      for (const start of [first, last + 1]) if (start >= 1 && start <= LAST_PORT) starts[proto].add(start);
    }
  };
  for (const { ingress = [], egress = [] } of world.parts.policies) {
    for (const { protocol, destination } of [...ingress, ...egress]) {
      for (const port of portsOf(destination)) {
        if (!('name' in port)) add(protocol, port.first, port.last);
        else for (const named of namedPorts(world, port.name)) add(named.protocol, named.port, named.port);
      }
      const service = destination.service === undefined ? undefined : world.services.get(destination.service);
      for (const { protocol, port } of service?.backends ?? []) add(protocol, port, port);
    }
  }
  for (const port of failsafeOf(world)) add(undefined, port, port);
  return protos.flatMap((proto) => {
    const sorted = [...starts[proto]].sort((a, b) => a - b);
    return sorted.map((first, i) => ({ proto, first, last: (sorted[i + 1] ?? LAST_PORT + 1) - 1 }));
  });
}

/** From an ephemeral port, as clients of Linux do. */
export function questionOf({ proto, first }: PortRange): Question {
  return { proto, port: first, srcPort: 40000 };
}

/** Neighbours become one: `tcp 1-79` and `tcp 80` are `tcp 1-80`. */
export function joinRanges(ranges: readonly PortRange[]): PortRange[] {
  const joined: PortRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last?.proto === range.proto && last.last + 1 === range.first)
      joined[joined.length - 1] = { ...last, last: range.last };
    else joined.push(range);
  }
  return joined;
}

function portsOf({ ports, notPorts }: Entity) {
  return [...ports, ...notPorts];
}

function namedPorts({ parts }: World, wanted: string) {
  return parts.endpoints.flatMap(({ ports }) => ports).filter(({ name }) => name === wanted);
}

/** Host endpoints let these through, whatever the rules say. */
function failsafeOf({ parts }: World): readonly number[] {
  return parts.endpoints.some(({ kind }) => kind === 'host') ? failsafePorts(parts.felix) : [];
}
