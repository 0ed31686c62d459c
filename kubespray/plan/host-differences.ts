import { same } from './digest.ts';
import { joinOf } from './joins.ts';
import { rolesOf } from './roles.ts';
import type { Change, Difference, HostFact, StepKind } from './types.ts';
import { differenceOf, namesOf } from './variable-differences.ts';

/** Hosts that join, leave, or are not what they were. */
export function hostDifferences(change: Change): Difference[] {
  const { applied, desired } = change;
  const names = [...new Set([...Object.keys(applied.hosts), ...Object.keys(desired.hosts)])].sort();
  return names.flatMap((name): Difference[] => {
    const [before, after] = [applied.hosts[name], desired.hosts[name]];
    if (before === undefined) return after === undefined ? [] : [joins(name, after, joinOf(after))];
    return after === undefined ? [leaves(name, before, change)] : memberDifferences(name, before, after);
  });
}

export function joins(name: string, host: HostFact, step: StepKind): Difference {
  return { sign: '+', path: `nodes.${name}`, after: shortly(host), step, host: name };
}

function leaves(name: string, host: HostFact, { applied, removeDead }: Change): Difference {
  const difference: Difference = { sign: '-', path: `nodes.${name}`, before: shortly(host), host: name };
  if (name === applied.first.controlPlane || name === applied.first.etcd) return difference;
  return { ...difference, step: removeDead.includes(name) ? 'remove-dead' : 'remove' };
}

function shortly({ address, groups }: HostFact): object {
  return { address, roles: rolesOf(groups) };
}

function memberDifferences(name: string, before: HostFact, after: HostFact): Difference[] {
  if (same(before, after)) return [];
  const fixed = (key: 'address' | 'address6' | 'etcdMember'): Difference[] => {
    const [was, is] = [before[key], after[key]];
    if (was === is) return [];
    const values = { ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) };
    return [{ sign: '~', path: `nodes.${name}.${key}`, ...values, host: name }];
  };
  const parts = (part: 'settings' | 'calico', step: StepKind): Difference[] =>
    namesOf(before[part], after[part]).map((variable) => ({
      ...differenceOf(variable, before[part], after[part], step, name),
      host: name,
    }));
  return [
    ...fixed('address'),
    ...fixed('address6'),
    ...groupDifferences(name, before, after),
    ...parts('settings', 'label'),
    // Gone or come with the role.
    ...(before.groups.includes('etcd') === after.groups.includes('etcd') ? fixed('etcdMember') : []),
    ...parts('calico', 'calico'),
  ];
}

function groupDifferences(name: string, before: HostFact, after: HostFact): Difference[] {
  if (same([...before.groups].sort(), [...after.groups].sort())) return [];
  const roles = { before: rolesOf(before.groups), after: rolesOf(after.groups) };
  const step = stepForGroups(before, after);
  return [{ sign: '~', path: `nodes.${name}.roles`, ...roles, host: name, ...(step === undefined ? {} : { step }) }];
}

/**
 * The step by which a member gets further groups; undefined where it cannot: no role is taken away, and kubespray wants a node of
 * the cluster removed before it becomes an etcd member (v2.31.0 docs/operations/nodes.md:133) or a control plane.
 */
function stepForGroups(before: HostFact, after: HostFact): StepKind | undefined {
  const gained = after.groups.filter((group) => !before.groups.includes(group));
  const isNode = before.groups.some((group) => group !== 'etcd');
  if (before.groups.some((group) => !after.groups.includes(group))) return undefined;
  if (isNode && gained.some((group) => group === 'etcd' || group === 'kube_control_plane')) return undefined;
  return gained.every((group) => group === 'calico_rr') ? 'calico' : joinOf(after);
}
