/** A world that answers questions: who may reach whom, and what decides it. */
import { type Address, keyOf, parseAddress } from '../address.ts';
import { evaluate, type Plan, type PlannedPolicy, type PlannedTier } from '../evaluate.ts';
import { type CalicoVersion, calicoVersion, comparePolicies, type Tier } from '../policy/order.ts';
import { type Policy, protocolNumber, protocols } from '../policy/policy.ts';
import type { Resource } from '../raw.ts';
import { compileRule, type Flow, familyBit, Sets } from '../rules.ts';
import type { Direction, Query, Side, Step, Verdict } from '../types.ts';
import { failsafe } from './host.ts';
import { type Ignored, type Parts, partsOf } from './read.ts';
import { type Service, serviceSets, servicesOf } from './services.ts';
import type { SelectorSet } from './sets.ts';
import { throughService } from './through-service.ts';
import { type Located, type Place, Universe } from './universe.ts';

export interface WorldOptions {
  /** `v3.31.5`: ties and the cluster-wide kinds differ. Default: as 3.32. */
  readonly calico?: string;
}

export type Answer = { readonly ok: true; readonly verdict: Verdict } | { readonly ok: false; readonly error: string };

/** One end of a connection, found. */
export interface Party {
  readonly places: readonly Place[];
  readonly located?: Located;
}

const unpoliced: Side = { verdict: 'unpoliced', trace: [] };

/** A policy, its place in its tier, and whom it is for. */
interface Selecting {
  readonly policy: Policy;
  readonly index: number;
  readonly selector: SelectorSet;
}

export class World {
  readonly parts: Parts;
  /** Resources that this version of Calico does not enforce, though somebody wrote them. */
  readonly ignored: readonly Ignored[];
  readonly services: ReadonlyMap<string, Service>;
  readonly universe: Universe;
  private readonly version: CalicoVersion;
  private readonly tiers: readonly { tier: Tier; policies: readonly Selecting[] }[];
  private readonly sets: Sets;
  /** By endpoint. */
  private readonly plans: Record<Direction, (Plan | undefined)[]> = { egress: [], ingress: [] };
  /** The same plan for all endpoints that the same policies are for. */
  private readonly shared = { egress: new Map<string, Plan>(), ingress: new Map<string, Plan>() };
  private readonly compiled = { egress: new Map<Policy, PlannedPolicy>(), ingress: new Map<Policy, PlannedPolicy>() };
  /** Addresses of services, with their names. */
  private readonly clusterIps: ReadonlyMap<string, string>;
  private readonly nodeOf: ReadonlyMap<string, string>;

  constructor(resources: readonly Resource[], options: WorldOptions = {}) {
    this.version = calicoVersion(options.calico);
    const { parts, ignored } = partsOf(resources, this.version);
    this.parts = parts;
    this.ignored = ignored;
    this.universe = new Universe(parts.endpoints, parts.networkSets);
    this.services = servicesOf(parts.services, parts.slices, parts.endpoints);
    this.clusterIps = new Map(
      [...this.services].flatMap(([name, { clusterIps }]) => clusterIps.map((a): [string, string] => [keyOf(a), name])),
    );
    this.sets = new Sets(this.universe, serviceSets(this.services));
    this.nodeOf = new Map(
      [...parts.nodes].flatMap(([node, all]) => all.map((a): [string, string] => [keyOf(a), node])),
    );
    const byTier = Map.groupBy(parts.policies, ({ tier }) => tier);
    this.tiers = parts.tiers.map((tier) => ({
      tier,
      policies: (byTier.get(tier.name) ?? [])
        .sort(comparePolicies(this.version))
        .map((policy, index) => ({ policy, index, selector: this.sets.selector(policy.selector) })),
    }));
  }

  /** The verdict of one connection; not ok where an end is not in this world, or the question makes no sense. */
  ask(query: Query): Answer {
    const src = this.find(query.src);
    const [service, behind] = this.serviceAt(query.dst) ?? [];
    if (src !== undefined && behind !== undefined) return throughService(this, query, service as string, behind);
    const dst = this.find(query.dst);
    if (src === undefined) return { ok: false, error: this.unknown(query.src) };
    if (dst === undefined) return { ok: false, error: this.unknown(query.dst) };
    const protocol = protocolOf(query);
    if (protocol === undefined) return { ok: false, error: `${query.proto} is no protocol` };
    const ends = meet(src, dst);
    if (ends === undefined) return { ok: false, error: `${query.src} and ${query.dst} have no address of one family` };
    return { ok: true, verdict: this.decide(src, dst, flowOf(query, protocol, ends)) };
  }

  /** The service that `service/NAMESPACE/NAME` or an address of its own means, with its name. */
  private serviceAt(name: string): [string, Service] | undefined {
    const named = name.startsWith('service/') ? name.slice('service/'.length) : undefined;
    const address = named === undefined && this.clusterIps.size > 0 ? parseAddress(name) : undefined;
    const found = named ?? (address && this.clusterIps.get(keyOf(address)));
    const service = found === undefined ? undefined : this.services.get(found);
    return service && [found as string, service];
  }

  /** `namespace/pod`, an address, or `node/NAME`; undefined where there is none such. */
  find(name: string): Party | undefined {
    const located = this.universe.located.get(name);
    if (located !== undefined) return { places: located.places, located };
    const address = parseAddress(name);
    const addresses = address === undefined ? (this.parts.hostPods.get(name) ?? this.nodeAddresses(name)) : [address];
    if (addresses === undefined) return undefined;
    const places = addresses.map((a) => this.universe.placeOf(a));
    const owner = places.flatMap(({ endpoints }) => endpoints)[0];
    return owner === undefined ? { places } : { places, located: owner };
  }

