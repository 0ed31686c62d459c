import { Scalar, stringify } from 'yaml';
import type { Cluster } from '../cluster/index.ts';
import { groupsOf, hostsOf, hostVariables } from './hosts.ts';
import { files, type Variable, variablesOf } from './variables.ts';
import { wireguardPackages } from './wireguard.ts';

/** What kubespray is told, as values. */
export interface Told {
  /** What the group_vars say, extra variables included. */
  readonly variables: readonly Variable[];
  readonly hosts: readonly {
    readonly name: string;
    readonly address: string;
    readonly address6?: string;
    readonly groups: readonly string[];
    readonly os?: string;
    /** What is said of this host alone. */
    readonly variables: Readonly<Record<string, unknown>>;
  }[];
  /** What only an extra variable of the command line can say. */
  readonly extraVars: Readonly<Record<string, unknown>>;
}

/** What kubespray is told: an ordinary inventory folder. */
export interface Inventory {
  /**
   * Path inside the inventory folder → text. group_vars lie beside hosts.yaml, or Ansible would not read them.
   * extra-vars.json is there only where it is needed: `ansible-playbook -e @extra-vars.json`.
   */
  readonly files: Readonly<Record<string, string>>;
  /** What the group_vars say, extra variables included. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly hosts: Told['hosts'];
  readonly extraVars: Told['extraVars'];
}

/** What a cluster tells kubespray, without the files. */
export function toldOf(cluster: Cluster): Told {
  const packages = wireguardPackages(cluster);
  return {
    variables: variablesOf(cluster),
    hosts: cluster.nodes.map((node) => ({
      name: node.name,
      address: node.address,
      ...(node.address6 === undefined ? {} : { address6: node.address6 }),
      groups: groupsOf(node),
      ...(node.os === undefined ? {} : { os: node.os }),
      variables: hostVariables(node, cluster),
    })),
    extraVars: packages === undefined ? {} : { calico_wireguard_packages: packages },
  };
}

/** The inventory of a cluster; the same cluster gives the same bytes. */
export function renderInventory(cluster: Cluster): Inventory {
  const { variables, hosts, extraVars } = toldOf(cluster);
  const texts: Record<string, string> = { [files.hosts]: `${heading(cluster)}${yaml(hostsOf(cluster))}` };
  for (const file of [files.all, files.cluster, files.calico]) {
    texts[file] = groupVarsFile(
      cluster,
      variables.filter((variable) => variable.file === file),
    );
  }
  // JSON: with `-e key=value` every value would be a text.
  if (Object.keys(extraVars).length > 0) texts[files.extraVars] = json(extraVars);
  return { files: texts, variables: Object.fromEntries(variables.map((v) => [v.name, v.value])), hosts, extraVars };
}

function groupVarsFile(cluster: Cluster, variables: readonly Variable[]): string {
  const titles = [...new Set(variables.map((variable) => variable.title))];
  const sections = titles.map((title) => {
    const entries = variables.filter((variable) => variable.title === title).map(entry);
    return `## ${title}\n\n${entries.join('\n')}`;
  });
  return `${heading(cluster)}${sections.join('\n')}`;
}

function entry({ name, value, reason, path }: Variable): string {
  return `# ${reason} (${path})\n${yaml({ [name]: quoted(value) })}`;
}

function heading({ name, kubespray }: Cluster): string {
  return `---\n# Cluster ${name}, kubespray ${kubespray.version}. Rendered by Calispray from the stack file: change that, not this.\n\n`;
}

/** One variable a line. */
function json(variables: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(variables).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** Ansible reads YAML 1.1, where `on`, `0o17` and `1:30` are no texts: such texts are quoted. */
function yaml(value: object): string {
  return stringify(value, { version: '1.1', nullStr: '', lineWidth: 0, aliasDuplicateObjects: false });
}

/** Three numbers are a text either way, but whoever shortens them to `1.30` by hand would get the number 1.3. */
function quoted(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\d+\.\d+\.\d+$/.test(value)) return value;
  const scalar = new Scalar(value);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
