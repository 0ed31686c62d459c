import assert from 'node:assert/strict';

type Json = Record<string, unknown>;
type Check = (limit: never, value: never, schema: Json, at: string) => string[];

/** The keywords that say nothing of a value. */
const SILENT = ['$schema', 'title', 'description', 'default', 'examples'];

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: isMap,
  array: Array.isArray,
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
};

/** Draft 7, as far as the cluster's schema uses it. A keyword counts only for values of the type it is about. */
const CHECKS: Record<string, { of?: string; check: Check }> = {
  type: {
    check: (type: string | string[], value, _, at) =>
      [type].flat().some((one) => TYPES[one]?.(value)) ? [] : [`${at}: no ${type}`],
  },
  const: { check: (one: unknown, value, _, at) => (one === value ? [] : [`${at}: not ${one}`]) },
  enum: { check: (all: unknown[], value, _, at) => (all.includes(value) ? [] : [`${at}: none of ${all}`]) },
  anyOf: {
    check: (all: Json[], value, _, at) => (all.some((s) => mistakesOf(s, value).length === 0) ? [] : [`${at}: none`]),
  },
  minimum: { of: 'number', check: (least: number, value: number, _, at) => (value >= least ? [] : [`${at}: less`]) },
  maximum: { of: 'number', check: (most: number, value: number, _, at) => (value <= most ? [] : [`${at}: more`]) },
  minLength: { of: 'string', check: (n: number, value: string, _, at) => (value.length >= n ? [] : [`${at}: short`]) },
  maxLength: { of: 'string', check: (n: number, value: string, _, at) => (value.length <= n ? [] : [`${at}: long`]) },
  pattern: {
    of: 'string',
    check: (text: string, value: string, _, at) => (new RegExp(text, 'u').test(value) ? [] : [`${at}: pattern`]),
  },
  minItems: { of: 'array', check: (n: number, value: unknown[], _, at) => (value.length >= n ? [] : [`${at}: few`]) },
  items: {
    of: 'array',
    check: (one: Json, value: unknown[], _, at) => value.flatMap((v, i) => mistakesOf(one, v, `${at}[${i}]`)),
  },
  required: {
    of: 'object',
    check: (names: string[], value: Json, _, at) =>
      names.filter((name) => !(name in value)).map((name) => `${at}.${name}: missing`),
  },
  properties: {
    of: 'object',
    check: (all: Record<string, Json>, value: Json, _, at) =>
      Object.entries(all).flatMap(([name, s]) => (name in value ? mistakesOf(s, value[name], `${at}.${name}`) : [])),
  },
  propertyNames: {
    of: 'object',
    check: (one: Json, value: Json, _, at) =>
      Object.keys(value).flatMap((name) => mistakesOf(one, name, `${at}.${name}`)),
  },
  additionalProperties: {
    of: 'object',
    check: (one: Json | false, value: Json, schema, at) =>
      Object.entries(value)
        .filter(([name]) => !(name in ((schema.properties as Json) ?? {})))
        .flatMap(([name, v]) => (one === false ? [`${at}.${name}: unknown`] : mistakesOf(one, v, `${at}.${name}`))),
  },
};

/** What an editor would underline: `PATH: why`. Fails on a keyword that is not known here. */
export function mistakesOf(schema: object, value: unknown, at = ''): string[] {
  return Object.entries(schema).flatMap(([keyword, limit]) => {
    if (SILENT.includes(keyword)) return [];
    const known = CHECKS[keyword];
    assert.ok(known, `${keyword} is not known here`);
    if (known.of !== undefined && !TYPES[known.of]?.(value)) return [];
    return known.check(limit as never, value as never, schema as Json, at);
  });
}
