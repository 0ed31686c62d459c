/** The world that is asked: what a stack declares, what manifests say, or both. */
import { UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { type Net, parseNet, podsOfWorkloads, type Resource, resourcesIn, World } from '../../reachability/index.ts';
import { specified } from '../commands/check.ts';
import { terminal } from '../report.ts';
import { documentsIn } from './documents.ts';

export interface WorldOptions {
  /** Files of resources; of two that are alike by kind and name the last counts, and the stack comes first. */
  world?: readonly string[];
  stack?: string;
  spec?: string;
  cwd?: string;
  calico?: string;
}

export interface Asked {
  readonly world: World;
  readonly resources: readonly Resource[];
  /** Where pods have their addresses from, as far as the world says. */
  readonly pools: readonly Net[];
}

/** @throws UserError as documentsIn and specified, `no-question` where nothing names a world, `no-resource` */
export async function worldOf(options: WorldOptions): Promise<Asked> {
  const { world: files = [], stack, spec, calico } = options;
  const cluster = stack === undefined && spec === undefined ? undefined : await specified(options);
  if (cluster === undefined && files.length === 0) {
    throw UserError.of('no-question', '', 'no world is given', 'Give --world FILE, --stack NAME, or both.');
  }
  const given = [...(cluster === undefined ? [] : await declaredBy(cluster)), ...files.flatMap(resourcesOf)];
  const resources = [...given, ...podsOfWorkloads(given)];
  const version = calico ?? (cluster && (await calicoOf(cluster)));
  const world = new World(resources, version === undefined ? {} : { calico: version });
  for (const { kind, name, why } of world.ignored) terminal.err(`${kind} ${name} is left out: ${why}`);
  const pools = resources
    .filter(({ kind }) => kind === 'IPPool')
    .flatMap(({ spec: pool }) => parseNet(String((pool as { cidr?: unknown } | undefined)?.cidr)) ?? []);
  return { world, resources, pools };
}

/** @throws UserError as documentsIn, and `no-resource` where a document is none */
export function resourcesOf(path: string): Resource[] {
  return documentsIn(path).flatMap((document) => {
    const found = resourcesIn(document);
    if (found !== undefined) return found;
    const what = `${path} holds what is no resource: ${String(JSON.stringify(document)).slice(0, 200)}`;
    throw UserError.of('no-resource', '', what, 'Give a list of Kubernetes resources, or documents of one each.');
  });
}

async function declaredBy(cluster: Cluster): Promise<Resource[]> {
  const { declaredObjects } = await import('../../cluster/declared.ts');
  return resourcesIn(declaredObjects(cluster)) ?? [];
}

/** What is declared, else what the release of kubespray brings. */
async function calicoOf({ calico, kubespray }: Cluster): Promise<string | undefined> {
  if (calico.version !== undefined) return calico.version;
  const { release } = await import('../../cluster/releases.ts');
  return release(kubespray.version)?.calico;
}
