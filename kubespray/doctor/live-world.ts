/** The policies of the API and what they act in: nodes, pools and workloads as declared, namespaces and pods as they are. */
import { worldOf } from '../../cluster/declared.ts';
import { release } from '../../cluster/index.ts';
import { isRecord } from '../../cluster/raw.ts';
import { asV3, type Resource, World } from '../../reachability/index.ts';
import { resourcesIn } from '../../reachability/world/read.ts';
import { apiOf } from './seen.ts';
import type { Subject } from './subject.ts';
import type { Evidence, PathSeen } from './types.ts';

type Asked = Pick<Subject, 'evidence' | 'cluster'>;

export interface LiveWorld {
  /** `v3.31.5` */
  readonly calico?: string;
  /** What they act in. */
  readonly resources: readonly Resource[];
  /** Policies, sets and tiers as the API has them, of projectcalico.org/v3 where they are Calico's. */
  readonly policies: readonly Resource[];
}

/** Undefined where the API was not read. */
export function liveWorld(asked: Asked): LiveWorld | undefined {
  const api = apiOf(asked);
  if (api === undefined) return undefined;
  const { cluster } = asked;
  const calico = cluster.calico.version ?? release(cluster.kubespray.version)?.calico;
  // The workloads that the stack tells of stay: they are promised, whether they run just now or not.
  const there = new Set(api.namespaces.map(({ name }) => name));
  const declared = (resourcesIn(worldOf(cluster)) ?? []).filter(
    ({ kind, metadata }) => kind !== 'Namespace' || !there.has(metadata.name),
  );
  const namespaces = api.namespaces.map(({ name, labels }) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
  }));
  const pods = api.addresses.map(({ pod, node, address, labels = {} }) => {
    const [namespace = '', name = ''] = pod.split('/');
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: { nodeName: node },
      status: { podIP: address, phase: 'Running' },
    };
  });
  return {
    ...(calico === undefined ? {} : { calico }),
    resources: [...declared, ...namespaces, ...pods],
    policies: api.policies.filter(isResource).map(inV3),
  };
}

function isResource(value: Readonly<Record<string, unknown>>): value is Resource {
  const { apiVersion, kind, metadata } = value;
  return (
    typeof apiVersion === 'string' && typeof kind === 'string' && isRecord(metadata) && metadata.name !== undefined
  );
}

function inV3(resource: Resource): Resource {
  return resource.apiVersion.startsWith('crd.projectcalico.org/') ? asV3(resource) : resource;
}

/**
 * Whether policies may be why a path between two pods is silent: they drop it, or what they do is not known, as with pods of which
 * nobody knows the labels. In the lab nothing enforces them.
 */
export function decidedByPolicy(asked: Asked): (path: PathSeen) => boolean {
  const api = apiOf(asked);
  const live = worldFor(asked.evidence, asked);
  if (asked.evidence.lab || api === undefined || live === undefined || live.policies.length === 0) return () => false;
  const { calico, resources, policies } = live;
  const world = new World([...resources, ...policies], calico === undefined ? {} : { calico });
  const podAt = new Map(api.addresses.map((one) => [one.address, one]));
  return ({ fromAddress, toAddress }) => {
    const ends = [podAt.get(fromAddress), podAt.get(toAddress)];
    if (ends.some((end) => end?.labels === undefined)) return true;
    const asks = (proto: string) => world.ask({ src: ends[0]?.pod ?? '', dst: ends[1]?.pod ?? '', proto });
    return ['icmp', 'tcp', 'udp'].map(asks).some((answer) => !answer.ok || answer.verdict.verdict !== 'allow');
  };
}

const made = new WeakMap<Evidence, LiveWorld | undefined>();

/** Made once for each evidence. */
function worldFor(evidence: Evidence, asked: Asked): LiveWorld | undefined {
  if (!made.has(evidence)) made.set(evidence, liveWorld(asked));
  return made.get(evidence);
}
