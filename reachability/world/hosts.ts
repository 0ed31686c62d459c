/**
 * Host endpoints: which of them meets a packet that ends at its host or passes through, and what its policies say (v3.32.1
 * felix/rules/{static,dispatch,endpoints}.go, felix/dataplane/linux/endpoint_mgr.go).
 */
import { keyOf } from '../address.ts';
import { evaluate, type Plan } from '../evaluate.ts';
import type { Flow } from '../rules.ts';
import type { Direction, Passage, Side } from '../types.ts';
import { type FelixSettings, failsafe, type ToHost } from './host.ts';
import type { Plans, Way } from './plans.ts';
import type { Parts } from './read.ts';
import type { Located, Place, Universe } from './universe.ts';

interface OfNode {
  /** For all interfaces that have none of their own. */
  readonly every: Located | undefined;
  /** For one interface each, in the order in which Felix prefers them. */
  readonly named: readonly Located[];
}

/** One end of a connection, as far as hosts are concerned. */
export interface HostEnd {
  /** Absent of a host, and of what is outside. */
  readonly pod?: Located | undefined;
  /** '' where it is unknown, and of what is outside. */
  readonly node: string;
}

/** Where a packet comes in or goes out: at a pod's interface, or at one of the host's own. */
interface Hop {
  readonly node: string;
  readonly direction: Direction;
  readonly at: 'pod' | 'host';
}

export const unpoliced: Side = { verdict: 'unpoliced', trace: [] };

export class Hosts {
  /** Whether anything of what passes through a host is asked about. */
  readonly act: boolean;
  private readonly nodeByAddress: ReadonlyMap<string, string>;
  private readonly ofNodes: ReadonlyMap<string, OfNode>;
  private readonly nodes: readonly string[];
  private readonly felix: ReadonlyMap<string, FelixSettings>;
  private readonly plans: Plans;
  private readonly endpointToHost: ToHost | undefined;

  constructor(parts: Parts, universe: Universe, plans: Plans, endpointToHost: ToHost | undefined) {
    this.plans = plans;
    this.felix = parts.felix;
    this.endpointToHost = endpointToHost;
    const all = parts.endpoints
      .filter(({ kind }) => kind === 'host')
      .map(({ id }) => universe.located.get(id) as Located)
      // Of several for one interface Felix takes the first by name (endpoint_mgr.go resolveHostEndpoints).
      .sort((a, b) => (a.endpoint.id < b.endpoint.id ? -1 : 1));
    this.ofNodes = new Map(
      [...Map.groupBy(all, ({ endpoint }) => endpoint.node)].map(([node, its]) => [
        node,
        {
          every: its.find(({ endpoint }) => endpoint.everyInterface),
          named: its.filter(({ endpoint }) => !endpoint.everyInterface),
        },
      ]),
    );
    this.nodes = [...new Set([...parts.nodes.keys(), ...this.ofNodes.keys()])];
    this.nodeByAddress = new Map([
      ...all.flatMap(({ endpoint }) => endpoint.addresses.map((a): [string, string] => [keyOf(a), endpoint.node])),
      ...[...parts.nodes].flatMap(([node, its]) => its.map((a): [string, string] => [keyOf(a), node])),
    ]);
    this.act = all.length > 0 && parts.policies.some(({ stage, onForward }) => stage !== 'normal' || onForward);
  }

  /** Whether an address may be a node's at all. */
  get known(): boolean {
    return this.nodeByAddress.size > 0;
  }

  /** '' where it is no node's. */
  nodeAt({ address }: Place): string {
    return address === undefined || !this.known ? '' : (this.nodeByAddress.get(keyOf(address)) ?? '');
  }

  /** Plans that may be asked about what passes through. */
  plansOnTheWay(): Plan[] {
    if (!this.act) return [];
    return [...this.ofNodes.values()]
      .flatMap(({ every, named }) => [every ?? [], named].flat())
      .flatMap((one) => [this.plans.planOf(one, 'egress', 'through'), this.plans.planOf(one, 'ingress', 'through')]);
  }

  /** A packet of the host's own, or one for it. @param before the flow as it was before a service's address was translated */
  side(direction: Direction, node: string, place: Place, flow: Flow, before = flow): Side {
    if (!this.ofNodes.has(node)) return unpoliced;
    const candidates = this.holding(node, place);
    const sides = candidates.map((one) => this.sideOf(one, direction, 'end', flow, before));
    return either(sides, `the interface of ${node} that it goes through`);
  }

  /** What one host endpoint says. */
  sideOf(located: Located | undefined, direction: Direction, way: Way, flow: Flow, before = flow): Side {
    if (located === undefined) return unpoliced;
    const plan = this.plans.planOf(located, direction, way);
    if (plan.tiers.length === 0 && way !== 'end') return unpoliced;
    const port = failsafe(direction, before, this.settings(located.endpoint.node));
    const failsafeAct = way === 'end' || plan.tiers.some(({ policies }) => policies[0]?.policy.stage !== 'normal');
    if (port !== undefined && failsafeAct) return { ...unpoliced, why: port };
    if (before === flow) return evaluate(plan, flow);
    // Only what comes before the translation sees where the packet was sent to.
    const early = (tier: Plan['tiers'][number]) => tier.policies[0]?.policy.stage !== 'normal';
    const first = { tiers: plan.tiers.filter(early), atEnd: plan.atEnd };
    const side = evaluate(first, before);
    if (side.trace.at(-1) !== first.atEnd) return side;
    return evaluate({ ...plan, tiers: plan.tiers.filter((tier) => !early(tier)) }, flow);
  }

