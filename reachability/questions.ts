/** The ports that a world is worth asking about: those that its pods serve, and those that its rules name. */
import type { Question } from './matrix.ts';
import { protocols, type Rule } from './policy/policy.ts';
import { fields, list, type Resource, text } from './raw.ts';
import type { World } from './world/world.ts';

const names: Readonly<Record<number, string>> = {
  [protocols.tcp]: 'tcp',
  [protocols.udp]: 'udp',
  [protocols.sctp]: 'sctp',
};

/**
 * One question for each port, TCP first, from an ephemeral port; of a range of a rule its two ends, and the ports beside it. A rule that
 * names none is about every port, so one port that nobody names is asked too.
 */
export function questionsIn(resources: readonly Resource[], world: World): Question[] {
  const found = new Map<string, { proto: string; port: number; srcPort: number }>();
  const add = (proto: string | undefined, port: number) => {
    if (proto !== undefined && port >= 1 && port <= 65535)
      found.set(`${proto}/${port}`, { proto, port, srcPort: EPHEMERAL });
  };
  for (const { kind, spec } of resources) {
    if (kind !== 'Pod') continue;
    for (const { protocol, containerPort } of list(fields(spec).containers)
      .flatMap((c) => list(fields(c).ports))
      .map(fields)) {
      add((text(protocol) || 'TCP').toLowerCase(), Number(containerPort));
    }
  }
  for (const policy of world.parts.policies) {
    for (const rule of [...(policy.ingress ?? []), ...(policy.egress ?? [])])
      for (const port of edgesOf(rule)) add(protoOf(rule), port);
  }
  for (const proto of Object.values(names)) add(proto, NOBODYS);
  return [...found.values()].sort((a, b) => order(a.proto) - order(b.proto) || a.port - b.port);
}

/** Where clients of Linux send from. */
const EPHEMERAL = 40000;
/** Just below those that are given out freely; hardly anything is served there. */
const NOBODYS = 32767;

function protoOf({ protocol }: Rule): string | undefined {
  return protocol === undefined ? 'tcp' : names[protocol];
}

function edgesOf({ destination }: Rule): number[] {
  return [...destination.ports, ...destination.notPorts].flatMap((port) =>
    'name' in port
      ? []
      : port.first === port.last
        ? [port.first]
        : [port.first - 1, port.first, port.last, port.last + 1],
  );
}

function order(proto: string): number {
  return ['tcp', 'udp', 'sctp'].indexOf(proto);
}
