import type { Finding } from '../../../cluster/finding.ts';
import type { Change, HostFact } from '../../../kubespray/plan/types.ts';

/** What there is to say of each host that has joined and stays. */
export function ofMembers(
  change: Change | undefined,
  judge: (name: string, before: HostFact, after: HostFact) => Finding[],
): Finding[] {
  return Object.entries(change?.applied.hosts ?? {}).flatMap(([name, before]) => {
    const after = change?.desired.hosts[name];
    return after === undefined ? [] : judge(name, before, after);
  });
}

/** The role that a group of the inventory is, as the stack file has it. */
export function roleOf(group: string): string {
  const roles: Readonly<Record<string, string>> = {
    kube_control_plane: 'control-plane',
    kube_node: 'worker',
    calico_rr: 'route-reflector',
  };
  return roles[group] ?? group;
}
