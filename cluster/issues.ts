/** From what zod says of a wrong value to findings in our words. */
import { z } from 'zod';
import type { Finding } from './finding.ts';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What zod says of a value, as findings with paths inside of it. `schema` knows which keys could have been meant. */
export function findingsOf(issue: Issue, schema: z.core.$ZodType, prefix: Path = []): Finding[] {
  const at = [...prefix, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(schema, at, key, siblings(issue)));
    case 'invalid_union':
      return fromUnion(issue, schema, at);
    case 'invalid_key':
      return issue.issues.flatMap((inner) => findingsOf(inner, schema, at));
    case 'custom':
      return [finding(String(issue.params?.code ?? 'bad-value'), at, issue.message, String(issue.params?.hint ?? ''))];
    case 'invalid_value':
      if (issue.input === undefined) return [missing(at)];
      return [oneOf(at, issue.input, issue.values.map(String))];
    case 'invalid_type':
      if (issue.input === undefined) return [missing(at)];
      return [wrongType(at, issue.expected, issue.input)];
    case 'too_small':
      return [size(at, issue.input, `at least ${issue.minimum}`)];
    case 'too_big':
      return [size(at, issue.input, `at most ${issue.maximum}`)];
    default:
      return [finding('bad-value', at, issue.message, 'See docs/stack-file.md for what may stand here.')];
  }
}

/**
 * A map with the key of one of the union's maps is judged as that one; whatever else is none of them, and the schema's own
 * message says what they are.
 */
function fromUnion(issue: Extract<Issue, { code: 'invalid_union' }>, schema: z.core.$ZodType, at: Path): Finding[] {
  const { input, errors, message } = issue;
  if (input === undefined) return [missing(at)];
  const possible = errors.filter((issues) => issues.every(isInside));
  const known = possible.filter((issues) => issues.every(({ code }) => code !== 'unrecognized_keys'));
  const [meant, ...others] = known.length === 1 ? known : possible;
  if (meant !== undefined && others.length === 0) return meant.flatMap((inner) => findingsOf(inner, schema, at));
  const name = at.at(-1);
  if (name === 'encapsulation')
    return [finding('bad-encapsulation', at, `${show(input)} is no encapsulation`, message)];
  const words = errors.flat().flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []));
  const near = typeof input === 'string' ? nearest(input, words, 2) : undefined;
  const hint = near === undefined ? message : `Did you mean ${near}? ${message}`;
  return [finding('wrong-type', at, `${nameOf(at)} is ${show(input)}`, hint)];
}

/** Whether it is a mistake inside the map that it belongs to, and not that the map is another one. */
function isInside({ code, path, input }: Issue): boolean {
  if (path.length === 0) return code === 'unrecognized_keys';
  return path.length > 1 || input !== undefined;
}

/** The keys of a map that are known in it. */
function siblings({ input, keys }: Extract<Issue, { code: 'unrecognized_keys' }>): string[] {
  return Object.keys((input ?? {}) as object).filter((key) => !keys.includes(key));
}

/** Of a union, a key may be known in another of its maps: then it only does not go with what stands beside it. */
function unknownKey(schema: z.core.$ZodType, at: Path, key: string, beside: readonly string[]): Finding {
  const known = keysAt(schema, at);
  if (known.includes(key)) {
    const message = `“${key}” does not go with ${beside.join(', ')}`;
    return finding('unknown-key', [...at, key], message, 'Leave one or the other out.');
  }
  const meant = nearest(key, known);
  const hint = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${meant}?`;
  return finding('unknown-key', [...at, key], `there is no key “${key}” here`, hint);
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return keysAt(schema.unwrap(), path);
  }
  const [head, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (head === undefined) return Object.keys(schema.shape);
    const inner = schema.shape[String(head)];
    return inner === undefined ? [] : keysAt(inner, rest);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path));
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  return [];
}

function missing(at: Path): Finding {
  return finding('missing-field', at, `${nameOf(at)} is missing`, 'Write it: there is no default.');
}

/** What others call something, and is too far from its name here to be guessed. */
const CALLED: Record<string, string> = {
  kubernetes: 'kdd',
  kube: 'kdd',
  etcdv3: 'etcd',
  master: 'control-plane',
  node: 'worker',
};

function oneOf(at: Path, input: unknown, values: string[]): Finding {
  const called = typeof input === 'string' && Object.hasOwn(CALLED, input) ? CALLED[input] : undefined;
  const guessed = typeof input === 'string' ? nearest(input, values) : undefined;
  const meant = called !== undefined && values.includes(called) ? called : guessed;
  const hint = meant === undefined ? `Write ${values.join(' or ')}.` : `Did you mean ${meant}? (${values.join(', ')})`;
  return finding('bad-value', at, `${show(input)} is not known here`, hint);
}

function wrongType(at: Path, expected: string, input: unknown): Finding {
  const words: Record<string, string> = {
    record: 'a map',
    object: 'a map',
    array: 'a list',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false, without quotes',
    string: 'text, in quotes where YAML would read something else',
  };
  return finding('wrong-type', at, `${nameOf(at)} is ${show(input)}`, `Write ${words[expected] ?? expected}.`);
}

function size(at: Path, input: unknown, bound: string): Finding {
  const empty = (Array.isArray(input) || typeof input === 'string') && input.length === 0;
  if (empty) return finding('out-of-range', at, `${nameOf(at)} is empty`, `Write ${bound} there.`);
  return finding('out-of-range', at, `${nameOf(at)} is ${show(input)}`, `Write ${bound}.`);
}

function finding(code: string, path: Path, message: string, hint: string): Finding {
  return { code, class: 'refused', path: pathText(path), message, hint };
}

/** The field's own name; its place is in the finding's path. */
function nameOf(at: Path): string {
  const last = at.at(-1);
  if (last === undefined) return 'the cluster';
  return typeof last === 'number' ? `entry ${last + 1}` : String(last);
}

/** `nodes.homelab.roles[0]`, as a person would point at it. */
function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** A short picture of a wrong value; long ones are cut, as they may be anything. */
function show(value: unknown): string {
  if (value === null) return 'empty';
  if (typeof value === 'string') return `the text “${value.length > 60 ? `${value.slice(0, 60)}…` : value}”`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `the ${typeof value} ${String(value)}`;
  const keys = Object.keys(value).slice(0, 5).join(', ');
  return keys === '' ? 'an empty map' : `a map (${keys})`;
}
