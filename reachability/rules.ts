/**
 * Whether a rule matches a connection. What it asks is what Felix renders (v3.32.1 felix/calc/rule_scanner.go ruleToParsedRule,
 * felix/rules/policy.go FilterRuleToIPVersion) and the policy checker reads (app-policy/checker/match.go).
 */
import type { Net } from './address.ts';
import type { Entity, Icmp, Port, Rule } from './policy/policy.ts';
import { protocols } from './policy/policy.ts';
import { namespacePrefix } from './policy/selectors.ts';
import { parseSelector } from './selector/parse.ts';
import type { RuleAction } from './types.ts';
import { maybe, NetList, no, type PlaceSet, SelectorSet, ServiceSet, type Truth, yes } from './world/sets.ts';
import type { Located, Place, Universe } from './world/universe.ts';

/** A family as a bit, since a rule may be for both. */
export const familyBit = { 4: 1, 6: 2 } as const;

/** A connection with both ends found. */
export interface Flow {
  readonly src: Place;
  readonly dst: Place;
  /** 1 for IPv4, 2 for IPv6, 3 where neither end says. */
  readonly families: number;
  readonly protocol: number;
  /** -1 where nobody said. */
  readonly srcPort: number;
  readonly dstPort: number;
  readonly icmpType: number;
  readonly icmpCode: number;
}

export interface CompiledRule {
  readonly action: RuleAction;
  /** Bits as in Flow: a rule with nets of one family is not rendered for the other. */
  readonly families: number;
  readonly protocol: number | undefined;
  readonly notProtocol: number | undefined;
  readonly icmp: Icmp | undefined;
  readonly notIcmp: Icmp | undefined;
  readonly src: End;
  readonly dst: End;
  readonly http: string | undefined;
}

interface End {
  readonly within: readonly PlaceSet[];
  readonly without: readonly PlaceSet[];
  readonly ports: Ports | undefined;
  readonly notPorts: Ports | undefined;
  /** With protocol and port, so for destinations alone. */
  readonly service: ServiceSet | undefined;
}

interface Ports {
  readonly ranges: readonly { readonly first: number; readonly last: number }[];
  readonly names: readonly string[];
  /** Names are of the endpoints that the rule's selector takes. */
  readonly of: SelectorSet | undefined;
  /** Undefined: whatever protocol the name has at the pod. */
  readonly protocol: number | undefined;
}

/** The sets of a world, each made once however many rules ask for it. */
export class Sets {
  private readonly selectors = new Map<string, SelectorSet>();
  private readonly nets = new Map<string, NetList>();
  readonly universe: Universe;
  private readonly services: ReadonlyMap<string, ServiceSet>;

  constructor(universe: Universe, services: ReadonlyMap<string, ServiceSet>) {
    this.universe = universe;
    this.services = services;
  }

  /** What is no selector takes nothing. */
  selector(text: string): SelectorSet {
    const known = this.selectors.get(text);
    if (known !== undefined) return known;
    const parsed = parseSelector(text);
    const nothing = { kind: 'not', operand: { kind: 'all' } } as const;
    const set = new SelectorSet(parsed.ok ? parsed.node : nothing, this.universe, text);
    this.selectors.set(text, set);
    return set;
  }

  netList(nets: readonly Net[]): NetList {
    const key = JSON.stringify(nets);
    const known = this.nets.get(key) ?? new NetList(nets, key);
    this.nets.set(key, known);
    return known;
  }

  service(name: string): ServiceSet {
    return this.services.get(name) ?? new ServiceSet([], []);
  }
}

export function compileRule(rule: Rule, sets: Sets): CompiledRule {
  return {
    action: rule.action,
    families: ([4, 6] as const).reduce((bits, family) => bits | (rendered(rule, family) ? familyBit[family] : 0), 0),
    protocol: rule.protocol,
    notProtocol: rule.notProtocol,
    icmp: rule.icmp,
    notIcmp: rule.notIcmp,
    src: compileEnd(rule.source, rule.protocol, sets, true),
    dst: compileEnd(rule.destination, rule.protocol, sets, false),
    http: rule.http,
  };
}

