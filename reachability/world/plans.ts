/** Which policies are for an endpoint, in their order, with their rules made ready: once for all endpoints that the same ones are for. */
import type { Plan, PlannedPolicy, PlannedTier } from '../evaluate.ts';
import { type CalicoVersion, comparePolicies, type Tier } from '../policy/order.ts';
import type { Policy } from '../policy/policy.ts';
import { compileRule, labelsUnknown, type Sets } from '../rules.ts';
import type { Direction, Step } from '../types.ts';
import type { Parts } from './read.ts';
import { no, type SelectorSet, yes } from './sets.ts';
import type { Located } from './universe.ts';

/** A policy, its place in its tier, and whom it is for. */
interface Selecting {
  readonly policy: Policy;
  readonly index: number;
  readonly selector: SelectorSet;
}

/** Of one tier, in order. */
type OfTier = readonly Selecting[];

/** What may be for pods of one namespace, by tier and all in one, and the plans of those that were asked, by who takes them. */
interface OfNamespace {
  readonly tiers: readonly OfTier[];
  readonly all: OfTier;
  readonly plans: Map<string, OfPods>;
}

/** Of pods that the same policies take: each direction is made ready once somebody asks for it. */
interface OfPods {
  readonly mine: readonly OfTier[];
  /** '' where other pods may have the same plan too. */
  readonly doubtful: string;
  egress?: Plan;
  ingress?: Plan;
}

/** Where packets meet an endpoint: at their end, or, of host endpoints, on their way through; `early`: only before the tiers proper. */
export type Way = 'end' | 'through' | 'early';

/** `forward` is what a normal policy with `applyOnForward` is on the way through. */
type Stage = Policy['stage'] | 'forward';

export class Plans {
  readonly tiers: readonly { readonly tier: Tier; readonly policies: OfTier }[];
  private readonly sets: Sets;
  /** By namespace: most policies are of another, and need not be asked. */
  private readonly candidates = new Map<string, OfNamespace>();
  /** By endpoint. */
  private readonly ofPods: (OfPods | undefined)[] = [];
  /** The same plan for all endpoints that the same policies are for. */
  private readonly shared = new Map<string, Plan>();
  private readonly compiled = { egress: new Map<Policy, PlannedPolicy>(), ingress: new Map<Policy, PlannedPolicy>() };

  constructor({ policies, tiers }: Parts, version: CalicoVersion, sets: Sets) {
    this.sets = sets;
    const byTier = Map.groupBy(policies, ({ tier }) => tier);
    this.tiers = tiers.map((tier) => ({
      tier,
      policies: (byTier.get(tier.name) ?? [])
        .sort(comparePolicies(version))
        .map((policy, index) => ({ policy, index, selector: sets.selector(policy.selector) })),
    }));
  }

  planOf(located: Located, direction: Direction, way: Way = 'end'): Plan {
    if (located.endpoint.kind === 'host') return this.planOfHost(located, direction, way);
    const known = this.ofPods[located.id];
    const plans = known ?? this.plansOfPod(located);
    if (known === undefined) this.ofPods[located.id] = plans;
    const { mine, doubtful } = plans;
    plans[direction] ??= this.plan(located, direction, mine, ['normal'], doubtful && `${direction} ${doubtful}`);
    return plans[direction];
  }

  /** Pods of one namespace that the same policies take have the same plans. */
  private plansOfPod(located: Located): OfPods {
    const { id } = located.endpoint;
    const { tiers, all, plans } = this.candidatesIn(id.slice(0, id.indexOf('/')));
    let taken = '';
    for (let i = 0; i < all.length; i++) {
      const truth = (all[i] as Selecting).selector.taking(located);
      if (truth !== no) taken += truth === yes ? `${i} ` : `${i}? `;
    }
    if (taken.includes('?')) taken += labelsUnknown(located);
    const known = plans.get(taken);
    if (known !== undefined) return known;
    const mine = tiers.map((policies) => policies.filter(({ selector }) => selector.taking(located) !== no));
    const made: OfPods = { mine, doubtful: taken.includes('?') ? taken : '' };
    plans.set(taken, made);
    return made;
  }

  private planOfHost(located: Located, direction: Direction, way: Way): Plan {
    const key = `${located.id} ${direction} ${way}`;
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const stages = stagesOf(direction, way, located.endpoint.everyInterface === true);
    const mine = this.tiers.map(({ policies }) => policies.filter(({ selector }) => selector.takes(located)));
    const plan = this.plan(located, direction, mine, stages, key);
    this.shared.set(key, plan);
    return plan;
  }

