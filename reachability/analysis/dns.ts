/** Pods whose egress is closed but for some things, and whose questions for names are not among these. */
import { evaluate } from '../evaluate.ts';
import type { Policy } from '../policy/policy.ts';
import { protocols } from '../policy/policy.ts';
import { fields, text } from '../raw.ts';
import type { Labels } from '../selector/node.ts';
import type { Place } from '../world/universe.ts';
import { outcomeOf } from './outcome.ts';
import type { People, Someone } from './people.ts';
import { type Alike, flowOf, type Ground } from './situations.ts';

export interface Nameless {
  /** The policy that a rule for DNS belongs in: the one that has one already, or the first of those that close. */
  readonly policy: Policy;
  /** What is not open. */
  readonly closed: readonly ('udp' | 'tcp')[];
  readonly pods: readonly Alike[];
  /** Whom they ask, `kube-system/coredns` or `169.254.25.10`; empty where the world knows no DNS. */
  readonly servers: readonly string[];
}

interface Server {
  readonly name: string;
  readonly places: readonly Place[];
}

const PORT = 53;

/** @param caches addresses of node-local caches of which the world has no pod */
export function namelessIn(people: People, grounds: readonly Ground[], caches: readonly string[]): Nameless[] {
  const servers = serversOf(people, caches);
  const found = new Map<string, { policy: Policy; closed: Nameless['closed']; pods: Set<Alike> }>();
  const asked: { readonly ground: Ground; readonly local: Alike; readonly closed: Nameless['closed'] }[] = [];
  for (const ground of grounds.filter(({ direction }) => direction === 'egress')) {
    // Who may talk to nobody at all has no use for names.
    if (ground.situations.every((one) => outcomeOf(ground, one).verdict === 'deny')) continue;
    for (const local of ground.locals.filter(([one]) => one?.kind !== 'host')) {
      const closed = (['udp', 'tcp'] as const).filter((proto) =>
        servers.length === 0
          ? asksNobody(ground, local, proto)
          : !servers.some((one) => reaches(ground, local, one, proto)),
      );
      asked.push({ ground, local, closed });
    }
  }
  const served = asked.filter(({ closed }) => closed.length === 0).flatMap(({ local }) => local);
  for (const { ground, local, closed } of asked) {
    const policy = blamed(ground);
    const pods = closed.length === 0 ? [] : local.filter((one) => !mayBeServed(one, served));
    if (pods.length === 0 || policy === undefined) continue;
    const key = `${policy.kind} ${policy.namespace}/${policy.name} ${closed}`;
    const known = found.get(key) ?? { policy, closed, pods: new Set() };
    found.set(key, known);
    known.pods.add(pods);
  }
  return [...found.values()].map(({ pods, ...one }) => ({
    ...one,
    pods: [...pods],
    servers: servers.map(({ name }) => name),
  }));
}

/** The caches where there are any, since kubelet names them alone to the pods; else CoreDNS. */
function serversOf({ world, resources, made }: People, caches: readonly string[]): Server[] {
  const pods = resources.filter(
    ({ kind, metadata }) =>
      kind === 'Pod' && metadata.namespace === 'kube-system' && !made.has(`${metadata.namespace}/${metadata.name}`),
  );
  const named = (which: (app: string) => boolean, host: boolean) =>
    pods
      .filter(
        ({ metadata, spec }) =>
          which(text(metadata.labels?.['k8s-app'])) && (fields(spec).hostNetwork === true) === host,
      )
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const found = (names: readonly string[]) =>
    names.flatMap((name): Server[] => {
      const places = world.find(name)?.places ?? [];
      return places.length === 0 ? [] : [{ name, places }];
    });
  const local = found([...caches, ...named((app) => app === 'node-local-dns', true)]);
  return local.length > 0 ? local : found(named((app) => app.startsWith('kube-dns'), false));
}

/** Nobody has declared it, and with one more label, as another pod of its namespace has it, it could ask: then it may well carry that. */
function mayBeServed(one: Someone, served: readonly Someone[]): boolean {
  if (one.kind === 'mixture') return true;
  if (one.kind !== 'stand-in') return false;
  const mine = labelsOf(one);
  return served.some((other) => {
    const theirs = [...labelsOf(other)];
    const agree = theirs.every(([label, value]) => (mine.get(label) ?? value) === value);
    return other.namespace === one.namespace && agree && theirs.some(([label]) => !mine.has(label));
  });
}

function labelsOf({ located }: Someone): Labels {
  return located?.endpoint.labels ?? new Map();
}

/** In doubt it does. */
function reaches({ plan }: Ground, local: Alike, server: Server, proto: 'udp' | 'tcp'): boolean {
  const near = (local[0] as Someone).place;
  const probe = { protocol: protocols[proto], first: PORT, last: PORT, srcPort: 40000, icmpType: -1, icmpCode: -1 };
  const places = server.places.filter(
    ({ address }) => address === undefined || near.address === undefined || address.family === near.address.family,
  );
  return (
    places.length === 0 ||
    places.some((place) => {
      const flow = flowOf(near, place, probe);
      return flow === undefined || evaluate(plan, flow).verdict !== 'deny';
    })
  );
}

/** Where nobody knows whom they ask, it may be anybody. */
function asksNobody(ground: Ground, local: Alike, proto: 'udp' | 'tcp'): boolean {
  return !ground.situations.some(
    (situation) =>
      outcomeOf(ground, situation).verdict !== 'deny' &&
      situation.cells.some(
        ({ local: mine, probe }) =>
          mine === local && probe.protocol === protocols[proto] && probe.first <= PORT && PORT <= probe.last,
      ),
  );
}

/** The first with a rule that names the port, or else the first whatever it says. */
function blamed({ plan }: Ground): Policy | undefined {
  const planned = plan.tiers.flatMap(({ policies }) => policies);
  const dns = planned.find(({ policy }) =>
    (policy.egress ?? []).some(({ destination }) =>
      destination.ports.some(
        (port) => 'first' in port && port.first <= PORT && PORT <= port.last && port.last - port.first < 100,
      ),
    ),
  );
  return (dns ?? planned[0])?.policy;
}
