/** The world that is asked: what a stack declares, what manifests say, what a live cluster has, or several of them. */
import { UserError } from '../../cluster/finding.ts';
import { type Net, parseNet, type Resource, World, withLikelyAddresses } from '../../reachability/index.ts';
import { LAB_STACK } from '../places.ts';
import { terminal } from '../report.ts';
import { load, type Source, sourceNamed, type Where } from './sources.ts';

export interface WorldOptions {
  /** Sources as sourceNamed takes them; of two resources that are alike by kind and name the last counts, and these come last. */
  world?: readonly string[];
  stack?: string;
  spec?: string;
  /** The cluster of the stack as it is, in place of what the stack declares. */
  live?: boolean;
  kubeconfig?: string;
  context?: string;
  /** `KIND/NAME` or `KIND/NAMESPACE/NAME`: what is taken out of the world. */
  without?: readonly string[];
  cwd?: string;
  calico?: string;
  /** Pods without an address stay so. */
  asWritten?: boolean;
}

export interface Asked {
  readonly world: World;
  readonly resources: readonly Resource[];
  /** Where pods have their addresses from, as far as the world says. */
  readonly pools: readonly Net[];
  /** The version that decides; undefined for the newest. */
  readonly calico?: string;
}

/**
 * @throws UserError as the sources, `no-question` where nothing names a world or the options exclude each other, `no-such-resource` where
 * `--without` names nothing
 */
export async function worldOf(options: WorldOptions): Promise<Asked> {
  const first = firstSource(options);
  const where = whereOf(options);
  const sources = [
    ...(first === undefined ? [] : [first]),
    ...(options.world ?? []).map((text) => sourceNamed(text, where)),
  ];
  if (sources.length === 0) {
    const hint = 'Give --world FILE, --stack NAME, --live with --stack, --kubeconfig FILE, or several.';
    throw UserError.of('no-question', '', 'no world is given', hint);
  }
  return worldFrom(sources, options);
}

/** The world of these sources, with the rest of the options. */
export async function worldFrom(sources: readonly Source[], options: WorldOptions): Promise<Asked> {
  const { resources, calico } = await load(sources, whereOf(options));
  const made = options.asWritten === true ? asWritten : askable;
  return made(leftOut(resources, options.without ?? []), options.calico ?? calico);
}

/** With an address for each pod that waits for one, where no rule tells apart which it will be. */
export function askable(given: readonly Resource[], calico: string | undefined): Asked {
  const version = calico === undefined ? {} : { calico };
  const first = new World(given, version);
  const resources = withLikelyAddresses(given, first);
  return asked(resources === given ? first : new World(resources, version), resources, calico);
}

/** As they stand: what depends on an address that a pod has not got yet is told so. */
function asWritten(resources: readonly Resource[], calico: string | undefined): Asked {
  return asked(new World(resources, calico === undefined ? {} : { calico }), resources, calico);
}

/** What was said already: of two worlds that are compared, each has it. */
const said = new Set<string>();

function asked(world: World, resources: readonly Resource[], calico: string | undefined): Asked {
  for (const { kind, name, why } of world.ignored) {
    const line = `${kind} ${name} is left out: ${why}`;
    if (!said.has(line)) terminal.err(line);
    said.add(line);
  }
  const pools = resources
    .filter(({ kind }) => kind === 'IPPool')
    .flatMap(({ spec: pool }) => parseNet(String((pool as { cidr?: unknown } | undefined)?.cidr)) ?? []);
  return { world, resources, pools, ...(calico !== undefined && { calico }) };
}

export function whereOf(options: WorldOptions): Where {
  const { cwd } = options;
  const live = options.live === true || options.kubeconfig !== undefined ? firstSource(options) : liveOfStack(options);
  return { ...(cwd !== undefined && { cwd }), ...(live !== undefined && { live }) };
}

/**
 * The lab is seen from inside its own network alone: the command runs again there, and its exit code comes back; undefined where it goes
 * on here.
 */
export async function inLabIfLive(options: WorldOptions, more: readonly string[] = []): Promise<number | undefined> {
  const where = whereOf(options);
  const first = firstSource(options);
  const named = [...(options.world ?? []), ...more].map((text) => sourceNamed(text, where));
  const lab = [...(first === undefined ? [] : [first]), ...named].some(
    (source) => source.kind === 'live' && 'stack' in source && source.stack === LAB_STACK,
  );
  if (!lab) return undefined;
  const { inLabWhereItIs } = await import('../live/command.ts');
  return inLabWhereItIs({ stack: LAB_STACK });
}

function liveOfStack({ stack }: WorldOptions): Source | undefined {
  return stack === undefined ? undefined : { kind: 'live', stack };
}

function firstSource({ stack, spec, live, kubeconfig, context }: WorldOptions): Source | undefined {
  const wrong = (what: string, hint: string) => UserError.of('no-question', '', what, hint);
  if (context !== undefined && kubeconfig === undefined)
    throw wrong('--context is of a kubeconfig', 'Give --kubeconfig FILE too.');
  if (kubeconfig !== undefined) {
    const over = 'Put what the stack declares over it by --world stack:NAME.';
    if (stack !== undefined || spec !== undefined) throw wrong('--kubeconfig and a stack are two worlds', over);
    return { kind: 'live', kubeconfig, ...(context !== undefined && { context }) };
  }
  if (live === true) {
    if (stack === undefined)
      throw wrong('--live does not say which cluster', 'Give --stack NAME, or --kubeconfig FILE.');
    return { kind: 'live', stack };
  }
  if (stack !== undefined && spec !== undefined)
    throw wrong('name one cluster to read', 'Give --stack NAME, or --spec FILE.');
  if (stack !== undefined) return { kind: 'stack', stack };
  return spec === undefined ? undefined : { kind: 'spec', path: spec };
}

/** @throws UserError `no-such-resource` where a name names nothing */
export function leftOut(resources: readonly Resource[], names: readonly string[]): readonly Resource[] {
  let left = resources;
  for (const name of names) {
    const [kind = '', ...rest] = name.split('/');
    const wanted = rest.join('/');
    const kept = left.filter(
      ({ kind: of, metadata: { namespace, name: own } }) =>
        of.toLowerCase() !== kind.toLowerCase() || (own !== wanted && `${namespace}/${own}` !== wanted),
    );
    if (kept.length === left.length) {
      const hint = 'Name it as NetworkPolicy/NAMESPACE/NAME or GlobalNetworkPolicy/NAME.';
      throw UserError.of('no-such-resource', '', `there is no ${name} in the world to leave out`, hint);
    }
    left = kept;
  }
  return left;
}
