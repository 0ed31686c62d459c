/** `calispray reach from|to|exposed|matrix`: who reaches whom, on every port, without a question for each connection. */
import { UserError } from '../../cluster/finding.ts';
import { type End, edgesOf, nodeEnds, outsideOf, podEnds, workloadsOf } from '../../reachability/index.ts';
import { print } from '../reach/print.ts';
import { type Format, formats, type Shape, viewOf } from '../reach/views.ts';
import { type Asked, inLabIfLive, type WorldOptions, worldOf } from '../reach/world.ts';
import { exitCodes } from '../report.ts';

export interface ViewOptions extends WorldOptions {
  format?: string;
  json?: boolean;
  by?: string;
}

/** Whom it reaches: workloads, nodes and what is outside. */
export function from(options: ViewOptions, name: string): Promise<number> {
  return told(options, 'from', (asked) => [endOf(asked, name), everybody(asked, options)]);
}

/** Who reaches it. */
export function to(options: ViewOptions, name: string): Promise<number> {
  return told(options, 'to', (asked) => [everybody(asked, options, true), endOf(asked, name)]);
}

/** What the outside reaches. */
export function exposed(options: ViewOptions): Promise<number> {
  return told(options, 'from', (asked) => [outside(asked, true), pods(asked, options)]);
}

/** Each workload with each. */
export function matrix(options: ViewOptions): Promise<number> {
  return told(options, 'table', (asked) => [pods(asked, options), pods(asked, options)]);
}

async function told(options: ViewOptions, shape: Shape, ends: (asked: Asked) => [End[], End[]]): Promise<number> {
  const format = formatOf(options);
  if (options.by !== undefined && !['workload', 'namespace', 'pod'].includes(options.by)) {
    throw UserError.of('no-question', '', `--by ${options.by} is unknown`, 'Give workload, namespace or pod.');
  }
  const inside = await inLabIfLive(options);
  if (inside !== undefined) return inside;
  const asked = await worldOf(options);
  const [sources, targets] = ends(asked);
  const edges = edgesOf(asked.world, sources, targets);
  const lines = await viewOf(format, shape, edges);
  const none =
    'There is nobody to ask about: the world has no running pod. --world adds some: a FILE, or workloads:NAME of a stack.';
  await print(format === 'text' && edges.length === 0 ? [none] : lines);
  return exitCodes.done;
}

function formatOf({ format, json }: ViewOptions): Format {
  const named = json === true ? 'json' : (format ?? 'text');
  const known = formats.find((one) => one === named);
  if (known !== undefined) return known;
  throw UserError.of('no-format', '', `there is no format ${named}`, `The formats are ${formats.join(', ')}.`);
}

function pods({ world, resources }: Asked, { by }: ViewOptions): End[] {
  const workloads = workloadsOf(resources);
  return podEnds(world, (pod) => {
    if (by === 'pod') return pod;
    return by === 'namespace' ? (pod.split('/')[0] as string) : (workloads.get(pod) ?? pod);
  });
}

function outside({ world, pools }: Asked, asSource = false): End[] {
  const parts = outsideOf(world, pools).filter(({ linkLocal }) => !(asSource && linkLocal));
  const doubles = Map.groupBy(parts, ({ name }) => name);
  // A net with a hole may be cut in two parts that have its name.
  return parts.map(({ name, address, party }) => ({
    name: doubles.get(name)?.length === 1 ? name : `${name} (as ${address})`,
    parties: [party],
  }));
}

function everybody(asked: Asked, options: ViewOptions, asSource = false): End[] {
  return [...pods(asked, options), ...nodeEnds(asked.world), ...outside(asked, asSource)];
}

/** A pod, node or address; a workload or namespace, all of its pods; `internet` or `outside`. */
function endOf(asked: Asked, name: string): End[] {
  const everywhere = outside(asked);
  if (name === 'outside') return everywhere;
  if (name === 'internet') return everywhere.filter((end) => end.name.startsWith('the internet'));
  const party = asked.world.find(name);
  if (party !== undefined) return [{ name, parties: [party] }];
  const by = name.includes('/') ? 'workload' : 'namespace';
  const found = pods(asked, { by }).filter((end) => end.name === name);
  if (found.length > 0) return found;
  const what = `there is no ${name} in this world: no running pod or workload (namespace/name), namespace, node (node/NAME) or address`;
  throw UserError.of(
    'no-such-end',
    '',
    what,
    'Also understood: internet, outside. Of a service, name the workload behind it.',
  );
}
