/**
 * Pieces that the checks of resources are put together from. A check says what is wrong, one sentence each, and nothing where all is well.
 *
 * Calico reads resources with Go: a field left out, null, or of a Go value's zero (`''`, `0`, an empty list) is the same, and is not asked
 * further, unless it is a pointer; those remember that they were set (`pointer: true`).
 */
import { type Fields, isFields } from '../raw.ts';

export type Check = (value: unknown, at: string) => readonly string[];
/** What is wrong with a text; undefined where nothing is. */
export type TextTest = (text: string) => string | undefined;

const fine: readonly string[] = [];

export const anything: Check = () => fine;

export const bool: Check = (value, at) =>
  value === undefined || value === null || typeof value === 'boolean' ? fine : [`${at} must be true or false`];

interface Range {
  readonly min?: number;
  readonly max?: number;
  /** 0 is as good as nothing where the field is no pointer. */
  readonly pointer?: boolean;
}

/** A whole number; `min` and `max` belong to it. */
export function int({
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
  pointer = false,
}: Range = {}): Check {
  return (value, at) => {
    if (value === undefined || value === null || (value === 0 && !pointer)) return fine;
    if (typeof value !== 'number' || !Number.isInteger(value)) return [`${at} must be a whole number`];
    return value < min || value > max ? [`${at} must be from ${min} to ${max}, and is ${value}`] : fine;
  };
}

export const float: Check = (value, at) =>
  value === undefined || value === null || typeof value === 'number' ? fine : [`${at} must be a number`];

interface TextOptions {
  readonly pointer?: boolean;
  readonly required?: boolean;
  readonly longest?: number;
}

export function str(options: TextOptions, ...tests: readonly TextTest[]): Check {
  return (value, at) => {
    if (value === undefined || value === null) return options.required === true ? [`${at} must be set`] : fine;
    if (typeof value !== 'string') return [`${at} must be a text`];
    if (value === '' && options.required === true) return [`${at} must be set`];
    if (value === '' && options.pointer !== true) return fine;
    if (options.longest !== undefined && value.length > options.longest) {
      return [`${at} may not be longer than ${options.longest} characters`];
    }
    return tests.flatMap((test) => {
      const wrong = test(value);
      return wrong === undefined ? [] : [`${at}: ${JSON.stringify(value)} ${wrong}`];
    });
  };
}

/** A text in a list; null there is an empty one, and is asked as any other. */
export function entry(...tests: readonly TextTest[]): Check {
  const check = str({ pointer: true }, ...tests);
  return (value, at) => check(value ?? '', at);
}

export const oneOf =
  (...values: readonly string[]): TextTest =>
  (text) =>
    values.includes(text) ? undefined : `is none of ${values.join(', ')}`;

export const like =
  (pattern: RegExp, what: string): TextTest =>
  (text) =>
    pattern.test(text) ? undefined : `is not ${what}`;

interface ListOptions {
  readonly most?: number;
  readonly least?: number;
}

/** An empty list is as good as none. */
export function listOf(item: Check, { most, least }: ListOptions = {}): Check {
  return (value, at) => {
    if (value === undefined || value === null) return fine;
    if (!Array.isArray(value)) return [`${at} must be a list`];
    const found = value.flatMap((one, i) => item(one, `${at}[${i}]`));
    if (value.length > 0 && most !== undefined && value.length > most)
      return [...found, `${at} may have ${most} entries at most`];
    if (value.length > 0 && least !== undefined && value.length < least)
      return [...found, `${at} must have ${least} entries`];
    return found;
  };
}

export const textMap: Check = (value, at) => {
  if (value === undefined || value === null) return fine;
  if (!isFields(value)) return [`${at} must be a map`];
  return Object.entries(value).flatMap(([key, v]) =>
    typeof v === 'string' || v === null ? [] : [`${at}.${key} must be a text`],
  );
};

/** What is wrong with a map as a whole. */
export type Rule = (value: Fields, at: string) => readonly (string | false | undefined)[];

/** Fields that nobody knows are passed over: the API server prunes them. */
export function struct(checks: Readonly<Record<string, Check>>, ...rules: readonly Rule[]): Check {
  return (value, at) => {
    if (value === undefined || value === null) return fine;
    if (!isFields(value)) return [`${at} must be a map`];
    const found = Object.entries(checks).flatMap(([name, check]) => check(value[name], `${at}.${name}`));
    // A rule is about values of the right type, and says nothing more where they are not.
    const more = rules.flatMap((rule) => rule(value, at)).filter((text): text is string => typeof text === 'string');
    return [...found, ...more];
  };
}

/** As `struct`, of a map that Calico looks at even where it is left out. */
export function always(check: Check): Check {
  return (value, at) => check(value ?? {}, at);
}

/** Several checks of one value. */
export function all(...checks: readonly Check[]): Check {
  return (value, at) => checks.flatMap((check) => check(value, at));
}
