import { same } from './digest.ts';
import { encapsulationIn, MIGRATES, written } from './encapsulation.ts';
import { FIXED } from './fixed.ts';
import { joinOf } from './joins.ts';
import { pathOf, usual } from './paths.ts';
import type { Change, Difference, HostFact, PeerFact, StepKind } from './types.ts';

/** A difference, and the host or peer that it is about where it is about one. */
export interface Found extends Difference {
  readonly host?: string;
  readonly peer?: string;
}

/** All that differs, in the order of the stack file; each with the step that carries it out. */
export function differencesOf(change: Change): Found[] {
  const upgrade = isUpgrade(change);
  const found = [
    ...releaseDifferences(change),
    ...settingDifferences(change),
    ...hostDifferences(change),
    ...calicoDifferences(change),
    ...peerDifferences(change),
  ];
  // What an upgrade runs carries these out as well: they are no runs of their own.
  const covered: readonly (StepKind | undefined)[] = ['converge', 'calico', 'label'];
  return upgrade ? found.map((one) => (covered.includes(one.step) ? { ...one, step: 'upgrade' } : one)) : found;
}

export function isUpgrade({ applied, desired }: Change): boolean {
  return (
    applied.release.version !== desired.release.version || applied.release.kubernetes !== desired.release.kubernetes
  );
}

function releaseDifferences(change: Change): Found[] {
  const [before, after] = [change.applied.release, change.desired.release];
  const changed = (path: string, key: 'version' | 'kubernetes' | 'source', step: StepKind): Found[] =>
    before[key] === after[key] ? [] : [{ sign: '~', path, before: before[key], after: after[key], step }];
  return [
    ...(change.applied.cluster === change.desired.cluster
      ? []
      : [{ sign: '~', path: 'name', before: change.applied.cluster, after: change.desired.cluster } as const]),
    ...changed('kubespray.version', 'version', 'upgrade'),
    // Another version is another source anyway.
    ...(before.version === after.version ? changed('kubespray.source', 'source', 'converge') : []),
    ...firstDifferences(change),
    ...changed('kubernetes.version', 'kubernetes', 'upgrade'),
  ];
}

function firstDifferences({ applied, desired }: Change): Found[] {
  const [before, after] = [applied.first, desired.first];
  if (same(before, after)) return [];
  return [{ sign: '~', path: 'kubespray.order', before, after }];
}

function settingDifferences({ applied, desired }: Change): Found[] {
  return namesOf(applied.settings, desired.settings).map((name) =>
    changed(
      name,
      applied.settings[name],
      desired.settings[name],
      FIXED.settings.includes(name) ? undefined : 'converge',
    ),
  );
}

function calicoDifferences(change: Change): Found[] {
  const { applied, desired } = change;
  const names = namesOf(applied.calico, desired.calico);
  const others = names.filter((name) => !MIGRATES.includes(name));
  const step = migrates(change) ? 'migrate' : 'calico';
  return [
    ...(others.length === names.length ? [] : [encapsulationDifference(change)]),
    ...others
      // The two are one field, and always the same.
      .filter((name) => name !== 'calico_veth_mtu' || !others.includes('calico_mtu'))
      .map((name) =>
        changed(name, applied.calico[name], desired.calico[name], FIXED.calico.includes(name) ? undefined : step),
      ),
  ];
}

function encapsulationDifference(change: Change): Found {
  const [before, after] = [encapsulationIn(change.applied), encapsulationIn(change.desired)];
  return {
    sign: '~',
    path: 'network.encapsulation',
    before,
    after,
    ...(migrates(change) ? { step: 'migrate' as const } : {}),
  };
}

/** Whether another encapsulation is declared as a migration, from what the cluster has. */
export function migrates({ applied, desired, migrate }: Change): boolean {
  const from = migrate?.encapsulation?.from;
  if (from === undefined || !MIGRATES.some((name) => applied.calico[name] !== desired.calico[name])) return false;
  return same(written(from), encapsulationIn(applied));
}

function changed(name: string, before: unknown, after: unknown, step: StepKind | undefined): Found {
  const sign =
    before === undefined && usual(name) === undefined
      ? '+'
      : after === undefined && usual(name) === undefined
        ? '-'
        : '~';
  const values = { before: before ?? usual(name), after: after ?? usual(name) };
  return {
    sign,
    path: pathOf(name),
    ...(values.before === undefined ? {} : { before: values.before }),
    ...(values.after === undefined ? {} : { after: values.after }),
    ...(step === undefined ? {} : { step }),
  };
}

