import type { Finding } from '../../cluster/finding.ts';
import { controlCharacter, findingsFrom, placesIn } from '../../cluster/text.ts';
import { at, type Given, type Place, topOf } from './given.ts';
import { expand, type Group, type Groups, groupIn, hostIn, noGroups } from './groups.ts';
import { pythonLiteral } from './python-literal.ts';

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;
const CHILD = /^([^:\]\s]+)\s*(?:#.*)?$/;

/**
 * An inventory in Ansible's INI: `[group]` with hosts and their variables, `[group:children]`, `[group:vars]`
 * (ansible-core 2.18 plugins/inventory/ini.py). A line that Ansible would stop at is a finding, without its text: it may
 * hold a password.
 */
export function readIni(file: string, text: string): { groups: Groups; findings: Finding[] } {
  const inventory = noGroups(file);
  const control = controlCharacter(text);
  if (control !== undefined) return { groups: inventory, findings: findingsFrom([control], placesIn(text, file)) };
  const findings: Finding[] = [];
  const declared = new Set(['all', 'ungrouped']);
  let group: Group = groupIn(inventory, 'ungrouped', topOf(file));
  let state = 'hosts';

  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    const place = { file, line: index + 1, column: raw.search(/\S/) + 1 };
    const refuse = (message: string, hint: string) => findings.push(at(place, 'refused', 'bad-ini', message, hint));

    const section = SECTION.exec(line);
    if (section !== null) {
      const [, name = '', kind = 'hosts'] = section;
      if (!['hosts', 'children', 'vars'].includes(kind)) {
        refuse(`Ansible knows no section of the kind “:${kind}”`, 'Write [group], [group:children] or [group:vars].');
        return;
      }
      if (kind !== 'vars') declared.add(name);
      group = groupIn(inventory, name, place);
      state = kind;
      return;
    }
    if (line.startsWith('[') && line.endsWith(']') && !/^\[[^\]]*:[^\]]*\]./.test(line)) {
      refuse('this is no section', 'Write [group], [group:children] or [group:vars], without spaces.');
      return;
    }
    if (state === 'children') {
      const child = CHILD.exec(line)?.[1];
      if (child === undefined) refuse('this is not the name of a group', 'Write one group a line.');
      else {
        declared.add(child);
        group.children.set(child, place);
        groupIn(inventory, child, place);
      }
    } else if (state === 'vars') {
      const equals = line.indexOf('=');
      if (equals < 1) refuse('this is no variable', 'Write name=value.');
      else {
        const name = line.slice(0, equals).trim();
        again(findings, group.variables.get(name), name, place);
        group.variables.set(name, givenIn(line.slice(equals + 1).trim(), place));
      }
    } else {
      const problem = readHosts(inventory, group, line, place);
      if (problem !== undefined) findings.push(problem);
    }
  });

  for (const { name, place, variables } of inventory.groups.values()) {
    if (declared.has(name) || variables.size === 0) continue;
    const hint = `Add a section [${name}], or correct the name.`;
    findings.push(at(place, 'refused', 'bad-ini', `[${name}:vars] is there, and no group ${name}`, hint));
  }
  return { groups: inventory, findings };
}

function again(findings: Finding[], before: Given | undefined, name: string, place: Place): void {
  if (before === undefined) return;
  const message = `${name} is here and in line ${before.place.line}; the later one counts`;
  findings.push(at(place, 'harmful', 'duplicate-key', message, 'Leave one of them.'));
}

/** One line of a section of hosts: a name or a range, then `name=value` with the quotes of a shell. */
function readHosts(inventory: Groups, group: Group, line: string, place: Place): Finding | undefined {
  const words = shellWords(line);
  if (words === undefined) {
    return at(place, 'refused', 'bad-ini', 'a quote is not closed', 'Close it.');
  }
  const [pattern = '', ...assignments] = words;
  const expanded = expand(pattern, place);
  if (!('names' in expanded)) return expanded;
  const variables: [string, Given][] = [];
  if (expanded.port !== undefined) variables.push(['ansible_port', { value: expanded.port, place, vault: false }]);
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals < 1) {
      return at(
        place,
        'refused',
        'bad-ini',
        'something after the host name is no name=value',
        'Write name=value, the value in quotes where it has spaces.',
      );
    }
    variables.push([assignment.slice(0, equals), givenIn(assignment.slice(equals + 1), place)]);
  }
  for (const name of expanded.names) hostIn(inventory, group, name, place, variables);
  return undefined;
}

function givenIn(text: string, place: Place): Given {
  return { value: pythonLiteral(text), place, vault: false };
}

/** Python's shlex.split with comments; undefined where a quote is open. */
function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i] as string;
    if (letter === "'" || letter === '"') {
      let end = i + 1;
      let quoted = '';
      while (end < line.length && line[end] !== letter) {
        if (letter === '"' && line[end] === '\\' && /["\\]/.test(line[end + 1] ?? '')) end++;
        quoted += line[end++];
      }
      if (end >= line.length) return undefined;
      word = (word ?? '') + quoted;
      i = end;
    } else if (letter === '\\') {
      if (i + 1 >= line.length) return undefined;
      word = (word ?? '') + line[++i];
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (letter === '#') {
      break;
    } else word = (word ?? '') + letter;
  }
  if (word !== undefined) words.push(word);
  return words.length === 0 ? undefined : words;
}
