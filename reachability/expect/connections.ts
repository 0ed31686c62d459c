/**
 * The connections of an expectation, judged. Ends that no rule of either side tells apart are one class, and of the ports between two
 * numbers that a rule speaks of one stands for all, so what is said is exact for every pair and port.
 */
import type { Expectation, ExpectedPorts } from '../../cluster/types.ts';
import type { Plan } from '../evaluate.ts';
import { joinRanges, LAST_PORT } from '../ports.ts';
import type { CompiledRule } from '../rules.ts';
import type { Verdict } from '../types.ts';
import type { PlaceSet } from '../world/sets.ts';
import { flowOf, type Party, protocolOf, type World } from '../world/world.ts';
import type { Actor, Cast } from './actors.ts';
import type { Apart, End, Opposites } from './apart.ts';
import { actorsAt, portsOf, together } from './ends.ts';
import { rulesOf } from './plans.ts';

/** Pairs of ends that are alike, on ports that are not as expected. */
export interface Miss {
  readonly src: Actor;
  readonly dst: Actor;
  readonly pairs: number;
  /** In order, of one protocol after the other. */
  readonly ports: readonly ExpectedPorts[];
  /** Of each of the ports, in the same order. */
  readonly verdicts: readonly Verdict[];
  /** On other ports the same ends may talk: of `others` it is less plain who is meant. */
  readonly partly: boolean;
  /** Another expectation wants the opposite of one of these. */
  readonly contradicts?: string;
}

/** As clients of Linux do; who may not reach something may not by a port of his choice either. */
const EPHEMERAL = 40000;

export function missesOf(apart: Apart, expectation: Expectation): Miss[] {
  return new Judging(apart, expectation).misses();
}

class Judging {
  private readonly apart: Apart;
  private readonly cast: Cast;
  private readonly world: World;
  private readonly expectation: Expectation;
  private readonly opposites: Opposites;
  private readonly bounds: readonly number[];
  private readonly nodes: boolean;

  constructor(apart: Apart, expectation: Expectation) {
    this.apart = apart;
    this.cast = apart.cast;
    this.world = apart.cast.world;
    this.expectation = expectation;
    this.opposites = apart.opposites[expectation.verdict];
    this.bounds = apart.bounds(expectation);
    const { from, to } = expectation;
    this.nodes = apart.hostsAct || [from, to].some(({ kind }) => kind === 'own-node' || kind === 'other-nodes');
  }

  misses(): Miss[] {
    const { from, to, verdict } = this.expectation;
    const sources = Map.groupBy(actorsAt(this.cast, from, verdict, true), (actor) => this.planOf(actor, 'egress'));
    const targets = Map.groupBy(actorsAt(this.cast, to, verdict, false), (actor) => this.planOf(actor, 'ingress'));
    return [...sources].flatMap(([egress, some]) =>
      [...targets].flatMap(([ingress, others]) => this.between(egress, some, ingress, others)),
    );
  }

  private planOf({ party }: Actor, direction: 'egress' | 'ingress'): Plan | undefined {
    return party.located && this.world.planOf(party.located, direction);
  }

  private between(
    egress: Plan | undefined,
    some: readonly Actor[],
    ingress: Plan | undefined,
    others: readonly Actor[],
  ): Miss[] {
    const rules = [...rulesOf(egress), ...rulesOf(ingress), ...this.apart.ofHosts];
    const nodes = this.nodes || some.some(({ kind, pod }) => kind === 'node' || pod?.hostNetwork);
    const sources = this.classes(some, rules, 'src', nodes);
    const targets = this.classes(others, rules, 'dst', nodes);
    return targets.flatMap((dst) => {
      const spans = this.spans(rules, dst[0] as Actor);
      return sources.flatMap((src) => this.judge(src, dst, spans) ?? []);
    });
  }

  /** Actors of which the rules say the same. */
  private classes(actors: readonly Actor[], rules: readonly CompiledRule[], end: End, nodes: boolean): Actor[][] {
    const sets = [...new Set(rules.flatMap((rule) => [...rule[end].within, ...rule[end].without]))];
    const served = end === 'dst' ? rules.flatMap(({ dst }) => dst.service ?? []) : [];
    const keyOf = (actor: Actor) => {
      const { place } = actor;
      const behind = served.some((service) => service.has(place)) ? ` p${place.id}` : '';
      return `${this.apart.keyOf(actor, end, this.expectation.verdict, nodes)} ${memberOf(sets, actor)}${behind}`;
    };
    return [...Map.groupBy(actors, keyOf).values()];
  }

  /** The expected ports, cut where a rule, a named port of the pod, or another expectation tells them apart. */
  private spans(rules: readonly CompiledRule[], { place }: Actor): ExpectedPorts[] {
    const named = place.endpoints.flatMap(({ endpoint }) => endpoint.ports);
    const bounds = new Set(this.bounds);
    const add = (first: number, last: number) => bounds.add(first).add(last + 1);
    for (const { dst } of rules) {
      for (const ports of [dst.ports, dst.notPorts]) {
        for (const { first, last } of ports?.ranges ?? []) add(first, last);
        for (const { name, port } of named) if (ports?.names.includes(name)) add(port, port);
      }
      if (dst.service !== undefined) for (const bound of this.apart.serviceBounds) bounds.add(bound);
    }
    const sorted = [...bounds].filter((bound) => bound >= 1 && bound <= LAST_PORT).sort((a, b) => a - b);
    return portsOf(this.expectation).flatMap((ports): ExpectedPorts[] => {
      if (!('first' in ports)) return [ports];
      const starts = [
        ...new Set([ports.first, ...sorted.filter((start) => start > ports.first && start <= ports.last)]),
      ];
      return starts.map((first, i) => ({ proto: ports.proto, first, last: (starts[i + 1] ?? ports.last + 1) - 1 }));
    });
  }

