/** Sets of connections in words that a person reads at a glance. */
import type { Someone } from './people.ts';
import { probesWords } from './probes.ts';
import type { Alike, Cell, Ground } from './situations.ts';

/** More than these are counted. */
const FEW = 4;

export interface Connections {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
}

export function connectionsOf(direction: Ground['direction'], cells: readonly Cell[]): Connections {
  const local = peopleWords(new Set(cells.map((cell) => cell.local)));
  const remote = peopleWords(new Set(cells.map((cell) => cell.remote)));
  const [from, to] = direction === 'ingress' ? [remote, local] : [local, remote];
  return { from, to, ports: probesWords(new Set(cells.map(({ probe }) => probe))) };
}

/** Where a pod without any label is among them, all pods of its namespace may be, and are not named one by one. */
export function peopleWords(groups: Iterable<Alike>): string {
  const people = [...groups].flat();
  const whole = new Set(people.flatMap(({ kind, namespace }) => (kind === 'stranger' ? (namespace ?? []) : [])));
  const pods = named(people, ({ kind, namespace = '' }) => kind === 'pod' && !whole.has(namespace));
  // Who stands for somebody is named where there is nobody.
  const standIns =
    pods.length > 0 ? [] : named(people, ({ kind, namespace = '' }) => kind === 'stand-in' && !whole.has(namespace));
  const parts = [
    ...(whole.size === 0 ? [] : [`pods of ${listed('namespace', [...whole].map(namespaceWords))}`]),
    ...few(pods),
    ...few(standIns),
    ...few(named(people, ({ kind }) => kind === 'host')),
    ...(people.some(({ kind }) => kind === 'node') ? ['nodes'] : []),
    ...(people.some(({ kind }) => kind === 'tunnel') ? ['nodes by the address of their tunnel'] : []),
    ...few(named(people, ({ kind }) => kind === 'outside')),
  ];
  return parts.join(', ');
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

function namespaceWords(namespace: string): string {
  return namespace === 'any-other' ? 'any further one' : namespace;
}

function few(names: readonly string[]): string[] {
  return names.length <= FEW ? [...names] : [...names.slice(0, FEW - 1), `${names.length - FEW + 1} more`];
}

export function listed(noun: string, names: readonly string[]): string {
  const all = few(names);
  return `${noun}${names.length > 1 ? 's' : ''} ${all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`}`;
}