  /** A policy with a namespace is for pods of it alone. */
  private candidatesIn(namespace: string): OfNamespace {
    const known = this.candidates.get(namespace);
    if (known !== undefined) return known;
    const tiers = this.tiers.map(({ policies }) =>
      policies.filter(
        ({ policy }) => (policy.namespace === '' || policy.namespace === namespace) && policy.stage === 'normal',
      ),
    );
    const found = { tiers, all: tiers.flat(), plans: new Map() };
    this.candidates.set(namespace, found);
    return found;
  }

  /** @param unshared '' where endpoints that the same policies are for have the same plan */
  private plan(
    located: Located,
    direction: Direction,
    selecting: readonly OfTier[],
    stages: readonly Stage[],
    unshared: string,
  ): Plan {
    const { endpoint } = located;
    const mine = selecting.map((policies) => policies.filter(({ policy }) => policy[direction] !== undefined));
    const allowing = endpoint.profiles.findIndex(({ allows }) => allows);
    const name = allowing < 0 ? undefined : (endpoint.profiles[allowing]?.name as string);
    const key = `${direction} ${mine.map((tier) => tier.map(({ index }) => index).join(' ')).join(';')} ${name}`;
    const known = unshared === '' ? this.shared.get(key) : undefined;
    if (known !== undefined) return known;
    const tiers = stages.flatMap((stage) =>
      mine.flatMap((policies, i) => this.planTier(located, direction, stage, this.tiers[i]?.tier as Tier, policies)),
    );
    const asked = allowing < 0 ? endpoint.profiles : endpoint.profiles.slice(0, allowing);
    const profiles = asked.flatMap(({ rules }): PlannedTier[] => {
      if (rules?.[direction] === undefined) return [];
      return [{ policies: [this.compile(rules, direction)], atEnd: stepOf(rules, -1, 'pass') }];
    });
    const plan = !stages.includes('normal')
      ? {
          tiers,
          atEnd: { tier: '', kind: 'HostEndpoint', policy: hostName(endpoint.id), index: -1, action: 'allow' } as const,
        }
      : { tiers: [...tiers, ...profiles], atEnd: profileStep(name) };
    if (unshared === '') this.shared.set(key, plan);
    return plan;
  }

  private planTier(located: Located, direction: Direction, stage: Stage, tier: Tier, all: OfTier): PlannedTier[] {
    const selecting = all.filter(({ policy }) =>
      stage === 'forward' ? policy.stage === 'normal' && policy.onForward : policy.stage === stage,
    );
    const policies = selecting.map(({ policy, selector }): PlannedPolicy => {
      const compiled = this.compile(policy, direction);
      return selector.taking(located) === yes ? compiled : { ...compiled, doubt: labelsUnknown(located) };
    });
    const first = policies[0]?.policy;
    if (first === undefined) return [];
    // What comes before the tiers proper has no say at its end (felix/calc/event_sequencer.go tierInfoToProtoTierInfo).
    const early = stage === 'preDNAT' || stage === 'untracked';
    const atEnd = stepOf(first, -1, early ? 'pass' : tier.defaultAction);
    return [{ policies, atEnd, ...(policies.every(({ doubt }) => doubt !== undefined) && { doubtful: true }) }];
  }

  private compile(policy: Policy, direction: Direction): PlannedPolicy {
    const known = this.compiled[direction].get(policy);
    if (known !== undefined) return known;
    const rules = policy[direction] ?? [];
    const compiled = {
      policy,
      rules: rules.map((rule) => compileRule(rule, this.sets)),
      steps: rules.map(({ action }, index) => (action === 'log' ? undefined : stepOf(policy, index, action))),
    };
    this.compiled[direction].set(policy, compiled);
    return compiled;
  }
}

/**
 * What meets a packet at a host endpoint, in the order of the kernel's tables: raw, mangle, filter (felix/rules/static.go). A host endpoint
 * for every interface has no untracked policies (felix/dataplane/linux/endpoint_mgr.go updateHostEndpoints); packets that are only on
 * their way out pass neither raw's output nor mangle's input.
 */
function stagesOf(direction: Direction, way: Way, everyInterface: boolean): readonly Stage[] {
  if (way === 'early') return direction === 'ingress' ? ['preDNAT'] : [];
  const last = way === 'end' ? 'normal' : 'forward';
  const untracked = everyInterface ? [] : (['untracked'] as const);
  if (direction === 'ingress') return [...untracked, 'preDNAT', last];
  return way === 'end' ? [...untracked, last] : [last];
}

function profileStep(allowing: string | undefined): Step {
  const [policy, index, action] =
    allowing === undefined ? (['__PROFILE__', -1, 'deny'] as const) : ([allowing, 0, 'allow'] as const);
  return { tier: '__PROFILE__', kind: 'Profile', policy, index, action };
}

function hostName(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

function stepOf({ tier, kind, namespace, name }: Policy, index: number, action: Step['action']): Step {
  return { tier, kind, policy: namespace === '' ? name : `${namespace}/${name}`, index, action };
}
