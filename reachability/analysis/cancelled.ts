/**
 * A deny that an allow makes void: the allow is of another policy that means more endpoints than the deny does, or it leaves the deny
 * nothing at all; and it opens most ports to pods of several namespaces, or to the internet. An allow that is as narrow as the deny, or
 * opens a port or a workload, is an exception, and meant.
 */
import type { Policy } from '../policy/policy.ts';
import { protocols } from '../policy/policy.ts';
import { LAST_PORT } from '../ports.ts';
import { type CompiledRule, matchRule } from '../rules.ts';
import type { Query, Step } from '../types.ts';
import { yes } from '../world/sets.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { People, Someone } from './people.ts';
import type { Probe } from './probes.ts';
import { type Alike, type Cell, flowOf, type Ground, type Hit, isLikely, type Situation } from './situations.ts';

export interface Cancelled {
  /** The rules that allow, of one policy or of several that do so together. */
  readonly by: readonly Hit[];
  readonly direction: Ground['direction'];
  /** Policies whose default deny is void, or whose Deny rule is. */
  readonly denies: readonly Policy[];
  /** The Deny rules; empty where it is the end of the tier. */
  readonly rules: readonly Step[];
  /** What would be denied. */
  readonly cells: readonly Cell[];
  /** One that is allowed, and would not be without the policies of `by`. */
  readonly connection: Query;
  readonly words: { readonly from: string; readonly to: string };
}

export function cancelledIn(people: People, grounds: readonly Ground[]): Cancelled[] {
  const widths = new Widths(people, grounds);
  const found = new Map<string, Draft>();
  for (const ground of grounds) {
    for (const situation of ground.situations) {
      const cells = situation.cells.filter(isLikely);
      const cancelled = cells.length === 0 ? undefined : cancelledHere(ground, situation, widths);
      if (cancelled === undefined) continue;
      const { by, denies, rule } = cancelled;
      const key = `${ground.direction} ${by.map(({ step }) => `${step.kind} ${step.policy} ${step.index}`).join(', ')}`;
      const draft = found.get(key) ?? {
        by,
        direction: ground.direction,
        denies: new Set(),
        rules: new Set(),
        cells: [],
      };
      found.set(key, draft);
      for (const policy of denies) draft.denies.add(policy);
      if (rule !== undefined) draft.rules.add(rule);
      draft.cells.push(...cells);
    }
  }
  return [...found.values()].flatMap(({ denies, rules, ...draft }) => {
    const named = connectionOf(people, draft.direction, draft.cells);
    // Nothing is opened where the other side denies all of it.
    return named === undefined ? [] : { ...draft, ...named, denies: [...denies], rules: [...rules] };
  });
}

interface Draft {
  readonly by: readonly Hit[];
  readonly direction: Ground['direction'];
  readonly denies: Set<Policy>;
  readonly rules: Set<Step>;
  readonly cells: Cell[];
}

/** Wide policies are taken away until something denies. */
function cancelledHere(ground: Ground, situation: Situation, widths: Widths) {
  const policies = new Set<Policy>();
  const by: Hit[] = [];
  let outcome: Outcome = outcomeOf(ground, situation);
  while (outcome.verdict === 'allow') {
    const hit = [...outcome.passed, ...(outcome.by === undefined ? [] : [outcome.by])].find(({ rule }) =>
      widths.isBroad(rule, ground),
    );
    if (hit === undefined) return undefined;
    policies.add(hit.policy);
    by.push(hit);
    outcome = outcomeOf(ground, situation, { policies });
  }
  if (outcome.verdict === 'unsure' || by.length === 0) return undefined;
  const rule = outcome.by?.step;
  const closing =
    outcome.by === undefined
      ? (ground.plan.tiers[outcome.tier ?? -1]?.policies ?? []).map(({ policy }) => policy)
      : [outcome.by.policy];
  const denies = closing.filter(
    (policy) =>
      !policies.has(policy) &&
      (rule !== undefined || !isDenyList(policy, ground)) &&
      by.every(
        (hit) => mayMean(hit.policy, policy, rule, ground) && widths.isWider(hit.policy, policy, ground.direction),
      ),
  );
  return denies.length === 0 ? undefined : { by, denies, rule };
}

/** Policies of one namespace add up: what one opens the other need not have meant to close, unless it opens nothing itself. */
function mayMean(allow: Policy, deny: Policy, rule: Step | undefined, { direction }: Ground): boolean {
  const together = deny.namespace !== '' && allow.namespace === deny.namespace;
  return !together || rule !== undefined || deny[direction]?.length === 0;
}

/** Whoever writes down what to deny, and allows nothing, leaves the rest to others: no need of a Deny where the end of the tier is meant. */
function isDenyList(policy: Policy, { direction }: Ground): boolean {
  const rules = policy[direction] ?? [];
  return (
    rules.some(({ action }) => action === 'deny') && rules.every(({ action }) => action === 'deny' || action === 'log')
  );
}

/** How much a rule and a policy mean, each found out once. */
class Widths {
  private readonly people: People;
  private readonly grounds: readonly Ground[];
  private readonly strangers: readonly Someone[];
  private readonly broad = new Map<CompiledRule, Map<Ground, boolean>>();
  private readonly wider = new Map<string, boolean>();

