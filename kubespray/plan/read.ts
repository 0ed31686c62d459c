import { isRecord, list, record } from '../../cluster/raw.ts';
import type { Encapsulation } from '../../cluster/types.ts';
import type { Change, Facts, HostFact, PeerFact } from './types.ts';

/**
 * What the controller wrote down as carried out (applied.json); undefined where there is none, or nothing of a cluster in
 * it. A part that is missing or of another type is empty: it differs then, and what it is about is carried out.
 */
export function readFacts(text: string): Facts | undefined {
  try {
    return factsFrom(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The same of a value. */
export function factsFrom(read: unknown): Facts | undefined {
  const value = record(read);
  if (typeof value.cluster !== 'string') return undefined;
  const { version, kubernetes, source } = record(value.release);
  const { controlPlane, etcd } = record(value.first);
  return {
    cluster: value.cluster,
    release: { version: word(version), kubernetes: word(kubernetes), source: word(source) },
    settings: record(value.settings),
    calico: record(value.calico),
    hosts: each(value.hosts, readHost),
    first: { controlPlane: word(controlPlane), etcd: word(etcd) },
    peers: each(value.peers, (peer) => peer as PeerFact),
  };
}

/** What the rules judge, as a resource has it; undefined where one of the two is not there. */
export function changeFrom(read: unknown): Change | undefined {
  const { applied, desired, removeDead, migrate } = record(read);
  const [before, after] = [factsFrom(applied), factsFrom(desired)];
  if (before === undefined || after === undefined) return undefined;
  const { from } = record(record(migrate).encapsulation);
  const { kind, mode } = record(from);
  return {
    applied: before,
    desired: after,
    removeDead: list(removeDead).map(word),
    ...(typeof kind === 'string' ? { migrate: { encapsulation: { from: { kind, mode } as Encapsulation } } } : {}),
  };
}

function readHost({ address, address6, groups, etcdMember, settings, calico }: Record<string, unknown>): HostFact {
  return {
    address: word(address),
    ...(typeof address6 === 'string' ? { address6 } : {}),
    groups: Array.isArray(groups) ? groups.map(word) : [],
    ...(typeof etcdMember === 'string' ? { etcdMember } : {}),
    settings: record(settings),
    calico: record(calico),
  };
}

function each<T>(value: unknown, read: (part: Record<string, unknown>) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record(value)).flatMap(([name, part]): [string, T][] =>
      isRecord(part) ? [[name, read(part)]] : [],
    ),
  );
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
