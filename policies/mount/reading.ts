/** An inventory as the rules see it, and what each of them could not judge for want of a value. */
import type { Finding } from '../../cluster/finding.ts';
import { complete, type Rule, type Subject } from '../rules/subject.ts';
import { isTemplate } from '../rules/variables.ts';
import { knownIn, PLACEHOLDER } from './known.ts';

/** Why a rule had nothing to say of a field. */
export type Want = 'unknown' | 'template' | 'failed';

export class Reading {
  /** Complete; what is unknown in it throws NotKnown when read, unknown variables are templates. */
  readonly subject: Subject;
  /** Codes of the policies that were asked about this resource. */
  readonly asked = new Set<string>();
  /** Field → why, and the rules that wanted it. */
  readonly wanting = new Map<string, { why: Want; rules: Set<string>; said?: string }>();
  private readonly variables: Readonly<Record<string, unknown>>;
  private enumerating = false;
  private rule = '';

  constructor(inputs: Readonly<Record<string, unknown>>) {
    const { value, unknown } = knownIn(inputs);
    const whole = complete(value as Partial<Subject>);
    for (const path of unknown) mark(whole, path);
    this.variables = whole.variables;
    // Nothing to watch in most: a thousand hosts are then read without a proxy in between.
    this.subject = unknown.length > 0 || hasTemplate(whole) ? this.watched(whole, []) : whole;
  }

  /** What the rule has against it. A rule that throws, or meets what cannot be known, has nothing, and that is noted. */
  judge(rule: Rule): Finding[] {
    this.rule = rule.code;
    this.enumerating = false;
    try {
      return rule.judge(this.subject);
    } catch (error) {
      if (!(error instanceof NotKnown)) this.note(`rule ${rule.code}`, 'failed', String(error));
      return [];
    }
  }

  /** Whether the variable is known only after the `up`, or a template. */
  isUnknown(name: string): boolean {
    return (this.variables as unknown) === UNKNOWN || isTemplate(this.variables[name]);
  }

  private note(field: string, why: Want, said?: string): void {
    const known = this.wanting.get(field) ?? { why, rules: new Set<string>(), ...(said === undefined ? {} : { said }) };
    known.rules.add(this.rule);
    this.wanting.set(field, known);
  }

  private watched<T extends object>(target: T, path: string[]): T {
    return new Proxy(target, {
      get: (object, key) => {
        const value: unknown = Reflect.get(object, key);
        if (typeof key === 'symbol' || !Object.hasOwn(object, key)) return value;
        const here = [...path, key];
        if (value === UNKNOWN) {
          this.note(fieldOf(here), 'unknown');
          throw new NotKnown(fieldOf(here));
        }
        if (isTemplate(value)) this.noteTemplate(here, value);
        return typeof value === 'object' && value !== null ? this.watched(value, here) : value;
      },
      ownKeys: (object) => {
        if (isVariables(path)) this.enumerating = true;
        return Reflect.ownKeys(object);
      },
    });
  }

  /** A rule over every variable judges what is written, and a template is written; an unknown value is not there at all. */
  private noteTemplate(path: readonly string[], value: unknown): void {
    if (path[0] === 'paths' || path[0] === 'files') return;
    const field = isVariables(path.slice(0, 1)) ? (path[1] as string) : fieldOf(path);
    if (value === PLACEHOLDER) this.note(field, 'unknown');
    else if (!this.enumerating) this.note(field, 'template');
  }
}

/** Thrown where a rule reads what cannot be known yet. */
export class NotKnown extends Error {
  readonly field: string;

  constructor(field: string) {
    super(`${field} is not known`);
    this.field = field;
  }
}

const UNKNOWN = Symbol('unknown');

/** Marks what is unknown in a completed subject. A variable with an unknown part is a template as a whole, and a field's name does without. */
function mark(whole: Subject, path: readonly string[]): void {
  const [top, name] = path;
  if (name !== undefined && (top === 'variables' || top === 'extraVars')) {
    (whole[top] as Record<string, unknown>)[name] = PLACEHOLDER;
    return;
  }
  if (top === 'paths') {
    if (name !== undefined) delete (whole.paths as Record<string, string>)[name];
    return;
  }
  let value: unknown = whole;
  for (const [i, key] of path.entries()) {
    if (typeof value !== 'object' || value === null) return;
    // Where a map stood in the place of a list, the completed subject has an empty list, and no field of the map is in it.
    if (Array.isArray(value) && !/^\d+$/.test(key)) return;
    const inner = (value as Record<string, unknown>)[key];
    if (i === path.length - 1 || typeof inner !== 'object' || inner === null) {
      (value as Record<string, unknown>)[key] = UNKNOWN;
      return;
    }
    value = inner;
  }
}

/** Whether it is the path of variables: of the group_vars, or of what is passed with `-e`. */
function isVariables(path: readonly string[]): boolean {
  return path.length === 1 && (path[0] === 'variables' || path[0] === 'extraVars');
}

function hasTemplate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isTemplate(value);
  return Object.values(value).some(hasTemplate);
}

/** `hosts[0].address` */
function fieldOf(path: readonly string[]): string {
  return path.map((key, i) => (/^\d+$/.test(key) ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}