function rendered(rule: Rule, family: 4 | 6): boolean {
  const only =
    rule.ipVersion ?? (rule.protocol === protocols.icmp ? 4 : rule.protocol === protocols.icmpv6 ? 6 : family);
  if (only !== family) return false;
  return [rule.source, rule.destination].every(
    ({ nets, notNets }) =>
      [nets, notNets].every((all) => all.length === 0 || all.some((net) => net.family === family)) &&
      !notNets.some((net) => net.family === family && net.prefix === 0),
  );
}

function compileEnd(entity: Entity, protocol: number | undefined, sets: Sets, source: boolean): End {
  const selector = entity.selector === '' ? undefined : sets.selector(entity.selector);
  const service = entity.service === undefined ? undefined : sets.service(entity.service);
  const ports = (list: readonly Port[]): Ports | undefined =>
    list.length === 0
      ? undefined
      : {
          ranges: list.flatMap((port) => ('name' in port ? [] : port)),
          names: list.flatMap((port) => ('name' in port ? port.name : [])),
          of: selector,
          protocol,
        };
  return {
    within: [
      ...(selector === undefined ? [] : [selector]),
      ...(service !== undefined && source ? [service] : []),
      ...(entity.nets.length === 0 ? [] : [sets.netList(entity.nets)]),
    ],
    without: [
      ...(entity.notSelector === '' ? [] : [sets.selector(entity.notSelector)]),
      ...(entity.notNets.length === 0 ? [] : [sets.netList(entity.notNets)]),
    ],
    ports: ports(entity.ports),
    notPorts: ports(entity.notPorts),
    service: source ? undefined : service,
  };
}

/** What the rule asks of one end of a connection to this port, but for the port itself and the names that a pod gives its own. */
export function setsAt(rule: CompiledRule, end: 'src' | 'dst', protocol: number, port: number): readonly PlaceSet[] {
  const { within, without, service } = rule[end];
  const behind = service === undefined ? [] : [{ has: (place: Place) => service.serves(place, protocol, port) }];
  return [...within, ...without, ...behind];
}

/** The same of both ends. */
export function setsOf(rule: CompiledRule, protocol: number, port: number): readonly PlaceSet[] {
  return [...setsAt(rule, 'src', protocol, port), ...setsAt(rule, 'dst', protocol, port)];
}

/** The endpoints at which it looks names of ports up, one entry for each list of ports that has a name; undefined is all of them. */
export function namersOf({ src, dst }: CompiledRule): (SelectorSet | undefined)[] {
  return [src.ports, src.notPorts, dst.ports, dst.notPorts].flatMap((ports) =>
    ports === undefined || ports.names.length === 0 ? [] : [ports.of],
  );
}

/** `maybe` where the flow or the world leaves out what the rule looks at; an HTTP rule is one always, if the rest of it matches. */
export function matchRule(rule: CompiledRule, flow: Flow): Truth {
  if (rule.protocol !== undefined && rule.protocol !== flow.protocol) return no;
  if (rule.notProtocol !== undefined && rule.notProtocol === flow.protocol) return no;
  if ((rule.families & flow.families) === 0) return no;
  let truth: Truth = rule.http === undefined ? yes : maybe;
  for (const next of [
    matchEnd(rule.dst, flow, flow.dst, flow.dstPort),
    matchEnd(rule.src, flow, flow.src, flow.srcPort),
  ]) {
    if (next === no) return no;
    if (next === maybe) truth = maybe;
  }
  if (rule.icmp === undefined && rule.notIcmp === undefined) return truth;
  const icmp = and(matchIcmp(rule.icmp, flow), rule.notIcmp === undefined ? yes : not(matchIcmp(rule.notIcmp, flow)));
  return and(truth, icmp);
}

function matchEnd(end: End, flow: Flow, place: Place, port: number): Truth {
  let truth: Truth = yes;
  if (end.ports !== undefined) {
    const open = matchPorts(end.ports, flow, place, port);
    if (open === no) return no;
    truth = open;
  }
  for (const set of end.within) {
    const inside = set.has(place);
    if (inside === no) return no;
    if (inside === maybe) truth = maybe;
  }
  for (const set of end.without) {
    const inside = set.has(place);
    if (inside === yes) return no;
    if (inside === maybe) truth = maybe;
  }
  if (end.notPorts !== undefined) truth = and(truth, not(matchPorts(end.notPorts, flow, place, port)));
  if (end.service !== undefined) {
    truth = and(truth, port < 0 && hasPorts(flow) ? maybe : end.service.serves(place, flow.protocol, port));
  }
  return truth;
}

