import type { Finding } from '../../cluster/finding.ts';
import { at, topOf } from './given.ts';
import type { Files } from './layers.ts';
import { readYaml } from './read-yaml.ts';

/** Names of kubespray's inventory file, the ones of today first. */
const NAMES = [
  'hosts.yaml',
  'hosts.yml',
  'inventory.yaml',
  'inventory.yml',
  'inventory.ini',
  'hosts.ini',
  'hosts',
  'inventory',
];

/**
 * The inventory file at the top of the folder, and what of the folder kubespray would not read: variables in a place
 * other than beside it.
 */
export function sourceIn(files: Files, wanted?: string): { file?: string; findings: Finding[] } {
  const top = Object.keys(files).filter((name) => !name.includes('/'));
  const named = NAMES.filter((name) => top.includes(name));
  const others = top.filter((name) => !named.includes(name) && isInventory(name, files[name] ?? '')).sort();
  const [file, ...rest] = wanted === undefined ? [...named, ...others] : [wanted];
  if (file === undefined) {
    const hint = `Name the folder that holds ${NAMES.slice(0, 2).join(', ')} or inventory.ini.`;
    return { findings: [at('', 'refused', 'no-inventory', 'the folder holds no inventory file', hint)] };
  }
  const findings = rest.map((other) =>
    at(
      topOf(other),
      'advice',
      'second-inventory',
      `it is an inventory too; ${file} alone is read`,
      `Move ${file} away if this one is meant.`,
    ),
  );
  return { file, findings: [...findings, ...misplaced(files, file)] };
}

/** A YAML file of any name whose keys are groups. */
function isInventory(name: string, text: string): boolean {
  if (!/\.(ya?ml)$/.test(name)) return false;
  const { tree } = readYaml(name, text);
  return (
    tree?.kind === 'map' &&
    tree.pairs.some(({ key }) => ['all', 'k8s_cluster', 'kube_node', 'kube_control_plane'].includes(key))
  );
}

/** Ansible reads group_vars beside the inventory file alone, and says nothing of others. */
function misplaced(files: Files, file: string): Finding[] {
  return Object.keys(files)
    .filter((name) => /.\/(group_vars|host_vars)\//.test(name) && !/^(group_vars|host_vars)\//.test(name))
    .sort()
    .map((name) => {
      const part = name.slice(name.search(/(group_vars|host_vars)\//));
      return at(
        topOf(name),
        'harmful',
        'misplaced-variables',
        `Ansible reads variables beside ${file} alone: nothing of this file counts`,
        `Move it to ${part}, if it is meant; or import the folder it is in.`,
        'ansible-core 2.18 plugins/vars/host_group_vars.py',
      );
    });
}
