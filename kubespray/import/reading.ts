import type { Finding, FindingClass } from '../../cluster/finding.ts';
import { isRecord } from '../../cluster/raw.ts';
import { isDeepEqual } from './equal.ts';
import { at, type Given, isTemplate, type Place, show, type Variables } from './given.ts';
import type { Hosts, ImportedHost } from './hosts.ts';
import { isSecret } from './secrets.ts';

/** How far a variable that only names another is followed. */
const FOLLOWED = 5;

/**
 * Takes variables out of an inventory, one by one and typed; what is wrong with one is a finding, and the variable is as
 * if it were not there. What nobody took is left for the extra variables.
 */
export class Reading {
  readonly hosts: Hosts;
  readonly findings: Finding[] = [];
  readonly taken = new Set<string>();
  /** Those that Calico runs on, the first control-plane node first: it decides where they differ. */
  readonly #members: readonly ImportedHost[];

  constructor(hosts: Hosts) {
    this.hosts = hosts;
    const inKubernetes = hosts.nodes.filter(({ roles }) => roles.some((role) => role !== 'etcd'));
    this.#members = inKubernetes.length > 0 ? inKubernetes : hosts.nodes;
  }

  say(place: Place | string, cls: FindingClass, code: string, message: string, hint: string, reference?: string): void {
    this.findings.push(at(place, cls, code, message, hint, reference));
  }

  /** The variable as the cluster as a whole has it: that of the first control-plane node. Templates and secrets are dropped. */
  take(name: string): Given | undefined {
    this.taken.add(name);
    const given = this.shared(name);
    const [first] = this.#members;
    return given === undefined ? undefined : this.known(name, given, first?.variables ?? this.hosts.everywhere);
  }

  /** The variable of one host. */
  takeOf(host: ImportedHost, name: string): Given | undefined {
    this.taken.add(name);
    const given = host.variables.get(name);
    return given === undefined ? undefined : this.known(name, given, host.variables);
  }

  /** The value for all, as it stands; said where another host has another. */
  shared(name: string): Given | undefined {
    const [first, ...others] = this.#members;
    const given = (first?.variables ?? this.hosts.everywhere).get(name);
    const other = others.find(({ variables }) => {
      const theirs = variables.get(name);
      return theirs !== given && !(theirs && given && isDeepEqual(theirs.value, given.value));
    });
    if (first === undefined || other === undefined) return given;
    const theirs = other.variables.get(name);
    this.say(
      (theirs ?? given)?.place ?? first.place,
      'harmful',
      'differs-between-hosts',
      `${other.name} has ${theirs === undefined ? 'no' : 'another'} ${name} than ${first.name}, and a stack file has one for all`,
      given === undefined
        ? `It is left out: ${first.name}, the first control-plane node, has none.`
        : `That of ${first.name}, the first control-plane node, is taken.`,
    );
    return given;
  }

  /** The same without what cannot be written down. */
  known(name: string, given: Given, variables: Variables): Given | undefined {
    const value = followed(given.value, variables);
    if (given.vault || isSecret(name, value)) {
      this.secret(name, given);
      return undefined;
    }
    if (!isTemplate(value)) return { ...given, value };
    this.say(
      given.place,
      'harmful',
      'template',
      `${name} is a template, which only Ansible can fill: it is dropped`,
      'Write the value it has into the stack file; `ansible-inventory --host NAME` may show it.',
    );
    return undefined;
  }

  secret(name: string, given: Given): void {
    this.say(
      given.place,
      'harmful',
      given.vault ? 'vault-value' : 'secret',
      `${name} ${given.vault ? 'is encrypted with ansible-vault' : 'looks like a secret'}: it is left out`,
      'A stack file holds no secrets; see docs/import.md for where this one can go.',
    );
  }

  bool(name: string): boolean | undefined {
    const given = this.take(name);
    return given === undefined ? undefined : this.asBool(name, given);
  }