/** Numbers and names are alternatives; a name is looked up at the pods that have the address, with its protocol. */
function matchPorts(ports: Ports, flow: Flow, place: Place, port: number): Truth {
  if (port < 0) return hasPorts(flow) ? maybe : no;
  for (const { first, last } of ports.ranges) if (first <= port && port <= last) return yes;
  if (ports.names.length === 0) return no;
  let truth: Truth = no;
  for (const located of place.endpoints) {
    const named = located.endpoint.ports.some(
      (at) =>
        at.port === port &&
        at.protocol === flow.protocol &&
        ports.names.includes(at.name) &&
        (ports.protocol === undefined || ports.protocol === at.protocol),
    );
    const taken = !named ? no : ports.of === undefined ? yes : ports.of.taking(located);
    if (taken === yes) return yes;
    if (taken === maybe) truth = maybe;
  }
  return truth;
}

function hasPorts({ protocol }: Flow): boolean {
  return protocol === protocols.tcp || protocol === protocols.udp || protocol === protocols.sctp;
}

function matchIcmp(icmp: Icmp | undefined, flow: Flow): Truth {
  if (icmp === undefined) return yes;
  if (flow.protocol !== protocols.icmp && flow.protocol !== protocols.icmpv6) return no;
  if (flow.icmpType < 0) return maybe;
  if (icmp.type !== flow.icmpType) return no;
  if (icmp.code === undefined) return yes;
  return flow.icmpCode < 0 ? maybe : icmp.code === flow.icmpCode ? yes : no;
}

function and(a: Truth, b: Truth): Truth {
  if (a === no || b === no) return no;
  return a === maybe || b === maybe ? maybe : yes;
}

function not(a: Truth): Truth {
  return a === maybe ? maybe : a === yes ? no : yes;
}

/** What a `maybe` hangs on, in words. */
export function doubtsOf(rule: CompiledRule, flow: Flow): string[] {
  const doubts: string[] = [];
  if (rule.http !== undefined) doubts.push(rule.http);
  const ports = (end: End) => end.ports ?? end.notPorts ?? end.service;
  if (hasPorts(flow) && ports(rule.src) !== undefined && flow.srcPort < 0) doubts.push('the source port');
  if (hasPorts(flow) && ports(rule.dst) !== undefined && flow.dstPort < 0) doubts.push('the destination port');
  if ((rule.icmp ?? rule.notIcmp) !== undefined && flow.icmpType < 0) doubts.push('the ICMP type');
  else if ((rule.icmp ?? rule.notIcmp)?.code !== undefined && flow.icmpCode < 0) doubts.push('the ICMP code');
  for (const [end, place, word] of [
    [rule.src, flow.src, 'source'],
    [rule.dst, flow.dst, 'destination'],
  ] as const) {
    const unsure = [...end.within, ...end.without].some((set) => set.has(place) === maybe);
    if (unsure) doubts.push(...doubtsAbout(place, word));
  }
  return doubts;
}

/** An address that nobody knows yet, or labels of a namespace or service account that the world does not have. */
function doubtsAbout({ address, endpoints }: Place, word: string): string[] {
  const strange = endpoints.find(({ endpoint }) => endpoint.unknown !== undefined);
  if (address === undefined && strange === undefined) return [`the address that the ${word} will get`];
  const labels = strange === undefined ? 'the labels of a namespace' : labelsUnknown(strange);
  return [...(address === undefined ? [`the address that the ${word} will get`] : []), labels];
}

/** What is not known of the endpoint's labels, in words. */
export function labelsUnknown({ endpoint }: Located): string {
  const [namespace] = endpoint.id.split('/');
  const whose = endpoint.unknown?.map((prefix) =>
    prefix === namespacePrefix ? `namespace ${namespace}` : `service account in ${namespace}`,
  );
  return `the labels of ${whose?.join(' and of a ')}, which the world does not have`;
}
