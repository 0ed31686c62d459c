import { same } from './digest.ts';
import { encapsulationIn, written } from './encapsulation.ts';
import { hostDifferences } from './host-differences.ts';
import { joinOf } from './joins.ts';
import { inWords } from './paths.ts';
import type { Change, Difference, PeerFact, StepKind } from './types.ts';
import { variableDifferences } from './variable-differences.ts';

/** What a step carries out of those after it, which then have nothing left to do. */
const COVERS: Partial<Record<StepKind, readonly StepKind[]>> = {
  upgrade: ['migrate', 'converge', 'calico', 'label'],
  migrate: ['calico'],
  converge: ['calico', 'label'],
};

/** All that differs: the release, the whole cluster, Calico, hosts, peers; each with the step that carries it out. */
export function differencesOf(change: Change): Difference[] {
  const found = [
    ...clusterDifferences(change),
    ...variableDifferences('settings', change.applied.settings, change.desired.settings, 'converge'),
    ...encapsulationDifference(change),
    ...variableDifferences('calico', change.applied.calico, change.desired.calico, 'calico'),
    ...hostDifferences(change),
    ...peerDifferences(change),
  ];
  const kinds = new Set(found.map(({ step }) => step));
  const covering = (Object.keys(COVERS) as StepKind[]).filter((kind) => kinds.has(kind));
  return found.map((one) => {
    const by = covering.find((kind) => one.step !== undefined && COVERS[kind]?.includes(one.step));
    return by === undefined ? one : { ...one, step: by };
  });
}

/** Whether the release or its Kubernetes are others. */
export function isUpgrade({ applied, desired }: Change): boolean {
  const [before, after] = [applied.release, desired.release];
  return before.version !== after.version || before.kubernetes !== after.kubernetes;
}

function clusterDifferences({ applied, desired }: Change): Difference[] {
  const differs = (path: string, before: unknown, after: unknown, step?: StepKind): Difference[] =>
    same(before, after) ? [] : [{ sign: '~', path, before, after, ...(step === undefined ? {} : { step }) }];
  const [was, is] = [applied.release, desired.release];
  const stays = firstOf(applied.first).every((name) => desired.hosts[name] !== undefined);
  return [
    ...differs('name', applied.cluster, desired.cluster),
    ...differs('kubespray.version', was.version, is.version, 'upgrade'),
    // Another version is another source anyway.
    ...(was.version === is.version ? differs('kubespray.source', was.source, is.source, 'converge') : []),
    // Who is first follows where the first goes, which is told by itself.
    ...(stays ? differs('kubespray.order', firstOf(applied.first), firstOf(desired.first)) : []),
    ...differs('kubernetes.version', was.kubernetes, is.kubernetes, 'upgrade'),
  ];
}

function firstOf({ controlPlane, etcd }: Change['applied']['first']): string[] {
  return [...new Set([controlPlane, etcd])];
}

/** The two modes are one field. */
function encapsulationDifference(change: Change): Difference[] {
  const [before, after] = [encapsulationIn(change.applied), encapsulationIn(change.desired)];
  if (same(before, after)) return [];
  const from = change.migrate?.encapsulation?.from;
  const declared = from !== undefined && same(written(from), before);
  return [{ sign: '~', path: 'network.encapsulation', before, after, ...(declared ? { step: 'migrate' } : {}) }];
}

function peerDifferences({ applied, desired }: Change): Difference[] {
  const names = [...new Set([...Object.keys(applied.peers), ...Object.keys(desired.peers)])].sort();
  return names.flatMap((name): Difference[] => {
    const [before, after] = [applied.peers[name], desired.peers[name]];
    if (same(before, after)) return [];
    const at = { path: pathOfPeer(before ?? after), peer: name };
    if (after === undefined) return [{ sign: '-', ...at, before: shortly(before), step: 'unpeer' }];
    // What is one host's comes with the host.
    const host =
      after.node === undefined || applied.hosts[after.node] !== undefined ? undefined : desired.hosts[after.node];
    const values = { after: shortly(after), step: host === undefined ? 'calico' : joinOf(host) } as const;
    return [
      before === undefined ? { sign: '+', ...at, ...values } : { sign: '~', ...at, before: shortly(before), ...values },
    ];
  });
}

function pathOfPeer(peer: PeerFact | undefined): string {
  return peer?.node === undefined ? 'network.bgp.peers' : `nodes.${peer.node}.bgp.peers`;
}

/** A peer in the words of the stack file, where they say it: `{ address, as }`. */
function shortly({ router_id: address, as, scope, node, ...more }: PeerFact = {}): object {
  return address === undefined ? more : { address, as: inWords('local_as', as), ...more };
}
