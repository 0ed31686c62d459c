import type { Cluster } from '../../cluster/index.ts';
import { driftOf } from '../live/index.ts';
import { poolsInUse } from './ipam.ts';
import { names, wrongWithBgp, wrongWithCalicoNode, wrongWithMtu, wrongWithNodes, wrongWithPools } from './judge.ts';
import { notKnown, of } from './known.ts';
import {
  bgpStatus,
  livePools,
  mtuStatus,
  NO_CALICO_NODE,
  NO_CLUSTER,
  networkOf,
  nodeStatuses,
  ofLive,
  versionsOf,
} from './parts.ts';
import { policyStatus } from './policies.ts';
import type { Gathered, Known, NodeSeen, PolicyStatus, RunSeen, Status } from './types.ts';

/** How the cluster is, from all that was asked; nothing that is not known is taken for fine. */
export function statusOf(cluster: Cluster, asked: Gathered): Status {
  const seen = new Map<string, NodeSeen>(
    Object.entries(asked.nodes).flatMap(([name, node]) => ('unknown' in node ? [] : [[name, node.value] as const])),
  );
  const nodes = nodeStatuses(cluster, asked);
  const joined = new Set(
    nodes
      .filter(({ state }) => 'unknown' in state || state.value === 'ready' || state.value === 'not ready')
      .map(({ name }) => name),
  );
  // Where nothing is built yet, nothing of it is missing.
  const built = 'unknown' in asked.live || asked.live.value.cluster !== 'none';
  const members = new Map([...seen].filter(([name]) => joined.has(name)));
  const onNodes = <T>(value: () => T): Known<T> => {
    if (!built) return notKnown(NO_CLUSTER);
    return members.size === 0 ? notKnown('no node answers') : { value: value() };
  };
  const versions = versionsOf(cluster, asked);
  const live = livePools(asked);
  const pools = of(live, (all) => ({ value: poolsInUse(all, blocksOf(cluster, asked)) }));
  const mtu = onNodes(() => mtuStatus(cluster, members));
  const bgp = onNodes(() => bgpStatus(cluster, members, joined));
  const policies = of(
    of(asked.api, (api) => api.policies),
    (there) => ({ value: policyStatus(cluster, there) }),
  );
  const run = of<readonly RunSeen[], RunSeen | 'none'>(asked.runs, (runs) => ({ value: runs.at(-1) ?? 'none' }));
  const drift = ofLive(asked, (one) => ({ value: driftOf(cluster, one) }));
  const wrong = [
    ...wrongWithCluster(asked),
    ...wrongWithNodes(nodes),
    ...wrongWithCalicoNode(versions, NO_CALICO_NODE),
    ...ofKnown(mtu, (value) => wrongWithMtu(cluster, members, value)),
    ...ofKnown(pools, wrongWithPools),
    ...ofKnown(bgp, (value) => (value === 'none' ? [] : wrongWithBgp(cluster, members, value, joined))),
    ...ofKnown(policies, missing),
    ...ofKnown(run, (value) => (value === 'none' ? [] : wrongWithRun(value))),
    ...ofKnown(drift, (found) => found.filter(({ class: of }) => of === 'refused').map(({ message }) => message)),
  ];
  const status = {
    cluster: cluster.name,
    nodes,
    versions,
    network: networkOf(cluster, live),
    mtu,
    pools,
    bgp,
    policies,
    run,
    drift,
    steps: asked.steps,
  };
  return { ok: wrong.length === 0, ...status, wrong, unknown: unknownsIn(status) };
}

function blocksOf(cluster: Cluster, asked: Gathered): ReturnType<typeof poolBlocks> {
  if (cluster.network.ipam.kind === 'host-local')
    return notKnown('host-local: each node gives addresses out of its own range');
  return poolBlocks(asked);
}

function poolBlocks(asked: Gathered) {
  return of(asked.api, ({ blocks }) => blocks);
}

function ofKnown<T>(known: Known<T>, judged: (value: T) => string[]): string[] {
  return 'unknown' in known ? [] : judged(known.value);
}

/** Where there is no cluster, or no API, the rest hangs on that. */
function wrongWithCluster({ live, api }: Gathered): string[] {
  const wrong = 'value' in live && live.value.cluster === 'none' ? [NO_CLUSTER] : [];
  if ('value' in live && live.value.cluster === 'down')
    wrong.push(`the API on the first control-plane node does not answer: ${live.value.problem ?? 'it says nothing'}`);
  // Where the API answers on its own node, it is the way to it from here that is not there: not known, and no fault.
  if ('unknown' in api && 'unknown' in live) wrong.push(`the API could not be asked: ${api.unknown}`);
  return wrong;
}

function missing({ missing: gone }: PolicyStatus): string[] {
  return gone.length === 0 ? [] : [`declared, and not there: ${names(gone)}`];
}

function wrongWithRun({ run, state, message }: RunSeen): string[] {
  if (state === 'succeeded' || state === 'running') return [];
  return [`the last run, ${run}, ${state}${message === undefined || message === '' ? '' : `: ${message}`}`];
}

function unknownsIn(status: Omit<Status, 'ok' | 'wrong' | 'unknown'>): Status['unknown'] {
  const { nodes, versions, network } = status;
  const use = 'unknown' in status.pools ? [] : status.pools.value.map(({ use: one }) => one);
  const all: (readonly [string, Known<unknown> | undefined])[] = [
    ['nodes', nodes.find(({ state }) => 'unknown' in state)?.state],
    ['Kubernetes', versions.kubernetes],
    ['Calico', versions.calico],
    ['calico-node', versions.calicoNode],
    ['encapsulation', network.encapsulation],
    ['MTU', status.mtu],
    ['pools', status.pools],
    ['addresses in use', use.find((one) => 'unknown' in one)],
    ['BGP', status.bgp],
    ['policies', status.policies],
    ['last run', status.run],
    ['drift', status.drift],
    ['plan', status.steps],
  ];
  return all.flatMap(([what, known]) =>
    known !== undefined && 'unknown' in known ? [{ what, why: known.unknown }] : [],
  );
}
