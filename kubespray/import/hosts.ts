import type { Finding } from '../../cluster/finding.ts';
import { nearest } from '../../cluster/nearest.ts';
import type { Role } from '../../cluster/types.ts';
import { at, type Given, type Place, topOf, type Variables } from './given.ts';
import type { Groups } from './groups.ts';
import { depths, type Files, readLayer } from './layers.ts';

/** A host of the inventory with all that Ansible would know of it. */
export interface ImportedHost {
  readonly name: string;
  readonly place: Place;
  readonly roles: readonly Role[];
  /** Its place in the group etcd, from 1; 0 where it is not in it. */
  readonly etcdPlace: number;
  /** In Ansible's precedence; the same map for hosts that share it. */
  readonly variables: Variables;
  /** What its groups alone give it. */
  readonly ofGroups: Variables;
}

export interface Hosts {
  /** Those with a role in the cluster, in the order of the groups. */
  readonly nodes: readonly ImportedHost[];
  readonly bastion?: ImportedHost;
  /** What holds for `all`: the variables of an inventory that has no hosts. */
  readonly everywhere: Variables;
  /** Control-plane and etcd nodes in the order of their groups. */
  readonly order: readonly string[];
  readonly findings: readonly Finding[];
}

const ROLES: readonly [Role, string][] = [
  ['control-plane', 'kube_control_plane'],
  ['etcd', 'etcd'],
  ['worker', 'kube_node'],
  ['route-reflector', 'calico_rr'],
];

/** Old names that kubespray still maps (kubespray v2.31.0 roles/dynamic_groups/tasks/main.yml:4-16), and its own group of the cluster. */
const DYNAMIC: readonly [string, readonly string[]][] = [
  ['kube_control_plane', ['kube-master']],
  ['kube_node', ['kube-node']],
  ['calico_rr', ['calico-rr']],
  ['no_floating', ['no-floating']],
  ['k8s_cluster', ['kube_node', 'kube_control_plane', 'calico_rr']],
];

const KNOWN = ['all', 'ungrouped', 'etcd', 'bastion', ...DYNAMIC.flatMap(([name, old]) => [name, ...old])];

/** Every host with its roles and variables. */
export function hostsOf(inventory: Groups, files: Files): Hosts {
  const findings: Finding[] = [];
  const { depth, findings: cycles } = depths(inventory);
  const members = membersOf(inventory);
  if (cycles.length === 0) addDynamic(members);
  const names = [...new Set([...inventory.groups.keys(), ...members.keys()])];
  const groupVars = readLayer('group_vars', names, files);
  const hostVars = readLayer('host_vars', [...inventory.hosts.keys()], files);
  findings.push(...cycles, ...groupVars.findings, ...hostVars.findings, ...groupFindings(inventory, members));

  const groupsOf = new Map<string, string[]>();
  for (const [group, hosts] of members) {
    for (const host of hosts) groupsOf.set(host, [...(groupsOf.get(host) ?? []), group]);
  }
  const priority = (name: string) => {
    const given = inventory.groups.get(name)?.variables.get('ansible_group_priority')?.value;
    return typeof given === 'number' ? given : 1;
  };
  const inOrder = (groups: readonly string[]) =>
    groups
      .filter((name) => name !== 'all')
      .sort((a, b) => (depth.get(a) ?? 1) - (depth.get(b) ?? 1) || priority(a) - priority(b) || (a < b ? -1 : 1));

  // ansible-core 2.18 vars/manager.py: what the inventory file says of groups comes before all of group_vars/.
  const shared = new Map<string, Variables>();
  const layered = (groups: readonly string[]): Variables => {
    const ordered = ['all', ...inOrder(groups)];
    const key = ordered.join('\n');
    const known = shared.get(key);
    if (known !== undefined) return known;
    const made = new Map<string, Given>([
      ...ordered.flatMap((name) => [...(inventory.groups.get(name)?.variables ?? [])]),
      ...ordered.flatMap((name) => [...(groupVars.layer.get(name) ?? [])]),
    ]);
    made.delete('ansible_group_priority');
    shared.set(key, made);
    return made;
  };
  const etcd = [...(members.get('etcd') ?? [])];
  const imported = (name: string): ImportedHost => {
    const host = inventory.hosts.get(name);
    const own = [...(host?.variables ?? []), ...(hostVars.layer.get(name) ?? [])];
    const base = layered(groupsOf.get(name) ?? []);
    return {
      name,
      place: host?.place ?? topOf(''),
      roles: ROLES.filter(([, group]) => members.get(group)?.has(name)).map(([role]) => role),
      etcdPlace: etcd.indexOf(name) + 1,
      variables: own.length === 0 ? base : new Map([...base, ...own]),
      ofGroups: base,
    };
  };

  const wanted = new Set(ROLES.flatMap(([, group]) => [...(members.get(group) ?? [])]));
  const bastions = [...(members.get('bastion') ?? [])];
  for (const { name, place } of inventory.hosts.values()) {
    if (wanted.has(name) || bastions.includes(name) || name === 'localhost') continue;
    findings.push(
      at(
        place,
        'advice',
        'host-without-role',
        `${name} is in none of kubespray's groups, and is left out`,
        'Put it into kube_node, kube_control_plane or etcd, if it belongs to the cluster.',
      ),
    );
  }
  const order = [...new Set(['kube_control_plane', 'etcd'].flatMap((group) => [...(members.get(group) ?? [])]))];
  const [bastion] = bastions.map(imported);
  return {
    nodes: [...wanted].map(imported),
    ...(bastion === undefined ? {} : { bastion }),
    everywhere: layered(wanted.size === 0 ? ['k8s_cluster', 'kube_control_plane', 'kube_node', 'etcd'] : []),
    order,
    findings,
  };
}

