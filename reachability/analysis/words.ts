/** Sets of connections in words that a person reads at a glance. */
import type { People, Someone } from './people.ts';
import { probesWords } from './probes.ts';
import type { Alike, Cell, Ground } from './situations.ts';

/** More than these are counted. */
const FEW = 4;

export interface Connections {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
}

export function connectionsOf(people: People, direction: Ground['direction'], cells: readonly Cell[]): Connections {
  const every = new Set(
    people.everybody.flatMap(({ kind, namespace }) => (kind === 'stranger' ? (namespace ?? []) : [])),
  );
  const local = peopleWords(every, new Set(cells.map((cell) => cell.local)));
  const remote = peopleWords(every, new Set(cells.map((cell) => cell.remote)));
  const [from, to] = direction === 'ingress' ? [remote, local] : [local, remote];
  return { from, to, ports: probesWords(new Set(cells.map(({ probe }) => probe))) };
}

/**
 * Where a pod without any label is among them, all pods of its namespace may be, and are not named one by one.
 * @param every namespace there is
 */
function peopleWords(every: ReadonlySet<string>, groups: Iterable<Alike>): string {
  const people = [...groups].flat();
  const whole = new Set(people.flatMap(({ kind, namespace }) => (kind === 'stranger' ? (namespace ?? []) : [])));
  const pods = named(people, ({ kind, namespace = '' }) => kind === 'pod' && !whole.has(namespace));
  // Who stands for somebody is named where there is nobody.
  const standIns =
    pods.length + whole.size > 0
      ? []
      : named(
          people,
          ({ kind, namespace = '' }) => (kind === 'stand-in' || kind === 'mixture') && !whole.has(namespace),
        );
  const parts = [
    ...namespacesWords(every, whole),
    ...few(pods),
    ...few(standIns),
    ...few(named(people, ({ kind }) => kind === 'host')),
    ...nodeWords(people),
    ...few(named(people, ({ kind }) => kind === 'outside')),
  ];
  return listed(parts);
}

function namespacesWords(every: ReadonlySet<string>, whole: ReadonlySet<string>): string[] {
  if (whole.size === 0) return [];
  if (whole.size === every.size) return ['pods of every namespace'];
  const names = few([...whole].map((name) => (name === 'any-other' ? 'any further one' : name)));
  return [`pods of namespace${whole.size > 1 ? 's' : ''} ${listed(names)}`];
}

function nodeWords(people: readonly Someone[]): string[] {
  const [nodes, tunnels] = [people.some(({ kind }) => kind === 'node'), people.some(({ kind }) => kind === 'tunnel')];
  if (nodes) return [tunnels ? 'nodes (by their tunnels too)' : 'nodes'];
  return tunnels ? ['nodes by the address of their tunnel'] : [];
}

function named(people: readonly Someone[], which: (one: Someone) => boolean): string[] {
  const all = [
    ...new Set(people.filter(which).map(({ kind, words }) => (isNet(kind, words) ? `addresses of ${words}` : words))),
  ];
  // One with a further label says no more than one without.
  return all.filter((words) => !all.some((other) => words.startsWith(`${other}, `)));
}

function isNet(kind: Someone['kind'], words: string): boolean {
  return kind === 'outside' && words.includes('/');
}

function few(names: readonly string[]): string[] {
  return names.length <= FEW ? [...names] : [...names.slice(0, FEW - 1), `${names.length - FEW + 1} more`];
}

/** `a`, `a and b`, `a; b and c` where one of them has a comma of its own. */
function listed(all: readonly string[]): string {
  const comma = all.some((one) => one.includes(', ')) ? '; ' : ', ';
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(comma)} and ${all.at(-1)}`;
}
