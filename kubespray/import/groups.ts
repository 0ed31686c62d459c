import type { Finding } from '../../cluster/finding.ts';
import { at, type Given, type Place, topOf } from './given.ts';

export interface Group {
  readonly name: string;
  readonly place: Place;
  /** In the order of the file: kubespray's first control-plane node is the first here. */
  readonly hosts: Map<string, Place>;
  readonly children: Map<string, Place>;
  readonly variables: Map<string, Given>;
}

export interface Host {
  readonly name: string;
  readonly place: Place;
  readonly variables: Map<string, Given>;
}

/** What an inventory file declares. `all` is always there. */
export interface Groups {
  readonly groups: Map<string, Group>;
  readonly hosts: Map<string, Host>;
}

export function noGroups(file: string): Groups {
  const groups: Groups = { groups: new Map(), hosts: new Map() };
  groupIn(groups, 'all', topOf(file));
  return groups;
}

/** The group of that name, made where it is not there. */
export function groupIn({ groups }: Groups, name: string, place: Place): Group {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const group: Group = { name, place, hosts: new Map(), children: new Map(), variables: new Map() };
  groups.set(name, group);
  return group;
}

/** Puts a host into a group; its variables add up over all the places where it is named, the later ones win. */
export function hostIn(
  inventory: Groups,
  group: Group,
  name: string,
  place: Place,
  variables: Iterable<[string, Given]> = [],
) {
  if (!group.hosts.has(name)) group.hosts.set(name, place);
  const host = inventory.hosts.get(name) ?? { name, place, variables: new Map<string, Given>() };
  inventory.hosts.set(name, host);
  for (const [key, value] of variables) host.variables.set(key, value);
}

/** More hosts than one range is ever meant to give. */
const LARGEST = 10_000;

export interface Expanded {
  readonly names: readonly string[];
  /** `node1:2222` */
  readonly port?: number;
}

/**
 * `node[01:10:2].lan:2222`: the host names that a pattern stands for (ansible-core 2.18 plugins/inventory/__init__.py
 * expand_hostname_range); a finding where it is no range.
 */
export function expand(pattern: string, place: Place): Expanded | Finding {
  const port = /^(.*[^:]):(\d{1,5})$/.exec(pattern);
  // An IPv6 address has colons of its own, and those in brackets belong to a range.
  const hasPort = port !== null && !port[1]?.replace(/\[[^\]]*\]/g, '').includes(':');
  const names = ranges(hasPort ? (port[1] as string) : pattern);
  if (names === undefined) {
    return at(
      place,
      'refused',
      'bad-host-range',
      'the brackets of a host name hold no range',
      'Write node[1:3], node[01:10], or node[a:c].',
    );
  }
  if (names.length > LARGEST) {
    return at(place, 'refused', 'too-many-hosts', `a range gives more than ${LARGEST} hosts`, 'Write a smaller one.');
  }
  return { names, ...(hasPort ? { port: Number(port[2]) } : {}) };
}

function ranges(pattern: string): string[] | undefined {
  const match = /^([^[\]]*)\[([^[\]]*)\](.*)$/.exec(pattern);
  if (match === null) return /[[\]]/.test(pattern) ? undefined : [pattern];
  const [, head = '', range = '', tail = ''] = match;
  const values = rangeValues(range);
  const rests = ranges(tail);
  if (values === undefined || rests === undefined) return undefined;
  if (values.length * rests.length > LARGEST) return Array.from({ length: LARGEST + 1 }, () => pattern);
  return values.flatMap((value) => rests.map((rest) => `${head}${value}${rest}`));
}

function rangeValues(range: string): string[] | undefined {
  const [from = '', to, step = '1', ...more] = range.split(':');
  if (to === undefined || more.length > 0 || !/^[1-9]\d{0,5}$/.test(step)) return undefined;
  const by = Number(step);
  if (/^[A-Za-z]$/.test(from) && /^[A-Za-z]$/.test(to)) {
    return steps(from.charCodeAt(0), to.charCodeAt(0), by)?.map((code) => String.fromCharCode(code));
  }
  const first = from === '' ? '0' : from;
  if (!/^\d{1,9}$/.test(first) || !/^\d{1,9}$/.test(to)) return undefined;
  const width = first.startsWith('0') && first.length > 1 ? first.length : 0;
  return steps(Number(first), Number(to), by)?.map((n) => String(n).padStart(width, '0'));
}

function steps(first: number, last: number, by: number): number[] | undefined {
  if (first > last) return undefined;
  const count = Math.min(Math.floor((last - first) / by) + 1, LARGEST + 1);
  return Array.from({ length: count }, (_, i) => first + i * by);
}