/** Of each group, its hosts and those of the groups inside it, in the order of the file. */
function membersOf({ groups, hosts }: Groups): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>();
  const collect = (name: string, into: Set<string>, seen: Set<string>): void => {
    const group = groups.get(name);
    if (group === undefined || seen.has(name)) return;
    seen.add(name);
    for (const host of group.hosts.keys()) into.add(host);
    for (const child of group.children.keys()) collect(child, into, seen);
  };
  for (const name of groups.keys()) {
    const into = new Set<string>();
    if (name !== 'all') collect(name, into, new Set());
    members.set(name, into);
  }
  members.set('all', new Set(hosts.keys()));
  return members;
}

function addDynamic(members: Map<string, Set<string>>): void {
  for (const [name, sources] of DYNAMIC) {
    const into = members.get(name) ?? new Set<string>();
    for (const source of sources) for (const host of members.get(source) ?? []) into.add(host);
    members.set(name, into);
  }
}

function groupFindings({ groups }: Groups, members: ReadonlyMap<string, ReadonlySet<string>>): Finding[] {
  return [...groups.values()].flatMap((group): Finding[] => {
    const { name, place } = group;
    if (KNOWN.includes(name)) {
      const now = DYNAMIC.find(([made, old]) => made !== 'k8s_cluster' && old.includes(name))?.[0];
      if (now === undefined) return [];
      return [at(place, 'advice', 'old-group', `${name} is the old name of ${now}`, `It is imported as ${now}.`)];
    }
    const hosts = members.get(name)?.size ?? 0;
    const meant = nearest(name, KNOWN, name.length < 6 ? 1 : 2);
    // A group that only brings others together, or gives variables to hosts that have their role from elsewhere.
    if (meant === undefined) {
      const message = `kubespray has no group ${name}: no role comes of it, and only its variables are imported`;
      return [at(place, 'advice', 'unknown-group', message, 'Nothing is to be done where it only groups hosts.')];
    }
    const message = `kubespray has no group ${name}: ${hosts === 1 ? 'its host has' : `its ${hosts} hosts have`} no role of it`;
    return [at(place, 'harmful', 'unknown-group', message, `Did you mean ${meant}?`)];
  });
}
