/** What tells actors apart beside the sets of rules: found out once for all expectations of a list. */
import type { Expectation, ExpectedEnd } from '../../cluster/types.ts';
import { LAST_PORT, portRanges } from '../ports.ts';
import type { CompiledRule } from '../rules.ts';
import type { NamedPort } from '../world/endpoint.ts';
import type { Actor, Cast } from './actors.ts';
import { means, portsOf } from './ends.ts';
import { rulesOf } from './plans.ts';

export type End = 'src' | 'dst';

/** Expectations of one verdict that speak of single ends, and who is meant by which. */
export class Opposites {
  readonly all: readonly Expectation[];
  private readonly known: Record<End, Map<Actor, string>> = { src: new Map(), dst: new Map() };

  constructor(all: readonly Expectation[], verdict: Expectation['verdict']) {
    this.all = all.filter((one) => one.verdict === verdict && ![one.from.kind, one.to.kind].some(isNoOneElse));
  }

  /** A digit for each expectation: whether its end means the actor. */
  meaning(actor: Actor, end: End): string {
    const known = this.known[end].get(actor);
    if (known !== undefined) return known;
    const of = this.all.map(({ from, to }) => (means(end === 'src' ? from : to, actor) ? '1' : '0')).join('');
    this.known[end].set(actor, of);
    return of;
  }
}

/** They are somebody only beside the other end, or beside the other expectations. */
function isNoOneElse(kind: ExpectedEnd['kind']): boolean {
  return kind === 'others' || kind === 'own-node';
}

export class Apart {
  readonly cast: Cast;
  readonly opposites: Readonly<Record<Expectation['verdict'], Opposites>>;
  /** Whether host endpoints may have a say: then everything is told apart. */
  readonly hostsAct: boolean;
  /** What they may say of any connection. */
  readonly ofHosts: readonly CompiledRule[];
  /** Ports behind services, and the ports after them. */
  readonly serviceBounds: readonly number[];
  /** With hosts on the way every port that any rule speaks of may matter, and so may the failsafe ones. */
  readonly hostBounds: readonly number[];
  private readonly numbers = new Map<string, number>();
  private readonly portLists = new Map<readonly NamedPort[], number>();
  private readonly keys = new Map<string, Map<Actor, number>>();

  constructor(cast: Cast, all: readonly Expectation[]) {
    this.cast = cast;
    // Of what allows, those that deny are the opposite.
    this.opposites = { allow: new Opposites(all, 'deny'), deny: new Opposites(all, 'allow') };
    const { world } = cast;
    const hosts = [...world.universe.located.values()].filter(({ endpoint }) => endpoint.kind === 'host');
    this.hostsAct = hosts.length > 0;
    this.ofHosts = [
      ...hosts.flatMap((host) => [world.planOf(host, 'egress'), world.planOf(host, 'ingress')]),
      ...world.plansOnTheWay(),
    ].flatMap(rulesOf);
    this.hostBounds = this.hostsAct ? portRanges(world).map(({ first }) => first) : [];
    const backends = [...world.services.values()].flatMap((service) => service.backends);
    this.serviceBounds = [...new Set(backends.flatMap(({ port }) => [port, port + 1]))];
  }

  /** The numbers at which another port begins, beside those of rules. */
  bounds(expectation: Expectation): number[] {
    const all = [expectation, ...this.opposites[expectation.verdict].all];
    const expected = all.flatMap((one) =>
      portsOf(one).flatMap((ports) => ('first' in ports ? [ports.first, ports.last + 1] : [])),
    );
    return [...new Set([...expected, ...this.hostBounds])].filter((bound) => bound >= 1 && bound <= LAST_PORT);
  }

  /**
   * The same number for actors of one family, with the same named ports, that the same opposite expectations mean.
   * @param nodes whether it matters on which node they are
   */
  keyOf(actor: Actor, end: End, verdict: Expectation['verdict'], nodes: boolean): number {
    const kind = `${end} ${verdict} ${nodes}`;
    const keys = this.keys.get(kind) ?? new Map<Actor, number>();
    this.keys.set(kind, keys);
    const known = keys.get(actor);
    if (known !== undefined) return known;
    const { place } = actor;
    const key = this.numberOf(
      [
        place.address?.family,
        place.endpoints.map(({ endpoint }) => this.portList(endpoint.ports)).join(),
        this.opposites[verdict].meaning(actor, end),
        nodes ? `${actor.kind} ${actor.node} ${actor.pod?.hostNetwork}` : '',
        this.hostsAct && actor.kind !== 'pod' ? `p${place.id}` : '',
      ].join(' '),
    );
    keys.set(actor, key);
    return key;
  }

  private numberOf(key: string): number {
    const known = this.numbers.get(key) ?? this.numbers.size;
    this.numbers.set(key, known);
    return known;
  }

  private portList(ports: readonly NamedPort[]): number {
    const known = this.portLists.get(ports) ?? this.numberOf(JSON.stringify(ports));
    this.portLists.set(ports, known);
    return known;
  }
}