  /**
   * A pod's packet for its own host, once the pod's egress has let it go: no host endpoint's own tiers are asked, only what comes before
   * the translation of addresses and then Felix' setting (static.go filterWorkloadToHostChain).
   */
  toOwnHost(node: string, flow: Flow, before = flow): Side {
    const early = this.sideOf(this.ofNodes.get(node)?.every, 'ingress', 'early', before);
    if (early.verdict === 'deny' || early.verdict === 'depends') return early;
    const [name, action] = this.toHost(node);
    if (action === 'drop' || action === 'reject') {
      const policy = 'defaultEndpointToHostAction';
      return {
        verdict: 'deny',
        trace: [
          { tier: '__HOST__', kind: 'FelixConfiguration', policy: `${name} ${policy}`, index: -1, action: 'deny' },
        ],
      };
    }
    const further = action === 'return' ? ": the host's own rules decide" : '';
    return { ...unpoliced, why: `${node} is the pod's own node; defaultEndpointToHostAction is ${action}${further}` };
  }

  /** What acts on a packet between its ends; only what says something. */
  way(src: HostEnd, dst: HostEnd, flow: Flow, before = flow): Passage[] {
    if (!this.act) return [];
    const found: Passage[] = [];
    for (const hop of hopsOf(src, dst)) {
      // Behind the first host of a pod's way the address is translated.
      const asked = hop.direction === 'ingress' && (src.pod === undefined || hop.at === 'pod') ? before : flow;
      const one = this.passage(hop, flow, asked);
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  private passage({ node, direction, at }: Hop, flow: Flow, before: Flow): Passage | undefined {
    const nodes = node === '' ? this.nodes : [node];
    const candidates = nodes.flatMap((one) => this.passing(one, at));
    const sides = candidates.map((one) => this.sideOf(one, direction, 'through', flow, before));
    const doubt = node === '' ? 'the node that the pod is on' : `the interface of ${node} that it goes through`;
    const side = either(sides, doubt);
    if (side.trace.length === 0 && side.verdict === 'unpoliced') return undefined;
    const first = candidates.find((_, i) => sides[i]?.trace === side.trace) ?? candidates[0];
    return { endpoint: first?.endpoint.id ?? '', direction, side };
  }

  /** Who may govern the interface; undefined stands for none. */
  private passing(node: string, at: Hop['at']): (Located | undefined)[] {
    const { every, named } = this.ofNodes.get(node) ?? { every: undefined, named: [] };
    return at === 'pod' ? [every] : [...named, every];
  }

  /** Who may govern the interface that has the address: one that expects it; else that for every interface, or one whose addresses nobody knows. */
  private holding(node: string, { address }: Place): (Located | undefined)[] {
    const { every, named } = this.ofNodes.get(node) as OfNode;
    const wanted = address && keyOf(address);
    const sure = named.find(({ endpoint }) => endpoint.addresses.some((a) => keyOf(a) === wanted));
    if (sure !== undefined) return [sure];
    return [every, ...named.filter(({ endpoint }) => endpoint.addresses.length === 0)];
  }

  private settings(node: string): FelixSettings[] {
    return [`node.${node}`, 'default'].flatMap((name) => this.felix.get(name) ?? []);
  }

  /** What the process was started with goes before what the store says (felix/config/config_params.go). */
  private toHost(node: string): [string, ToHost] {
    if (this.endpointToHost !== undefined) return ['Felix', this.endpointToHost];
    for (const name of [`node.${node}`, 'default']) {
      const action = this.felix.get(name)?.endpointToHost;
      if (action !== undefined) return [name, action];
    }
    return ['Felix', 'return'];
  }
}

/** In the order in which a packet meets them. */
function hopsOf(src: HostEnd, dst: HostEnd): Hop[] {
  const hops: Hop[] = [];
  const together = src.node !== '' && src.node === dst.node;
  if (src.pod !== undefined) {
    hops.push({ node: src.node, direction: 'ingress', at: 'pod' });
    if (!(together && dst.pod !== undefined)) hops.push({ node: src.node, direction: 'egress', at: 'host' });
  }
  if (dst.pod !== undefined) {
    if (!together) hops.push({ node: dst.node, direction: 'ingress', at: 'host' });
    hops.push({ node: dst.node, direction: 'egress', at: 'pod' });
  }
  return hops;
}

/** What all of them say; where they do not agree it hangs on `doubt`. */
function either(sides: readonly Side[], doubt: string): Side {
  const first = sides[0] ?? unpoliced;
  const open = ({ verdict }: Side) => (verdict === 'unpoliced' ? 'allow' : verdict);
  if (sides.every((side) => open(side) === open(first))) return sides.find(({ trace }) => trace.length > 0) ?? first;
  const on = new Set([...sides.flatMap((side) => side.on ?? []), doubt]);
  return { verdict: 'depends', trace: sides.find(({ trace }) => trace.length > 0)?.trace ?? [], on: [...on] };
}
