/** A step of a verdict for people: which rule, as its author numbered it, and what it says. */
import {
  type Direction,
  objectNamed,
  type Resource,
  ruleNamed,
  type Side,
  type Step,
} from '../../reachability/index.ts';

const done = { allow: 'allowed', deny: 'denied', pass: 'passed on' } as const;

export interface Words {
  /** `allowed by ingress[0].from[1] of NetworkPolicy production/web (tier default)`. */
  readonly said: string;
  /** `NetworkPolicy production/web`. */
  readonly object: string;
  /** `ingress[0].from[1]`; absent at the end of a tier, and of a profile. */
  readonly field?: string;
  /** What the rule says. */
  readonly text?: string;
}

/** The same few steps are told again and again. */
const told = new WeakMap<Step, Words>();

export function stepWords(step: Step, direction: Direction, resources: readonly Resource[]): Words {
  const known = told.get(step) ?? wordsOf(step, direction, resources);
  told.set(step, known);
  return known;
}

function wordsOf(step: Step, direction: Direction, resources: readonly Resource[]): Words {
  const { kind, tier, index, action, policy } = step;
  const object = objectNamed(step);
  if (kind === 'Profile') return { said: `${done[action]} by the profile ${policy}: no policy is for it`, object };
  if (index < 0) return { said: `${done[action]} at the end of tier ${tier}, where ${object} is for it`, object };
  const { field = `rule ${index}`, text } = ruleNamed(resources, direction, step) ?? {};
  const said = `${done[action]} by ${field} of ${object} (tier ${tier})`;
  return { said, object, field, ...(text !== undefined && { text }) };
}

/** The step that decided, in words; undefined where nothing polices this side, or it depends. */
export function decided(side: Side, direction: Direction, resources: readonly Resource[]): string | undefined {
  const last = side.trace.at(-1);
  return last === undefined || side.verdict === 'depends' ? undefined : stepWords(last, direction, resources).said;
}

/** What a verdict depends on, with the rule that asks named as its author numbered it; the engine names it by its own number. */
export function doubtWords(doubt: string, direction: Direction, resources: readonly Resource[]): string {
  const [, what, index, kind = '', policy = ''] = /^(.*) \(rule (\d+) of (\S+) (\S+)\)$/.exec(doubt) ?? [];
  if (what === undefined) return doubt;
  const step = { kind, policy, index: Number(index) };
  const { field = `rule ${index}` } = ruleNamed(resources, direction, step) ?? {};
  return `${what} (${field} of ${objectNamed(step)})`;
}
