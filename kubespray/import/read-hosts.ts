import type { Finding } from '../../cluster/finding.ts';
import { nearest } from '../../cluster/nearest.ts';
import { at, type Given, type Place } from './given.ts';
import { expand, type Groups, groupIn, hostIn, noGroups } from './groups.ts';
import { given, type Pair, readYaml, type Tree } from './read-yaml.ts';

/**
 * An inventory in YAML: groups with `hosts`, `children` and `vars` (ansible-core 2.18 plugins/inventory/yaml.py).
 * `groups` is absent where the file cannot be read.
 */
export function readHosts(file: string, text: string): { groups?: Groups; findings: Finding[] } {
  const { tree, findings: read } = readYaml(file, text);
  if (tree === undefined) return { findings: [...read] };
  const inventory = noGroups(file);
  const findings = [...read];
  const say = (place: Place, cls: Finding['class'], code: string, message: string, hint: string) =>
    findings.push(at(place, cls, code, message, hint));
  if (tree.kind !== 'map') {
    say(
      tree.place,
      'refused',
      'no-groups',
      'the inventory holds no groups',
      'Begin it with `all:`, as kubespray does.',
    );
    return { findings };
  }

  const group = ({ key, place, tree: below }: Pair): void => {
    const made = groupIn(inventory, key, place);
    for (const part of mapOf(below, `the group ${key}`)) {
      if (part.key === 'hosts') for (const host of hostsOf(part)) hosts(made.name, host);
      else if (part.key === 'vars') {
        for (const pair of mapOf(part.tree, `vars of ${key}`)) made.variables.set(pair.key, given(pair));
      } else if (part.key === 'children') {
        for (const child of mapOf(part.tree, `children of ${key}`)) {
          made.children.set(child.key, child.place);
          group(child);
        }
      } else {
        const meant = nearest(part.key, ['hosts', 'children', 'vars']);
        const hint = meant === undefined ? 'Write hosts, children or vars.' : `Did you mean ${meant}?`;
        say(part.place, 'harmful', 'unknown-group-key', `Ansible passes over ${part.key} of the group ${key}`, hint);
      }
    }
  };

  const hosts = (groupName: string, { key, place, tree: below }: Pair): void => {
    const expanded = expand(key, place);
    if (!('names' in expanded)) {
      findings.push(expanded);
      return;
    }
    const port: [string, Given][] =
      expanded.port === undefined ? [] : [['ansible_port', { value: expanded.port, place, vault: false }]];
    const own = mapOf(below, `the host ${key}`).map((pair): [string, Given] => [pair.key, given(pair)]);
    for (const name of expanded.names)
      hostIn(inventory, groupIn(inventory, groupName, place), name, place, [...port, ...own]);
  };

  const hostsOf = (part: Pair): readonly Pair[] => {
    const { tree: below } = part;
    // Ansible takes one name for a group of one.
    if (below.kind !== 'scalar' || typeof below.value !== 'string') return mapOf(below, 'hosts');
    return [{ key: below.value, place: below.place, tree: { kind: 'scalar', place: below.place, value: null } }];
  };

  const mapOf = (value: Tree, what: string): readonly Pair[] => {
    if (value.kind === 'map') return value.pairs;
    if (value.kind === 'scalar' && value.value === null) return [];
    say(value.place, 'refused', 'wrong-type', `${what} must be a map`, 'Write `name:` lines below it, also for hosts.');
    return [];
  };

  for (const pair of tree.pairs) group(pair);
  return { groups: inventory, findings };
}
