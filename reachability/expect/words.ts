/** A connection that is not as expected, told to a person. */
import type { Expectation, ExpectedEnd, ExpectedPorts } from '../../cluster/types.ts';
import { questionOf } from '../ports.ts';
import type { Resource } from '../raw.ts';
import { objectNamed, ruleNamed } from '../rule-names.ts';
import type { Direction, Query, Side, Step, Verdict } from '../types.ts';
import type { Actor } from './actors.ts';
import { joinPorts, type Miss } from './connections.ts';
import { isStarted, portWords } from './ends.ts';
import type { Failure } from './types.ts';

/** Ports that people know, where the pod does not say what it serves. */
const known = [80, 443, 8080, 22];

/** Of all connections that are not as expected the most telling. Undefined where all are. */
export function failureOf(
  expectation: Expectation,
  misses: readonly Miss[],
  resources: readonly Resource[],
): Failure | undefined {
  const miss = mostTelling(misses);
  if (miss === undefined) return undefined;
  const { src, dst } = miss;
  const { port, verdict } = portOf(miss);
  const contradicts = misses.find((one) => one.contradicts !== undefined)?.contradicts;
  return {
    expectation,
    connection: queryOf(src, dst, port),
    words: `${src.words} -> ${dst.words} ${'first' in port ? `${port.proto}/${port.first}` : port.proto}`,
    verdict,
    decidedBy: decidedBy(expectation, verdict, { src, dst }, resources),
    further: further(misses, miss, port),
    ...(contradicts !== undefined && { contradicts }),
  };
}

/** Between pods of the world rather than others, of ends that may not talk at all, and decided rather than in doubt. */
export function mostTelling(misses: readonly Miss[]): Miss | undefined {
  const weight = ({ src, dst, verdicts, ports, partly }: Miss) =>
    10 * src.rank +
    (isStarted(dst) ? 0 : 20 * dst.rank) +
    (partly ? 15 : 0) +
    (verdicts.some(({ verdict }) => verdict !== 'depends') ? 0 : 5) +
    (servedIn(dst, ports) ? 0 : 1);
  return misses.reduce<Miss | undefined>(
    (best, one) => (best === undefined || weight(one) < weight(best) ? one : best),
    undefined,
  );
}

function servedIn(dst: Actor, ports: readonly ExpectedPorts[]): boolean {
  return (dst.pod?.serves ?? []).some(({ proto, port }) => ports.some((range) => includes(range, proto, port)));
}

function includes(range: ExpectedPorts, proto: string, port: number): boolean {
  return 'first' in range && range.proto === proto && range.first <= port && port <= range.last;
}

/** One port: what the pod serves, or what people know, else the first. */
function portOf({ dst, ports, verdicts }: Miss): { port: ExpectedPorts; verdict: Verdict } {
  const wanted = [...(dst.pod?.serves ?? []), ...known.map((port) => ({ proto: 'tcp', port }))];
  for (const { proto, port } of wanted) {
    const at = ports.findIndex((range) => includes(range, proto, port));
    if (at >= 0) return { port: { proto: proto as 'tcp', first: port, last: port }, verdict: verdicts[at] as Verdict };
  }
  const [first] = ports as [ExpectedPorts];
  return { port: 'first' in first ? { ...first, last: first.first } : first, verdict: verdicts[0] as Verdict };
}

function queryOf(src: Actor, dst: Actor, port: ExpectedPorts): Query {
  const ends = { src: src.asked, dst: dst.asked };
  return 'first' in port ? { ...ends, ...questionOf(port) } : { ...ends, proto: port.proto };
}

/** Every side that is to blame: where it is denied those that deny, where it is allowed both. */
function decidedBy(
  { verdict: wanted, from }: Expectation,
  { verdict, egress, ingress, way = [] }: Verdict,
  { src, dst }: { src: Actor; dst: Actor },
  resources: readonly Resource[],
): string {
  const sides: { side: Side; direction: Direction; of: string }[] = [
    { side: egress, direction: 'egress', of: src.words },
    { side: ingress, direction: 'ingress', of: dst.words },
    ...way.map(({ side, direction, endpoint }) => ({ side, direction, of: endpoint })),
  ];
  const blamed = sides.filter(({ side }) =>
    verdict === 'allow' ? side.verdict !== 'unpoliced' : side.verdict === verdict,
  );
  if (blamed.length === 0) return neverPoliced(from, egress, ingress);
  // Where it should be denied the destination had the last word; that nothing keeps the source from sending is no news.
  const said = blamed.filter(
    ({ side, direction }) => wanted === 'allow' || verdict !== 'allow' || direction === 'ingress' || !byProfile(side),
  );
  return (said.length === 0 ? blamed : said)
    .map(({ side, direction, of }) => sideWords(side, direction, of, resources))
    .join('; ');
}

function neverPoliced(from: ExpectedEnd, egress: Side, ingress: Side): string {
  const why =
    from.kind === 'own-node' ? 'what a node sends to its own pods, probes among it, Calico never polices' : undefined;
  return `allowed, since no policy is asked: ${why ?? ingress.why ?? egress.why ?? 'neither end is a pod with a network of its own'}`;
}

function byProfile({ trace }: Side): boolean {
  return trace.at(-1)?.kind === 'Profile';
}

const verbs = { allow: 'allowed', deny: 'denied', depends: 'it depends', unpoliced: 'not asked' } as const;

function sideWords(side: Side, direction: Direction, of: string, resources: readonly Resource[]): string {
  const step = side.trace.at(-1);
  if (side.verdict === 'depends') return `${direction} depends on ${(side.on ?? []).join(' and ')}`;
  const verb = `${direction} ${verbs[side.verdict]}`;
  if (step === undefined) return verb;
  if (step.kind === 'Profile') {
    if (step.action === 'deny') return `${verb}: no profile of ${of} lets anything through`;
    const passed = side.trace.slice(0, -1).map((one) => placeWords(one, direction, resources));
    return passed.length === 0
      ? `${verb}, since no policy is for ${direction} of ${of}`
      : `${verb}, since it is passed on by ${passed.join(' and ')}, and no tier behind denies it`;
  }
  const object = objectNamed(step);
  if (step.kind === 'FelixConfiguration') return `${verb} by ${objectNamed(step)}`;
  if (step.index < 0) return `${verb} at the end of tier ${step.tier}, where ${object} is for it`;
  const { text } = ruleNamed(resources, direction, step) ?? {};
  return `${verb} by ${placeWords(step, direction, resources)}${text === undefined ? '' : `: ${text}`}`;
}

/** `ingress[0] of NetworkPolicy n/web`, or the end of a tier. */
function placeWords(step: Step, direction: Direction, resources: readonly Resource[]): string {
  if (step.index < 0) return `the end of tier ${step.tier}`;
  const { field = `${direction} rule ${step.index}` } = ruleNamed(resources, direction, step) ?? {};
  return `${field} of ${objectNamed(step)}`;
}

function further(misses: readonly Miss[], told: Miss, port: ExpectedPorts): string {
  const pairs = misses.reduce((sum, miss) => sum + miss.pairs, 0) - 1;
  const ports = joinPorts(misses.flatMap((miss) => miss.ports));
  const more = portWords(ports);
  const where = more === portWords([port]) ? '' : `, in all on ${more}`;
  if (pairs > 0) return `and ${pairs} more ${pairs === 1 ? 'pair' : 'pairs'}${where}`;
  const own = portWords(joinPorts(told.ports));
  return own === portWords([port]) ? '' : `in all on ${own}`;
}