  /** Both halves, each asked with the connection as it is after any translation of addresses. */
  decide(src: Party, dst: Party, flow: Flow): Verdict {
    // A packet to oneself never leaves the pod.
    const toItself = src.located !== undefined && src.located === dst.located;
    const egress = toItself ? unpoliced : this.side(src, 'egress', flow);
    const ingress = toItself ? unpoliced : (this.fromOwnNode(dst, flow) ?? this.side(dst, 'ingress', flow));
    return { verdict: together(egress, ingress), egress, ingress };
  }

  side({ located }: Party, direction: Direction, flow: Flow): Side {
    if (located === undefined) return unpoliced;
    if (located.endpoint.kind === 'host') {
      const port = failsafe(direction, flow);
      if (port !== undefined) return { ...unpoliced, why: port };
    }
    return evaluate(this.planOf(located, direction), flow);
  }

  planOf(located: Located, direction: Direction): Plan {
    const known = this.plans[direction][located.id] ?? this.plan(located, direction);
    this.plans[direction][located.id] = known;
    return known;
  }

  private plan(located: Located, direction: Direction): Plan {
    const { kind, id } = located.endpoint;
    // A policy with a namespace is for pods of it alone; most are another's, and need not be asked.
    const namespace = kind === 'pod' ? id.slice(0, id.indexOf('/')) : undefined;
    const mine = this.tiers.map(({ policies }) =>
      policies.filter(
        ({ policy, selector }) =>
          (policy.namespace === '' || namespace === undefined || policy.namespace === namespace) &&
          policy[direction] !== undefined &&
          policy.stage === 'normal' &&
          selector.takes(located),
      ),
    );
    const allowing = located.endpoint.profiles.find(({ allows }) => allows)?.name;
    const key = `${mine.map((tier) => tier.map(({ index }) => index).join(' ')).join(';')} ${allowing}`;
    const known = this.shared[direction].get(key);
    if (known !== undefined) return known;
    const tiers = mine.flatMap((policies, i): PlannedTier[] => {
      const { tier } = this.tiers[i] as (typeof this.tiers)[number];
      const first = policies[0]?.policy;
      if (first === undefined) return [];
      const planned = policies.map(({ policy }) => this.compile(policy, direction));
      return [{ policies: planned, atEnd: stepOf(first, -1, tier.defaultAction) }];
    });
    const [policy, index, action] =
      allowing === undefined ? (['__PROFILE__', -1, 'deny'] as const) : ([allowing, 0, 'allow'] as const);
    const plan = { tiers, atEnd: { tier: '__PROFILE__', kind: 'Profile', policy, index, action } };
    this.shared[direction].set(key, plan);
    return plan;
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

  /** What a node sends to its own pods, probes among it, passes no policy (felix/rules/static.go:727 filterOutputChain). */
  private fromOwnNode({ located }: Party, { src }: Flow): Side | undefined {
    if (located?.endpoint.kind !== 'pod' || located.endpoint.node === '' || src.address === undefined) return undefined;
    const node = this.nodeOf.get(keyOf(src.address));
    return node === located.endpoint.node ? { ...unpoliced, why: `${node} is the pod's own node` } : undefined;
  }

  private nodeAddresses(name: string): readonly Address[] | undefined {
    return name.startsWith('node/') ? this.parts.nodes.get(name.slice('node/'.length)) : undefined;
  }

  private unknown(name: string): string {
    return `there is no ${name} in this world: it is no running pod (namespace/name), node (node/NAME), service (service/NAMESPACE/NAME) or address`;
  }
}

/** The places at which two parties can talk: of one family, IPv4 where both have both. */
export function meet(src: Party, dst: Party): { src: Place; dst: Place } | undefined {
  for (const from of src.places) {
    const to = dst.places.find(
      (p) => p.address === undefined || from.address === undefined || p.address.family === from.address.family,
    );
    if (to !== undefined) return { src: from, dst: to };
  }
  return undefined;
}

/** Undefined where it is none. */
export function protocolOf({ proto = 'tcp' }: Pick<Query, 'proto'>): number | undefined {
  const protocol = protocolNumber(proto) ?? 0;
  return protocol < 1 ? undefined : protocol;
}

export function flowOf(query: Query, protocol: number, { src, dst }: { src: Place; dst: Place }): Flow {
  const family = (src.address ?? dst.address)?.family;
  return {
    src,
    dst,
    families: family === undefined ? familyBit[4] | familyBit[6] : familyBit[family],
    // Who says ICMP between IPv6 addresses means that family's.
    protocol: family === 6 && protocol === protocols.icmp ? protocols.icmpv6 : protocol,
    srcPort: query.srcPort ?? -1,
    dstPort: query.port ?? -1,
    icmpType: query.icmpType ?? -1,
    icmpCode: query.icmpCode ?? -1,
  };
}

export function together(egress: Side, ingress: Side): Verdict['verdict'] {
  if (egress.verdict === 'deny' || ingress.verdict === 'deny') return 'deny';
  return egress.verdict === 'depends' || ingress.verdict === 'depends' ? 'depends' : 'allow';
}

function stepOf({ tier, kind, namespace, name }: Policy, index: number, action: Step['action']): Step {
  return { tier, kind, policy: namespace === '' ? name : `${namespace}/${name}`, index, action };
}
