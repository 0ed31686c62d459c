import { Document, Scalar, visit } from 'yaml';
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
  return `# ${reason} (${path})\n${yaml({ [name]: value })}`;
}

function heading({ name, kubespray }: Cluster): string {
  return `---\n# Cluster ${name}, kubespray ${kubespray.version}. Rendered by Calispray from the stack file: change that, not this.\n\n`;
}

/** One variable a line. */
function json(variables: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(variables).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/**
 * YAML as Ansible reads it: 1.1, where `on`, `0o17` and `1:30` are no texts unless quoted, by PyYAML, which trips over more
 * than the standard has it (`careful`).
 */
function yaml(value: object): string {
  const document = new Document(value, {
    version: '1.1',
    // Its tag would write a text `<<` without quotes.
    customTags: (tags) => tags.filter((tag) => tag !== 'merge' && (typeof tag === 'string' || tag.tag !== MERGE)),
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && careful(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = document.toString({ nullStr: '', lineWidth: 0 });
  // They stand between double quotes, since `careful` says so of them.
  return text.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const MERGE = 'tag:yaml.org,2002:merge';

/** What PyYAML takes for the end of a line, or refuses to read at all. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Texts to be put between double quotes: with tabs or unprintable signs, with line ends or spaces at the edges, which a block
 * would lose or take from the empty line behind it; `=` and `<<`, which mean something; and versions, though three numbers
 * are a text either way: whoever shortens one to `1.30` by hand would get the number 1.3.
 */
function careful(text: string): boolean {
  return (
    /[\t\r]/.test(text) ||
    text.search(UNPRINTABLE) >= 0 ||
    /^\s|\s\n$|[^\S\n]$/.test(text) ||
    text === '=' ||
    text === '<<' ||
    /^\d+\.\d+\.\d+$/.test(text)
  );
}
