/**
 * One side of every connection, put together: endpoints that the same policies are for, the people that their rules tell apart, and for
 * each of them and each port which rules match. Connections that the same rules match are one situation.
 */
import type { Plan } from '../evaluate.ts';
import type { Policy } from '../policy/policy.ts';
import { protocols } from '../policy/policy.ts';
import { type CompiledRule, type Flow, familyBit, matchRule } from '../rules.ts';
import type { Direction, Step } from '../types.ts';
import { no, type PlaceSet, yes } from '../world/sets.ts';
import type { Place } from '../world/universe.ts';
import type { World } from '../world/world.ts';
import type { People, Someone } from './people.ts';
import { type NamedPorts, namedPortsIn, type Probe, probesOf, type Served } from './probes.ts';

/** A rule that matches, or may. */
export interface Hit {
  readonly tier: number;
  readonly policy: Policy;
  readonly rule: CompiledRule;
  readonly step: Step;
  /** False where it depends on what the world does not say. */
  readonly sure: boolean;
}

/** People that the rules do not tell apart; the first speaks for all. */
export type Alike = readonly Someone[];

export interface Cell {
  readonly local: Alike;
  readonly remote: Alike;
  readonly probe: Probe;
}

/** Whether somebody may well carry these labels; that one pod carries those of two selectors is but a thought. */
export function isLikely({ local, remote }: Cell): boolean {
  return [local, remote].every((alike) => alike.some(({ kind }) => kind !== 'mixture'));
}

export interface Situation {
  /** Every rule that matches, in the order in which they are asked; those behind the first as well. */
  readonly hits: readonly Hit[];
  readonly cells: Cell[];
}

/** The endpoints that one set of policies is for, in one direction. */
export interface Ground {
  readonly direction: Direction;
  readonly plan: Plan;
  readonly policies: readonly Policy[];
  readonly locals: readonly Alike[];
  readonly remotes: readonly Alike[];
  readonly probes: readonly Probe[];
  readonly situations: readonly Situation[];
}

/** Of all endpoints that a policy is for. */
export function groundsOf(people: People): Ground[] {
  const { world, everybody } = people;
  const named = namedPortsIn(world);
  const numbers = new Map<Policy, number>();
  const numberOf = (policy: Policy) => {
    const number = numbers.get(policy) ?? numbers.size;
    numbers.set(policy, number);
    return number;
  };
  // Plans differ by the name of a namespace's profile as well, which lets everything through whatever its name.
  const keyOf = ({ tiers, atEnd }: Plan) =>
    `${tiers.map(({ policies }) => policies.map(({ policy }) => numberOf(policy)).join(' ')).join(';')} ${atEnd.action}`;
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const byPlan = new Map<string, { plan: Plan; locals: Someone[] }>();
    const keys = new Map<Plan, string>();
    for (const someone of everybody) {
      if (someone.located === undefined || someone.kind === 'node') continue;
      const plan = world.planOf(someone.located, direction);
      const key = keys.get(plan) ?? keyOf(plan);
      keys.set(plan, key);
      const known = byPlan.get(key) ?? { plan, locals: [] };
      byPlan.set(key, known);
      known.locals.push(someone);
    }
    return [...byPlan.values()]
      .filter(({ plan }) => plan.tiers.length > 0)
      .map(({ plan, locals }) => groundOf(world, direction, plan, locals, everybody, named));
  });
}

function groundOf(
  world: World,
  direction: Direction,
  plan: Plan,
  endpoints: readonly Someone[],
  everybody: readonly Someone[],
  named: NamedPorts,
): Ground {
  const planned = plan.tiers.flatMap(({ policies }, tier) => policies.map((one) => ({ ...one, tier })));
  const hits = planned.flatMap(({ policy, rules, steps, tier }) =>
    rules.flatMap((rule, i) => {
      const step = steps[i];
      return step === undefined ? [] : [{ tier, policy, rule, step }];
    }),
  );
  const rules = hits.map(({ rule }) => rule);
  const served = servedBy(
    world,
    direction,
    planned.map(({ policy }) => policy),
  );
  const [near, far] = direction === 'ingress' ? (['dst', 'src'] as const) : (['src', 'dst'] as const);
  const locals = alike(rules, near, endpoints, served);
  const remotes = alike(rules, far, everybody, served);
  const probes = probesOf(rules, named, served);
  return {
    direction,
    plan,
    policies: planned.map(({ policy }) => policy),
    locals,
    remotes,
    probes,
    situations: situationsOf(direction, hits, locals, remotes, probes),
  };
}

