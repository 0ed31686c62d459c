/** What the groups of the inventory are in the stack file. */
const ROLES: Readonly<Record<string, string>> = {
  kube_control_plane: 'control-plane',
  etcd: 'etcd',
  kube_node: 'worker',
  calico_rr: 'route-reflector',
};

/** Roles in the order of the stack file's schema; a group that is none of ours as it is. */
export function rolesOf(groups: readonly string[]): string[] {
  const ours = Object.keys(ROLES).filter((group) => groups.includes(group));
  return [...ours.map((group) => ROLES[group] as string), ...groups.filter((group) => !Object.hasOwn(ROLES, group))];
}
