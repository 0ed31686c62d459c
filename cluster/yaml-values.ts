import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode, type Scalar } from 'yaml';
import { nearest } from './nearest.ts';
import { isUnprintable, type Problem, problem } from './text.ts';

/** How deep maps and lists may lie in each other: reading, judging and rendering recurse as deep as the file does. */
export const DEEPEST = 64;
/** Nobody reads more at once. */
const MOST_PROBLEMS = 50;
/** Values that aliases may stand for, all together: far more than a person repeats, far less than a bomb makes. */
const MOST_BY_ALIAS = 50_000;

/** A whole number as YAML 1.2 writes it. */
const WHOLE = /^[-+]?([0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;

interface Values {
  /** What the nodes say; aliases are filled in, each with a copy of its own. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Path (`nodes.homelab.roles[0]`) → where it stands in the text: a key, or the entry of a list. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** From the nodes of a document to plain values, each key once. */
export function valuesOf(root: ParsedNode | null): Values {
  const walk = new Walk();
  const value = walk.value(root, '', 0);
  return { value, problems: walk.problems, offsets: walk.offsets };
}

class Walk {
  readonly problems: Problem[] = [];
  readonly offsets = new Map<string, number>();
  /** Anchors so far, in the order of the document: an alias means the last one before it. */
  readonly #anchors = new Map<string, Node>();
  /** What each alias meant where it is written: its anchor may stand for something else by the time it is repeated. */
  readonly #targets = new Map<Node, Node>();
  /** What the walk is inside of. */
  readonly #open = new Set<Node>();
  /** How many values aliases have stood for. */
  #aliased = 0;
  /** How many aliases the walk is inside of. */
  #inAlias = 0;

  value(node: unknown, path: string, depth: number): unknown {
    if (isAlias(node)) return this.#alias(node, path, depth);
    if (this.#inAlias > 0 && ++this.#aliased > MOST_BY_ALIAS) return null;
    if (isScalar(node)) return this.#scalar(node, path);
    if (!isMap(node) && !isSeq(node)) return null;
    if (node.anchor !== undefined && this.#inAlias === 0) this.#anchors.set(node.anchor, node);
    if (depth >= DEEPEST) {
      if (this.problems.length < MOST_PROBLEMS) this.problems.push(tooDeep(offsetOf(node, node), path));
      return null;
    }
    this.#open.add(node);
    const value = isSeq(node)
      ? node.items.map((item, i) => {
          const at = `${path}[${i}]`;
          this.offsets.set(at, offsetOf(item, node));
          return this.value(item, at, depth + 1);
        })
      : this.#map(node.items, path, depth, node);
    this.#open.delete(node);
    return value;
  }

  #map(pairs: readonly Pair[], path: string, depth: number, map: Node): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    const first = new Map<string, number>();
    for (const pair of pairs) {
      const offset = offsetOf(pair.key, map);
      const key = this.#key(pair.key, path, offset);
      if (key === undefined) continue;
      const at = path === '' ? key : `${path}.${key}`;
      const before = first.get(key);
      if (before !== undefined) {
        const message = `the key “${shown(key)}” is there twice`;
        const hint = 'Keep one of the two: the other would be lost without a word.';
        this.#say({ ...problem('duplicate-key', offset, message, hint, at), also: before });
        continue;
      }
      first.set(key, offset);
      this.offsets.set(at, offset);
      value[key] = this.value(pair.value, at, depth + 1);
    }
    return value;
  }

  /** A key as text, as it is written: `010`, `true`. */
  #key(node: unknown, path: string, offset: number): string | undefined {
    const wrong = (code: string, message: string, hint: string) => {
      this.#say(problem(code, offset, message, hint, path));
      return undefined;
    };
    if (!isScalar(node) || node.value === null) {
      return wrong(
        'bad-key',
        'a key is no text',
        'Write a word before the colon: a list, a map, an alias or nothing is no key.',
      );
    }
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    if (key === '<<' && node.type === 'PLAIN') {
      return wrong(
        'merge-key',
        'YAML 1.2 has no merge keys (`<<`)',
        'Write the fields out; an alias may stand for a whole value.',
      );
    }
    if (key === '__proto__' || isUnprintable(key)) {
      return wrong('bad-key', `“${shown(key)}” cannot be a key`, 'Choose another name.');
    }
    return key;
  }

  #scalar(node: Scalar, path: string): unknown {
    if (node.anchor !== undefined && this.#inAlias === 0) this.#anchors.set(node.anchor, node);
    const { value } = node;
    if (typeof value === 'string' && isUnprintable(value)) {
      return this.#wrong(node, path, 'control-character', 'a control character stands in this text', 'Take it out.');
    }
    if (typeof value === 'number' && !Number.isSafeInteger(value) && WHOLE.test(node.source ?? '')) {
      const hint = 'Put it in quotes if it is a text of digits.';
      return this.#wrong(node, path, 'number-too-large', 'this number has more digits than can be kept', hint);
    }
    return value;
  }

  #alias(alias: Node & { source: string }, path: string, depth: number): unknown {
    const target = this.#targets.get(alias) ?? this.#anchors.get(alias.source);
    if (target === undefined) {
      if (this.problems.length >= MOST_PROBLEMS) return null;
      const near = nearest(alias.source, [...this.#anchors.keys()]);
      const hint =
        near === undefined ? `Write &${shown(alias.source)} before the value that is meant.` : `Did you mean *${near}?`;
      return this.#wrong(
        alias,
        path,
        'unknown-anchor',
        `no anchor “${shown(alias.source)}” stands before this alias`,
        hint,
      );
    }
    if (this.#open.has(target)) {
      return this.#wrong(
        alias,
        path,
        'alias-loop',
        `the alias *${shown(alias.source)} stands inside of what it means`,
        'Write the value out.',
      );
    }
    this.#targets.set(alias, target);
    const bombed = this.#aliased > MOST_BY_ALIAS;
    this.#inAlias += 1;
    const value = bombed ? null : this.value(target, path, depth);
    this.#inAlias -= 1;
    if (!bombed && this.#aliased > MOST_BY_ALIAS && this.#inAlias === 0) {
      const message = `the aliases up to here stand for more than ${MOST_BY_ALIAS} values`;
      return this.#wrong(
        alias,
        path,
        'alias-bomb',
        message,
        'Write out what is meant: aliases of aliases grow without bounds.',
      );
    }
    return value;
  }

  #wrong(node: Node, path: string, code: string, message: string, hint: string): null {
    this.#say(problem(code, node.range?.[0] ?? 0, message, hint, path));
    return null;
  }

  /** What is wrong in a value that an alias stands for was said where it is written. */
  #say(found: Problem): void {
    if (this.#inAlias === 0 && this.problems.length < MOST_PROBLEMS) this.problems.push(found);
  }
}

export function tooDeep(offset: number, path = ''): Problem {
  const hint = 'Nothing that a cluster needs lies so deep: look for a bracket that is not closed.';
  return problem('too-deep', offset, `maps and lists lie more than ${DEEPEST} deep in each other here`, hint, path);
}

function offsetOf(node: unknown, around: Node): number {
  const range = (node as Partial<Node> | null)?.range;
  return range?.[0] ?? around.range?.[0] ?? 0;
}

/** Short, and harmless to a terminal. */
function shown(given: string): string {
  const text = given.replace(/[\p{Cc}\p{Cs}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