function hostDifferences(change: Change): Found[] {
  const { applied, desired } = change;
  return [...new Set([...Object.keys(applied.hosts), ...Object.keys(desired.hosts)])]
    .sort()
    .flatMap((name): Found[] => {
      const [before, after] = [applied.hosts[name], desired.hosts[name]];
      if (before === undefined) return after === undefined ? [] : [joins(name, after)];
      if (after === undefined) return [leaves(name, before, change)];
      return memberDifferences(name, before, after);
    });
}

function joins(name: string, host: HostFact): Found {
  return { sign: '+', path: `nodes.${name}`, after: shortly(host), step: joinOf(host), host: name };
}

function leaves(name: string, host: HostFact, { applied, removeDead }: Change): Found {
  const difference: Found = { sign: '-', path: `nodes.${name}`, before: shortly(host), host: name };
  if (name === applied.first.controlPlane || name === applied.first.etcd) return difference;
  return { ...difference, step: removeDead.includes(name) ? 'remove-dead' : 'remove' };
}

function shortly({ address, groups }: HostFact): object {
  return { address, groups };
}

function memberDifferences(name: string, before: HostFact, after: HostFact): Found[] {
  const at = `nodes.${name}`;
  const fixed = (key: 'address' | 'address6' | 'etcdMember'): Found[] =>
    before[key] === after[key]
      ? []
      : [{ sign: '~', path: `${at}.${key}`, before: before[key], after: after[key], host: name }];
  const parts = (part: 'settings' | 'calico', step: StepKind): Found[] =>
    namesOf(before[part], after[part]).map((variable) => ({
      ...changed(variable, before[part][variable], after[part][variable], step),
      path: pathOf(variable, name),
      host: name,
    }));
  return [
    ...fixed('address'),
    ...fixed('address6'),
    ...groupDifferences(name, before, after),
    ...parts('settings', 'label'),
    ...fixed('etcdMember'),
    ...parts('calico', 'calico'),
  ];
}

function groupDifferences(name: string, before: HostFact, after: HostFact): Found[] {
  if (same(before.groups, after.groups)) return [];
  const step = stepForGroups(before, after);
  const values = { before: before.groups, after: after.groups };
  return [{ sign: '~', path: `nodes.${name}.roles`, ...values, host: name, ...(step === undefined ? {} : { step }) }];
}

/**
 * The step by which a member gets further groups; undefined where it cannot: none is taken away, and kubespray wants a node
 * of the cluster removed before it becomes an etcd member (v2.31.0 docs/operations/nodes.md:126) or a control plane.
 */
function stepForGroups(before: HostFact, after: HostFact): StepKind | undefined {
  const gained = after.groups.filter((group) => !before.groups.includes(group));
  if (before.groups.some((group) => !after.groups.includes(group))) return undefined;
  if (gained.includes('etcd')) return undefined;
  if (gained.includes('kube_control_plane') && before.groups.some((group) => group !== 'etcd')) return undefined;
  return gained.every((group) => group === 'calico_rr') ? 'calico' : joinOf(after);
}

function peerDifferences(change: Change): Found[] {
  const { applied, desired } = change;
  return namesOf(applied.peers, desired.peers).map((name): Found => {
    const [before, after] = [applied.peers[name], desired.peers[name]];
    const at = { path: peerPath(before ?? after), peer: name };
    if (after === undefined) return { sign: '-', ...at, before: { name, ...before }, step: 'unpeer' };
    const node =
      after.node === undefined || applied.hosts[after.node] !== undefined ? undefined : desired.hosts[after.node];
    const step = node === undefined ? (migrates(change) ? 'migrate' : 'calico') : joinOf(node);
    const values = { after: { name, ...after }, step } as const;
    return before === undefined
      ? { sign: '+', ...at, ...values }
      : { sign: '~', ...at, before: { name, ...before }, ...values };
  });
}

function peerPath(peer: PeerFact | undefined): string {
  return peer?.node === undefined ? 'network.bgp.peers' : `nodes.${peer.node}.bgp.peers`;
}

/** Names whose values differ, sorted. */
function namesOf(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((name) => !same(before[name], after[name]));
}
