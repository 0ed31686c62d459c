import { stringify } from 'yaml';
import type { Cluster, Node, Role } from '../cluster/index.ts';
import { files, type Variable, variablesOf } from './variables.ts';

/** What kubespray is told: an ordinary inventory folder. */
export interface Inventory {
  /** Path inside the inventory folder → text. group_vars lie beside hosts.yaml, or Ansible would not read them. */
  readonly files: Readonly<Record<string, string>>;
  /** What the group_vars say, extra variables included. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly groups: readonly string[] }[];
}

/** kubespray v2.31.0 inventory/sample/inventory.ini */
const groupOf: Record<Role, string> = { 'control-plane': 'kube_control_plane', etcd: 'etcd', worker: 'kube_node' };

/** The inventory of a cluster; the same cluster gives the same bytes. */
export function renderInventory(cluster: Cluster): Inventory {
  const variables = variablesOf(cluster);
  const texts: Record<string, string> = { [files.hosts]: hostsFile(cluster) };
  for (const file of [files.all, files.cluster, files.calico]) {
    texts[file] = groupVarsFile(
      cluster,
      variables.filter((v) => v.file === file),
    );
  }
  return {
    files: texts,
    variables: Object.fromEntries(variables.map((v) => [v.name, v.value])),
    hosts: cluster.nodes.map((node) => ({ name: node.name, address: node.address, groups: groupsOf(node) })),
  };
}

function groupsOf(node: Node): string[] {
  return (Object.keys(groupOf) as Role[]).filter((role) => node.roles.includes(role)).map((role) => groupOf[role]);
}

function hostsFile(cluster: Cluster): string {
  const members = (role: Role) => ({
    hosts: Object.fromEntries(cluster.nodes.filter((n) => n.roles.includes(role)).map((n) => [n.name, null])),
  });
  const inventory = {
    all: {
      hosts: Object.fromEntries(cluster.nodes.map((node) => [node.name, hostVariables(node)])),
      children: {
        kube_control_plane: members('control-plane'),
        etcd: members('etcd'),
        kube_node: members('worker'),
        // kubespray adds the group itself, but only a declared one lets ansible-inventory show its group_vars.
        k8s_cluster: { children: { kube_control_plane: null, kube_node: null } },
      },
    },
  };
  return `${heading(cluster)}${yaml(inventory)}`;
}

function hostVariables(node: Node): Record<string, unknown> {
  return {
    ansible_host: node.address,
    ansible_port: node.ssh.port,
    ansible_user: node.ssh.user,
    ip: node.address,
    access_ip: node.address,
    // Named after the node: a number would change when another member is removed.
    ...(node.roles.includes('etcd') ? { etcd_member_name: node.name } : {}),
  };
}

function groupVarsFile(cluster: Cluster, variables: readonly Variable[]): string {
  const entries = variables.map((v) => `# ${v.reason} (${v.path})\n${yaml({ [v.name]: v.value })}`);
  return `${heading(cluster)}${entries.join('\n')}`;
}

function heading({ name, kubespray }: Cluster): string {
  return `---\n# Cluster ${name}, kubespray ${kubespray.version}. Rendered by Calispray from the stack file: change that, not this.\n\n`;
}

/** Ansible reads YAML 1.1, where `on`, `0o17` and `1:30` are no texts: such texts are quoted. */
function yaml(value: unknown): string {
  return stringify(value, { version: '1.1', nullStr: '', lineWidth: 0, aliasDuplicateObjects: false });
}
