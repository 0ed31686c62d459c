import { parse } from 'yaml';

/** What Ansible makes of an inventory folder, for one host. */
export interface AnsibleHost {
  readonly name: string;
  readonly groups: readonly string[];
  /** group_vars of `all`, then of k8s_cluster, then the host's own, then `-e`: the later wins, whole (no merging). */
  readonly variables: Readonly<Record<string, unknown>>;
}

type Files = Readonly<Record<string, string>>;

/** The hosts of rendered files, in the order of the inventory, each with what Ansible would hold for it. */
export function ansibleHosts(files: Files): AnsibleHost[] {
  const { all } = parse(files['hosts.yaml'] ?? '', { version: '1.1' });
  const groups: Record<string, { hosts?: Record<string, unknown>; children?: Record<string, unknown> }> = all.children;
  const everywhere = groupVars(files, 'all');
  const inCluster = groupVars(files, 'k8s_cluster');
  const commandLine = files['extra-vars.json'] === undefined ? {} : JSON.parse(files['extra-vars.json']);
  const members = new Map(Object.keys(groups).map((group) => [group, membersOf(group, groups)]));
  return Object.entries(all.hosts as Record<string, Record<string, unknown>>).map(([name, own]) => {
    const of = [...members].filter(([, hosts]) => hosts.has(name)).map(([group]) => group);
    const cluster = of.includes('k8s_cluster') ? inCluster : {};
    return { name, groups: of, variables: { ...everywhere, ...cluster, ...own, ...commandLine } };
  });
}

/** The files below group_vars/GROUP in the order of their names, as Ansible reads YAML 1.1. */
export function groupVars(files: Files, group: string): Record<string, unknown> {
  const names = Object.keys(files).filter((name) => name.startsWith(`group_vars/${group}/`));
  return Object.assign({}, ...names.sort().map((name) => parse(files[name] ?? '', { version: '1.1' }) ?? {}));
}

function membersOf(
  group: string,
  groups: Record<string, { hosts?: Record<string, unknown>; children?: Record<string, unknown> }>,
): Set<string> {
  const { hosts = {}, children = {} } = groups[group] ?? {};
  return new Set([...Object.keys(hosts), ...Object.keys(children).flatMap((child) => [...membersOf(child, groups)])]);
}
