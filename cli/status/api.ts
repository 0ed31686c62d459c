/** What the API says of a cluster, list by list: one that cannot be had keeps none of the others back. */
import { UserError } from '../../cluster/finding.ts';
import { isRecord } from '../../cluster/raw.ts';
import type { LiveNode, LiveObject } from '../../kubespray/live/index.ts';
import { type ApiSeen, type Block, blockOf, type Known, type Named, notKnown } from '../../kubespray/status/index.ts';
import { type ApiServer, Refusal } from '../reach/api-server.ts';
import { readLive } from '../reach/live.ts';

/** Kinds that a stack may declare among its policies, and where pools and versions stand. */
const POLICIES = new Set([
  'NetworkPolicy',
  'GlobalNetworkPolicy',
  'Tier',
  'NetworkSet',
  'GlobalNetworkSet',
  'HostEndpoint',
  'StagedNetworkPolicy',
  'StagedGlobalNetworkPolicy',
  'StagedKubernetesNetworkPolicy',
  'ClusterNetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
]);
const WANTED = new Set([...POLICIES, 'IPPool', 'ClusterInformation']);

/**
 * @param say hears of the progress
 * @throws UserError where the server cannot be reached at all
 */
export async function apiSeen(server: ApiServer, say: (line: string) => void): Promise<ApiSeen> {
  // The first answer decides whether there is a server: the rest is not asked in vain.
  const kubernetes = await known(async () => String((await server.get('/version')).gitVersion ?? '').replace(/^v/, ''));
  const [nodes, world, blocks] = await Promise.all([
    known(() => server.list('/api/v1/nodes', nodeOf)),
    known(() => readLive(server, say, (kind) => WANTED.has(kind))),
    known(() => blocksOf(server)),
  ]);
  const of = <T>(part: (value: Awaited<ReturnType<typeof readLive>>) => Known<T>): Known<T> =>
    'unknown' in world ? world : part(world.value);
  return {
    kubernetes,
    nodes,
    calico: of(({ calico }) =>
      calico === undefined ? notKnown('ClusterInformation does not say') : { value: calico.replace(/^v/, '') },
    ),
    pools: of(({ resources }) => ({
      value: resources
        .filter(({ kind }) => kind === 'IPPool')
        .map(({ metadata, spec }): LiveObject => ({ name: metadata.name, spec: isRecord(spec) ? spec : {} })),
    })),
    blocks,
    policies: of(({ resources }) => ({
      value: resources
        .filter(({ kind }) => POLICIES.has(kind))
        .map(
          ({ apiVersion, kind, metadata: { name, namespace } }): Named => ({
            apiVersion,
            kind,
            metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
          }),
        ),
    })),
  };
}

/** @throws UserError for what concerns every other question as well */
async function known<T>(ask: () => Promise<T>): Promise<Known<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (error instanceof Refusal) return { unknown: error.message.slice(0, 200) };
    if (!(error instanceof UserError)) throw error;
    if (error.findings.some(({ code }) => EVERYTHING.has(code))) throw error;
    return { unknown: error.findings.map(({ message }) => message).join('; ') };
  }
}

const EVERYTHING = new Set(['unreachable', 'no-credentials', 'bad-kubeconfig']);

/** Kept by Calico's IPAM in its own group, whether its API server runs or not. */
async function blocksOf(server: ApiServer): Promise<Block[]> {
  try {
    return await server.list('/apis/crd.projectcalico.org/v1/ipamblocks', ({ spec }) => {
      const block = blockOf(spec);
      return block === undefined ? [] : [block];
    });
  } catch (error) {
    if (error instanceof Refusal && error.status === 404)
      throw UserError.of('no-blocks', '', 'the API has no IPAM blocks (crd.projectcalico.org/v1 ipamblocks)', '');
    throw error;
  }
}

function nodeOf({ metadata, spec, status }: Record<string, unknown>): LiveNode[] {
  if (!isRecord(metadata) || typeof metadata.name !== 'string') return [];
  const { conditions, addresses, nodeInfo } = isRecord(status) ? status : {};
  const records = (all: unknown) => (Array.isArray(all) ? all.filter(isRecord) : []);
  const kubelet = isRecord(nodeInfo) ? String(nodeInfo.kubeletVersion ?? '') : '';
  const { podCIDRs } = isRecord(spec) ? spec : {};
  return [
    {
      name: metadata.name,
      ready: records(conditions).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      kubelet: /\d+\.\d+\.\d+/.exec(kubelet)?.[0] ?? '',
      addresses: records(addresses)
        .filter(({ type }) => type === 'InternalIP')
        .map(({ address }) => String(address)),
      podCIDRs: Array.isArray(podCIDRs) ? podCIDRs.map(String) : [],
    },
  ];
}
