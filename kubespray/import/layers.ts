import type { Finding } from '../../cluster/finding.ts';
import { nearest } from '../../cluster/nearest.ts';
import { isDeepEqual } from './equal.ts';
import { at, type Given, placeText, topOf, type Variables } from './given.ts';
import type { Groups } from './groups.ts';
import { given, readYaml } from './read-yaml.ts';

/** Variables of groups and hosts from the files of group_vars or host_vars. */
export type Layer = ReadonlyMap<string, Variables>;

export type Files = Readonly<Record<string, string>>;

/** What Ansible tries after a name, the first that is there alone (ansible-core 2.18 parsing/dataloader.py find_vars_files). */
const ENDINGS = ['', '.yml', '.yaml', '.json'];

/**
 * The variables that `group_vars/` or `host_vars/` beside the inventory give to each name: a folder's files one after
 * the other by their names, the last one winning.
 */
export function readLayer(
  folder: string,
  names: readonly string[],
  files: Files,
): { layer: Layer; findings: Finding[] } {
  const findings: Finding[] = [];
  const layer = new Map<string, Variables>();
  const used = new Set<string>();
  for (const name of names) {
    const found = candidates(`${folder}/${name}`, files);
    for (const file of found.flat()) used.add(file);
    const [first = [], ...hidden] = found;
    for (const file of hidden.flat()) {
      findings.push(
        at(
          topOf(file),
          'harmful',
          'shadowed-file',
          `Ansible passes over it: it takes ${first[0] ?? `${folder}/${name}`} alone for ${name}`,
          `Move what is in it into ${folder}/${name}/, if it is meant.`,
        ),
      );
    }
    const variables = new Map<string, Given>();
    for (const file of first) addFile(file, files[file] ?? '', variables, findings);
    layer.set(name, variables);
  }
  for (const file of Object.keys(files).sort()) {
    if (!file.startsWith(`${folder}/`) || used.has(file) || isPassedOver(file.slice(folder.length + 1))) continue;
    const name = (file.slice(folder.length + 1).split('/')[0] ?? '').replace(/\.(yml|yaml|json)$/, '');
    if (names.includes(name)) continue;
    const meant = nearest(name, names);
    const what = folder === 'group_vars' ? 'group' : 'host';
    findings.push(
      at(
        topOf(file),
        'harmful',
        'unused-file',
        `Ansible passes over it: the inventory has no ${what} ${name}`,
        meant === undefined ? `Name it after a ${what} of the inventory.` : `Did you mean ${meant}?`,
      ),
    );
  }
  return { layer, findings };
}

/** For each ending that is there, the files it stands for. */
function candidates(path: string, files: Files): string[][] {
  const inside = Object.keys(files)
    .filter((file) => file.startsWith(`${path}/`))
    .filter((file) => !isPassedOver(file.slice(path.length + 1)))
    .sort(byParts);
  const single = ENDINGS.map((ending) => `${path}${ending}`).filter((file) => Object.hasOwn(files, file));
  return [...(inside.length > 0 ? [inside] : []), ...single.map((file) => [file])];
}

/** Hidden files, backups and other endings; a folder's name has no ending. */
function isPassedOver(path: string): boolean {
  const parts = path.split('/');
  const file = parts.pop() as string;
  const ending = /[^.](\.[^.]*)$/.exec(file)?.[1] ?? '';
  return (
    [...parts, file].some((part) => part.startsWith('.') || part.endsWith('~')) ||
    !ENDINGS.includes(ending) ||
    parts.slice(1).some((part) => part.includes('.'))
  );
}

/** As a walk through the folders would come by them. */
function byParts(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return (left[i] as string) < (right[i] as string) ? -1 : 1;
  }
  return left.length - right.length;
}

function addFile(file: string, text: string, variables: Map<string, Given>, findings: Finding[]): void {
  if (text.trimStart().startsWith('$ANSIBLE_VAULT')) {
    findings.push(
      at(
        topOf(file),
        'harmful',
        'vault-file',
        'the whole file is encrypted with ansible-vault: nothing of it is imported',
        'Look at it with ansible-vault view; write what is no secret as a field, hand secrets over outside the stack file.',
      ),
    );
    return;
  }
  const { tree, findings: read } = readYaml(file, text);
  findings.push(...read);
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return;
  if (tree.kind !== 'map') {
    findings.push(at(tree.place, 'refused', 'wrong-type', 'the file holds no variables', 'Write `name: value` lines.'));
    return;
  }
  for (const pair of tree.pairs) {
    const next = given(pair);
    const before = variables.get(pair.key);
    if (before !== undefined && !isDeepEqual(before.value, next.value)) {
      findings.push(
        at(
          before.place,
          'harmful',
          'overridden',
          `${pair.key} is also in ${placeText(pair.place)}, which comes later in the folder and counts`,
          'Leave one of them.',
        ),
      );
    }
    variables.set(pair.key, next);
  }
}

/** More groups inside each other than anybody writes. */
const DEEPEST = 100;

/** Of each group, how far below `all` it stands: the longest way counts. A group inside itself is a finding. */
export function depths({ groups }: Groups): { depth: ReadonlyMap<string, number>; findings: Finding[] } {
  const parents = new Map<string, string[]>();
  for (const group of groups.values()) {
    for (const child of group.children.keys()) parents.set(child, [...(parents.get(child) ?? []), group.name]);
  }
  const depth = new Map<string, number>([['all', 0]]);
  const findings: Finding[] = [];
  const open = new Set<string>();
  const of = (name: string): number => {
    const known = depth.get(name);
    if (known !== undefined) return known;
    if (open.has(name) || open.size > DEEPEST) {
      const place = groups.get(name)?.place ?? topOf('');
      const message = open.has(name)
        ? `the group ${name} is inside itself`
        : `groups are nested more than ${DEEPEST} deep`;
      findings.push(at(place, 'refused', 'group-cycle', message, 'Take it out of the children of another.'));
      return 1;
    }
    open.add(name);
    const above = (parents.get(name) ?? []).map(of);
    open.delete(name);
    const found = Math.max(0, ...above) + 1;
    depth.set(name, found);
    return found;
  };
  for (const name of groups.keys()) of(name);
  return { depth, findings };
}