  private judge(
    sources: readonly Actor[],
    targets: readonly Actor[],
    spans: readonly ExpectedPorts[],
  ): Miss | undefined {
    const { expectation } = this;
    const pair = pairOf(expectation, sources, targets);
    if (pair === undefined) return undefined;
    const { src, dst } = pair;
    const missed: { ports: ExpectedPorts; verdict: Verdict }[] = [];
    let contradicts: string | undefined;
    let partly = false;
    for (const ports of spans) {
      const against = this.against(src, dst, ports);
      if (against !== undefined && expectation.from.kind === 'others') {
        partly = true;
        continue;
      }
      const verdict = this.verdict(src, dst, ports);
      if (verdict.verdict === expectation.verdict) continue;
      contradicts ??= against;
      missed.push({ ports, verdict });
    }
    if (missed.length === 0) return undefined;
    return {
      src,
      dst,
      pairs: pairsOf(sources, targets),
      ports: missed.map(({ ports }) => ports),
      verdicts: missed.map(({ verdict }) => verdict),
      partly,
      ...(contradicts !== undefined && { contradicts }),
    };
  }

  /** The opposite expectation that means this connection. */
  private against(src: Actor, dst: Actor, ports: ExpectedPorts): string | undefined {
    const [from, to] = [this.opposites.meaning(src, 'src'), this.opposites.meaning(dst, 'dst')];
    return this.opposites.all.find(
      (one, i) =>
        from[i] === '1' &&
        to[i] === '1' &&
        portsOf(one).some((wanted) => covers(wanted, ports)) &&
        together(one, src, dst),
    )?.path;
  }

  private verdict(src: Actor, dst: Actor, ports: ExpectedPorts): Verdict {
    const { expectation, world } = this;
    const query = {
      src: '',
      dst: '',
      proto: ports.proto,
      ...('first' in ports && { port: ports.first, ...(expectation.verdict === 'allow' && { srcPort: EPHEMERAL }) }),
    };
    const protocol = protocolOf(query) as number;
    const { from, to } = expectation;
    return world.decide(
      to.kind === 'own-node' ? onNode(src, dst.node) : src.party,
      from.kind === 'own-node' ? onNode(dst, src.node) : dst.party,
      flowOf(query, protocol, { src: src.place, dst: dst.place }),
    );
  }
}

/** A pod of which nobody says where it runs, as it is on this node. */
function onNode({ party, node: known }: Actor, node: string): Party {
  const { located } = party;
  if (located?.endpoint.kind !== 'pod' || known !== '') return party;
  return { ...party, located: { ...located, endpoint: { ...located.endpoint, node } } };
}

/** What each set says of it, a digit for each. */
function memberOf(sets: readonly PlaceSet[], { place }: Actor): string {
  let key = '';
  for (const set of sets) key += set.has(place);
  return key;
}

/** Two that the expectation is about; the first of each class that can talk, since they are in the order of their telling. */
function pairOf(
  expectation: Expectation,
  sources: readonly Actor[],
  targets: readonly Actor[],
): { src: Actor; dst: Actor } | undefined {
  const [from, to] = [sources[0]?.place.address?.family, targets[0]?.place.address?.family];
  if (from !== undefined && to !== undefined && from !== to) return undefined;
  // They differ in nothing but in who they are: where the first of the one does not do, it is because it is the other.
  for (const src of sources.slice(0, 2)) {
    for (const dst of targets.slice(0, 2)) if (together(expectation, src, dst)) return { src, dst };
  }
  for (const src of sources) {
    const dst = targets.find((other) => together(expectation, src, other));
    if (dst !== undefined) return { src, dst };
    if (src.id !== targets[0]?.id) return undefined;
  }
  return undefined;
}

/** None of them is a pod with itself. */
function pairsOf(sources: readonly Actor[], targets: readonly Actor[]): number {
  const pods = Map.groupBy(targets, ({ id }) => id);
  const same = sources.map(({ id, pod }) => (pod === undefined ? 0 : (pods.get(id)?.length ?? 0)));
  return sources.length * targets.length - same.reduce((sum, count) => sum + count, 0);
}

function covers(wanted: ExpectedPorts, ports: ExpectedPorts): boolean {
  if (!('first' in wanted) || !('first' in ports)) return wanted.proto === ports.proto;
  return wanted.proto === ports.proto && wanted.first <= ports.first && ports.last <= wanted.last;
}

/** Neighbours become one, in the order of protocols. */
export function joinPorts(ports: readonly ExpectedPorts[]): ExpectedPorts[] {
  const order = ['tcp', 'udp', 'sctp', 'icmp'];
  const unique = [...new Map(ports.map((one) => [JSON.stringify(one), one])).values()].sort(
    (a, b) => order.indexOf(a.proto) - order.indexOf(b.proto) || ('first' in a && 'first' in b ? a.first - b.first : 0),
  );
  const numbered = unique.flatMap((one) => ('first' in one ? one : []));
  return [...joinRanges(overlapping(numbered)), ...unique.filter((one) => one.proto === 'icmp').slice(0, 1)];
}

type Numbered = Extract<ExpectedPorts, { first: number }>;

/** Sorted ranges that lie over each other, made to lie beside each other. */
function overlapping(ports: readonly Numbered[]): Numbered[] {
  const found: Numbered[] = [];
  for (const one of ports) {
    const last = found.at(-1);
    if (last?.proto === one.proto && one.first <= last.last) {
      found[found.length - 1] = { ...last, last: Math.max(last.last, one.last) };
    } else found.push(one);
  }
  return found;
}