  constructor(people: People, grounds: readonly Ground[]) {
    this.people = people;
    this.grounds = grounds;
    this.strangers = people.everybody.filter(({ kind }) => kind === 'stranger');
  }

  /** Most ports of TCP or UDP, for pods of several namespaces whatever they are, or for the internet. */
  isBroad(rule: CompiledRule, ground: Ground): boolean {
    const known = this.broad.get(rule) ?? new Map<Ground, boolean>();
    this.broad.set(rule, known);
    const told = known.get(ground) ?? ground.locals.some((local) => this.isBroadFor(rule, ground, local));
    known.set(ground, told);
    return told;
  }

  private isBroadFor(rule: CompiledRule, ground: Ground, local: Alike): boolean {
    const near = local[0] as Someone;
    return [protocols.tcp, protocols.udp].some((protocol) => {
      const matches = (far: Someone) => hasMostPorts(ground, rule, near, far, protocol);
      const foreign = this.strangers.filter(({ namespace }) => namespace !== near.namespace);
      if (foreign.length > 0 && foreign.filter(matches).length >= Math.min(2, foreign.length)) return true;
      return this.people.everybody.some((one) => one.kind === 'outside' && isInternet(one) && matches(one));
    });
  }

  /** Whether `a` is for endpoints that `b` is not for; or leaves it nothing to deny. */
  isWider(a: Policy, b: Policy, direction: Ground['direction']): boolean {
    const key = `${direction} ${nameOf(a)} ${nameOf(b)}`;
    const known = this.wider.get(key);
    if (known !== undefined) return known;
    const mine = this.grounds.filter((ground) => ground.direction === direction && ground.policies.includes(a));
    const theirs = this.grounds.filter((ground) => ground.direction === direction && ground.policies.includes(b));
    const wider =
      mine.some((ground) => !ground.policies.includes(b)) || theirs.every((ground) => neverDenies(ground, b));
    this.wider.set(key, wider);
    return wider;
  }
}

/** As a query names the internet: no net of a rule is around it. */
function isInternet({ words }: Someone): boolean {
  return words.startsWith('the internet');
}

/** The widest part into which the rules of the ground cut the ports speaks for most of them. */
function hasMostPorts(ground: Ground, rule: CompiledRule, near: Someone, far: Someone, protocol: number): boolean {
  const probe = ground.probes.find(
    (one) => one.protocol === protocol && one.first > 0 && one.last - one.first > LAST_PORT / 2,
  );
  if (probe === undefined) return false;
  const [src, dst] = ground.direction === 'ingress' ? [far.place, near.place] : [near.place, far.place];
  const flow = flowOf(src, dst, probe);
  return flow !== undefined && matchRule(rule, flow) === yes;
}

/** Whatever comes, another policy has said yes before the end of the tier, or before this one's own Deny. */
function neverDenies(ground: Ground, policy: Policy): boolean {
  const tier = ground.plan.tiers.findIndex(({ policies }) => policies.some((one) => one.policy === policy));
  return ground.situations.every((situation) => {
    const outcome = outcomeOf(ground, situation);
    return outcome.by?.policy === policy ? outcome.verdict !== 'deny' : outcome.tier !== tier;
  });
}

function nameOf({ kind, namespace, name }: Policy): string {
  return `${kind} ${namespace}/${name}`;
}

/** Between people of the world's own where there are such; undefined where the other side denies everything. */
function connectionOf({ world }: People, direction: Ground['direction'], cells: readonly Cell[]) {
  // A pod of kube-system is nobody's example of who should be kept out.
  const rank = (one: Someone | undefined) =>
    one === undefined
      ? 99
      : (['pod', 'outside', 'node'].indexOf(one.kind) + 1 || 9) + (one.namespace === 'kube-system' ? 1 : 0);
  const best = (all: Alike) => all.toSorted((a, b) => rank(a) - rank(b));
  const candidates = cells.map(({ local, remote, probe }) => {
    const near = best(local)[0] as Someone;
    return { near, far: best(remote).find((one) => one.name !== near.name), probe, alike: remote.length };
  });
  // Whom many are like is the better example.
  const ranked = candidates.toSorted(
    (a, b) => rank(a.near) + rank(a.far) - rank(b.near) - rank(b.far) || b.alike - a.alike,
  );
  for (const { near, far, probe } of ranked.slice(0, TRIES)) {
    if (far === undefined || probe.first < 0) continue;
    const [src, dst] = direction === 'ingress' ? [far, near] : [near, far];
    const connection: Query = {
      src: src.name,
      dst: dst.name,
      proto: protocolName(probe.protocol),
      port: portIn(probe),
      srcPort: probe.srcPort,
    };
    const answer = world.ask(connection);
    if (answer.ok && answer.verdict.verdict === 'allow' && answer.verdict[direction].verdict === 'allow')
      return { connection, words: { from: src.words, to: dst.words } };
  }
  return undefined;
}

const TRIES = 200;

/** One that people know, where it is among them. */
function portIn({ first, last }: Probe): number {
  return [8080, 443, 80, 22, 53].find((port) => first <= port && port <= last) ?? first;
}

function protocolName(protocol: number): string | number {
  return Object.entries(protocols).find(([, number]) => number === protocol)?.[0] ?? protocol;
}
