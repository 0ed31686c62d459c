import { nearest } from '../../cluster/nearest.ts';
import { IGNORED, isFrom, KNOWN, REFUSED, type Retired } from '../../policies/rules/names/known-variables.ts';
import { constants, fieldOf } from '../fields.ts';
import type { Draft } from './draft.ts';
import { isDeepEqual } from './equal.ts';
import { type Given, placeText, show } from './given.ts';
import type { Reading } from './reading.ts';
import { isSecret } from './secrets.ts';

/** What no field takes becomes an extra variable, if it can stand for every host; the rest is dropped and said. */
export function readExtra(reading: Reading, draft: Draft, tag: string): void {
  const extra: [string, unknown][] = [];
  for (const [name, given] of leftOver(reading)) {
    const kept = keep(reading, name, given, tag);
    if (kept !== undefined) extra.push([name, kept.value]);
  }
  extra.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of extra) draft.set(`kubespray.extraVariables.${name}`, value);
}

/** Every variable that nobody took, with all the values that hosts have of it. */
function leftOver(reading: Reading): Map<string, Set<Given | undefined>> {
  const { nodes, everywhere } = reading.hosts;
  const maps = nodes.length === 0 ? [everywhere] : [...new Set(nodes.map(({ variables }) => variables))];
  const found = new Map<string, Set<Given | undefined>>();
  for (const map of maps) {
    for (const [name, given] of map) {
      if (reading.taken.has(name)) continue;
      found.set(name, (found.get(name) ?? new Set()).add(given));
    }
  }
  for (const [name, values] of found) if (maps.some((map) => !map.has(name))) values.add(undefined);
  return found;
}

function keep(reading: Reading, name: string, values: ReadonlySet<Given | undefined>, tag: string): Given | undefined {
  const given = [...values].filter((value) => value !== undefined);
  const [first] = given;
  if (first === undefined) return undefined;
  const { place } = first;
  const hidden = given.filter((one) => one.vault || isSecret(name, one.value));
  if (hidden.length > 0) {
    for (const one of hidden) reading.secret(name, one);
    return undefined;
  }
  const gone = dropRetired(reading, name, first, tag);
  if (gone) return undefined;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    reading.say(
      place,
      'refused',
      'bad-variable-name',
      'a name here is none that Ansible can use',
      'It is dropped: use letters, digits and underscores.',
    );
    return undefined;
  }
  if (Object.hasOwn(constants, name) && isDeepEqual(first.value, constants[name as keyof typeof constants]))
    return undefined;
  const other = given.find((one) => !isDeepEqual(one.value, first.value));
  if (other !== undefined) {
    reading.say(
      other.place,
      'harmful',
      'differs-between-hosts',
      `${name} is not the same on all hosts (see ${placeText(place)}), and an extra variable is one for all`,
      'It is dropped: write it as an extra variable where one value will do.',
    );
    return undefined;
  }
  if (values.has(undefined)) {
    reading.say(
      place,
      'advice',
      'widened',
      `${name} is given to some hosts only, and becomes an extra variable, which is for all`,
      'Take it out of kubespray.extraVariables if the others must not have it.',
    );
  }
  if (name === 'kube_network_plugin') {
    const message = `kube_network_plugin is ${show(first.value)}, and Calispray declares clusters with Calico`;
    const hint =
      'It is kept as an extra variable, which `calispray check` refuses: a cluster never changes its plugin.';
    reading.say(place, 'refused', 'network-plugin', message, hint);
  }
  const meant = meantBy(name);
  if (meant !== undefined) {
    reading.say(
      place,
      'harmful',
      'mistyped-variable',
      `kubespray reads no variable ${name}`,
      `Perhaps ${meant} is meant; it is kept as an extra variable.`,
    );
  }
  return first;
}

/** The name among those that do no good in a release. */
export function retired(list: readonly Retired[], name: string, tag: string): Retired | undefined {
  return list.find((one) => one.name === name && (one.from === undefined || isFrom(tag, one.from)));
}

/** Names that do no good; true where the variable is dropped. */
function dropRetired(reading: Reading, name: string, { place }: Given, tag: string): boolean {
  const refused = retired(REFUSED, name, tag);
  const ignored = retired(IGNORED, name, tag);
  const found = refused ?? ignored;
  if (found !== undefined) {
    reading.say(
      place,
      refused === undefined ? 'harmful' : 'refused',
      refused === undefined ? 'ignored-variable' : 'removed-variable',
      `${name} ${refused === undefined ? '' : 'is '}${found.reason}${refused === undefined ? ', and kubespray passes over it' : ', and kubespray stops at it'}`,
      `It is dropped. ${found.hint}`,
    );
    return true;
  }
  if (name === 'calico_wireguard_packages') {
    const message = 'calico_wireguard_packages has no effect in an inventory: the list of the role wins';
    reading.say(
      place,
      'harmful',
      'ignored-variable',
      message,
      'It is dropped; nodes.NAME.os says which packages a system needs.',
      'kubespray v2.31.0 roles/network_plugin/calico/tasks/pre.yml:22',
    );
    return true;
  }
  return false;
}

/** A known name of Calico's, two letters away, three in a long one. */
function meantBy(name: string): string | undefined {
  if (!/^[a-z]{3,8}_/.test(name) || KNOWN.includes(name) || Object.hasOwn(fieldOf, name)) return undefined;
  const reach = name.length < 12 ? 1 : name.length < 24 ? 2 : 3;
  const known = [...KNOWN, ...Object.keys(fieldOf)].filter(
    (one) => one.length > 8 && Math.abs(one.length - name.length) <= reach,
  );
  return nearest(name, known, reach);
}