function situationsOf(
  direction: Direction,
  rules: readonly Omit<Hit, 'sure'>[],
  locals: readonly Alike[],
  remotes: readonly Alike[],
  probes: readonly Probe[],
): Situation[] {
  const hits = rules.map((hit) => ({ yes: { ...hit, sure: true }, maybe: { ...hit, sure: false } }));
  const found = new Map<string, Situation>();
  const [nearEnd, farEnd] = direction === 'ingress' ? (['dst', 'src'] as const) : (['src', 'dst'] as const);
  const all = rules.map((_, i) => i);
  for (const local of locals) {
    const here = all.filter((i) => mayMean(rules[i]?.rule as CompiledRule, nearEnd, (local[0] as Someone).place));
    for (const remote of remotes) {
      const there = here.filter((i) => mayMean(rules[i]?.rule as CompiledRule, farEnd, (remote[0] as Someone).place));
      const [near, far] = [(local[0] as Someone).place, (remote[0] as Someone).place];
      if (near.address !== undefined && far.address !== undefined && near.address.family !== far.address.family)
        continue;
      const [src, dst] = direction === 'ingress' ? [far, near] : [near, far];
      for (const probe of probes) {
        const flow = flowOf(src, dst, probe);
        if (flow === undefined) continue;
        const matching: Hit[] = [];
        let key = '';
        for (const i of there) {
          const truth = matchRule((rules[i] as Hit).rule, flow);
          if (truth === no) continue;
          matching.push((hits[i] as (typeof hits)[number])[truth === yes ? 'yes' : 'maybe']);
          key += truth === yes ? `${i} ` : `${i}? `;
        }
        const known = found.get(key);
        if (known === undefined) found.set(key, { hits: matching, cells: [{ local, remote, probe }] });
        else known.cells.push({ local, remote, probe });
      }
    }
  }
  return [...found.values()];
}

/** Whether the rule is about this end at all, whatever the port. */
function mayMean(rule: CompiledRule, end: 'src' | 'dst', place: Place): boolean {
  const { within, without } = rule[end];
  return within.every((set) => set.has(place) !== no) && !without.some((set) => set.has(place) === yes);
}

/** Undefined where a protocol is not for the family of the addresses. */
export function flowOf(
  src: Place,
  dst: Place,
  { protocol, first, srcPort, icmpType, icmpCode }: Probe,
): Flow | undefined {
  const family = (src.address ?? dst.address)?.family;
  if (
    family === (protocol === protocols.icmp ? 6 : protocol === protocols.icmpv6 ? 4 : undefined) &&
    family !== undefined
  )
    return undefined;
  const families = family === undefined ? familyBit[4] | familyBit[6] : familyBit[family];
  return { src, dst, families, protocol, srcPort, dstPort: first, icmpType, icmpCode };
}

function servedBy(world: World, direction: Direction, policies: readonly Policy[]): (Served & { service: string })[] {
  const services = policies
    .flatMap((policy) => policy[direction] ?? [])
    .flatMap(({ destination }) => destination.service ?? []);
  return [...new Set(services)].flatMap((service) =>
    (world.services.get(service)?.backends ?? []).map(({ protocol, port }) => ({ service, protocol, port })),
  );
}

/** People by what the rules ask of their end: sets, names of ports, services; and by family. */
function alike(
  rules: readonly CompiledRule[],
  end: 'src' | 'dst',
  people: readonly Someone[],
  served: readonly Served[],
): Alike[] {
  const sets = [...new Set(rules.flatMap((rule) => [...rule[end].within, ...rule[end].without]))];
  for (const { [end]: one } of rules) {
    const { service } = one;
    if (service === undefined) continue;
    sets.push(
      ...served.map(({ protocol, port }) => ({ has: (place: Place) => service.serves(place, protocol, port) })),
    );
  }
  const named = rules.some(({ [end]: { ports, notPorts } }) => (ports?.names ?? notPorts?.names ?? []).length > 0);
  const portsOf = ({ endpoints }: Place) =>
    named ? JSON.stringify(endpoints.map(({ endpoint }) => endpoint.ports)) : '';
  return [
    ...Map.groupBy(people, ({ place }) => `${place.address?.family}${said(sets, place)}${portsOf(place)}`).values(),
  ];
}

function said(sets: readonly PlaceSet[], place: Place): string {
  let text = '';
  for (const set of sets) text += set.has(place);
  return text;
}