  asBool(name: string, { value, place }: Given): boolean | undefined {
    if (typeof value === 'boolean') return value;
    const text = String(value).toLowerCase();
    if (['true', 'yes', 'on', '1', 'false', 'no', 'off', '0'].includes(text)) {
      const meant = ['true', 'yes', 'on', '1'].includes(text);
      this.say(
        place,
        'harmful',
        'boolean-as-text',
        `${name} is ${typeof value === 'number' ? 'a number' : 'text'}, and Jinja takes any text as true`,
        `${meant} is taken; an INI inventory has True and False, YAML true and false.`,
      );
      return meant;
    }
    this.wrong(name, value, place, 'true or false');
    return undefined;
  }

  /** A whole number; as text too, since much of kubespray takes it so. */
  int(name: string): number | undefined {
    const given = this.take(name);
    return given === undefined ? undefined : this.asInt(name, given);
  }

  asInt(name: string, { value, place }: Given): number | undefined {
    const number = typeof value === 'string' && /^\d{1,10}$/.test(value.trim()) ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
    this.wrong(name, value, place, 'a whole number');
    return undefined;
  }

  text(name: string): string | undefined {
    const given = this.take(name);
    return given === undefined ? undefined : this.asText(name, given);
  }

  asText(name: string, { value, place }: Given): string | undefined {
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
    if (value !== '' && value !== null) this.wrong(name, value, place, 'text');
    return undefined;
  }

  list(name: string): readonly unknown[] | undefined {
    const given = this.take(name);
    if (given === undefined || given.value === null) return undefined;
    if (Array.isArray(given.value)) return given.value;
    this.wrong(name, given.value, given.place, 'a list');
    return undefined;
  }

  map(name: string): Readonly<Record<string, unknown>> | undefined {
    const given = this.take(name);
    if (given === undefined || given.value === null) return undefined;
    const { value, place } = given;
    if (isRecord(value)) return value;
    this.wrong(name, value, place, 'a map');
    return undefined;
  }

  /** One of Calico's words, as ours: `{ Always: 'always' }`. Another case is said and taken. */
  oneOf<T>(name: string, words: Readonly<Record<string, T>>): T | undefined {
    const given = this.take(name);
    if (given === undefined) return undefined;
    const { value, place } = given;
    // YAML 1.1 reads a bare Off as false.
    const text = value === false ? 'Off' : value === true ? 'On' : String(value ?? '');
    if (Object.hasOwn(words, text)) return words[text];
    const near = Object.keys(words).find((word) => word.toLowerCase() === text.toLowerCase());
    const list = Object.keys(words).filter((word) => word !== '');
    if (near !== undefined) {
      this.say(
        place,
        'refused',
        'bad-value',
        `${name} is ${show(value)}, which counts as written`,
        `${near} is taken.`,
      );
      return words[near];
    }
    this.wrong(name, value, place, list.join(', '));
    return undefined;
  }

  wrong(name: string, value: unknown, place: Place, expected: string): void {
    this.say(
      place,
      'refused',
      'bad-value',
      `${name} is ${show(value)}`,
      `It is dropped, and kubespray's default taken; ${expected} may stand there.`,
    );
  }

  /** A value that has no say, said unless it is the default anyway. */
  without(name: string, fallback: unknown, because: string): void {
    this.taken.add(name);
    const given = (this.#members[0]?.variables ?? this.hosts.everywhere).get(name);
    if (given === undefined || isDeepEqual(given.value, fallback) || String(given.value) === String(fallback)) return;
    this.say(given.place, 'advice', 'without-effect', `${name} has no effect: ${because}`, 'It is dropped.');
  }

  /** Where the cluster's value stands; the inventory itself for one that does not. */
  placeOf(name: string): Place | undefined {
    return (this.#members[0]?.variables ?? this.hosts.everywhere).get(name)?.place;
  }
}

/** What `{{ other }}` alone stands for, where that is known; otherwise the value itself. */
function followed(value: unknown, variables: Variables, left = FOLLOWED): unknown {
  const name = typeof value === 'string' ? /^\{\{ *([A-Za-z_]\w*) *\}\}$/.exec(value.trim())?.[1] : undefined;
  const given = name === undefined || left === 0 ? undefined : variables.get(name);
  return given === undefined || given.vault || isSecret(name ?? '', given.value)
    ? value
    : followed(given.value, variables, left - 1);
}
