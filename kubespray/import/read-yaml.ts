import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, Scalar } from 'yaml';
import type { Finding } from '../../cluster/finding.ts';
import { controlCharacter, findingsFrom, placesIn } from '../../cluster/text.ts';
import { at, type Given, type Place, topOf } from './given.ts';
import { plainScalar } from './yaml-scalars.ts';

/** A YAML value with the place of each of its parts. */
export type Tree = { readonly place: Place } & (
  | { readonly kind: 'map'; readonly pairs: readonly Pair[] }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  | { readonly kind: 'scalar'; readonly value: unknown }
  | { readonly kind: 'vault' }
);

export interface Pair {
  readonly key: string;
  readonly place: Place;
  readonly tree: Tree;
}

export interface Read {
  /** Absent where the file cannot be read; an empty file is a scalar null. */
  readonly tree?: Tree;
  readonly findings: readonly Finding[];
}

/** More levels than any inventory has. */
const DEPTH = 64;
/** Parts that aliases may stand for, all together: a few lines of anchors can mean billions. */
const ALIASED = 20_000;

/** Ends the reading of a file. */
class Unreadable extends Error {
  readonly finding: Finding;
  constructor(code: string, place: Place, message: string, hint: string) {
    super(message);
    this.finding = at(place, 'refused', code, message, hint);
  }
}

/**
 * A file of the inventory as Ansible reads it: YAML 1.1 with merge keys and tags, of a key that is there twice the last.
 * Whatever the text holds, mistakes are findings; none quotes the text, which may hold a secret. (cluster/yaml.ts reads
 * stack files, YAML 1.2, and refuses most of this.)
 */
export function readYaml(file: string, text: string): Read {
  const place = placesIn(text, file);
  const control = controlCharacter(text);
  if (control !== undefined) return { findings: findingsFrom([control], place) };
  const findings: Finding[] = [];
  try {
    const document = parseDocument(text, {
      version: '1.1',
      schema: 'failsafe',
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    });
    const broken = document.errors[0];
    // The parser calls itself once a level.
    if (broken?.code === 'RESOURCE_EXHAUSTION') throw tooDeep(place(broken.pos[0]));
    if (broken !== undefined) {
      const why = words(broken.code);
      throw new Unreadable('not-yaml', place(broken.pos[0]), `this is not YAML: ${why}`, 'Mend the file at that line.');
    }
    return { tree: walk(document, text, place, findings), findings };
  } catch (error) {
    if (error instanceof Unreadable) return { findings: [...findings, error.finding] };
    // The parser calls itself once a level.
    if (error instanceof RangeError) return { findings: [...findings, tooDeep(topOf(file)).finding] };
    throw error;
  }
}

function tooDeep(place: Place): Unreadable {
  return new Unreadable('too-deep', place, 'this is nested too deeply', `Use ${DEPTH} levels at most.`);
}

function walk(document: Document.Parsed, text: string, placeOf: (offset: number) => Place, findings: Finding[]): Tree {
  const anchors = new Map<string, Node>();
  let aliased = 0;

  const of = (node: unknown, otherwise: Place): Place => {
    const range = (node as Node | null)?.range;
    return range ? placeOf(range[0]) : otherwise;
  };

  const tree = (node: unknown, above: Place, depth: number, inAlias: boolean): Tree => {
    const place = inAlias ? above : of(node, above);
    if (depth > DEPTH) throw tooDeep(place);
    if (inAlias && ++aliased > ALIASED) {
      throw new Unreadable('alias-bomb', place, 'the aliases stand for too much', 'Write the values out.');
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) return tree(target, place, depth + 1, true);
      throw new Unreadable('not-yaml', place, 'an alias has no anchor before it', 'Mend the file at that line.');
    }
    if (!inAlias && (isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) {
      anchors.set(node.anchor, node);
    }
    if (isMap(node)) return { kind: 'map', place, pairs: pairs(node.items, place, depth, inAlias) };
    if (isSeq(node)) {
      return { kind: 'list', place, items: node.items.map((item) => tree(item, place, depth + 1, inAlias)) };
    }
    if (!isScalar(node)) return { kind: 'scalar', place, value: null };
    const tab = tabIn(node, text);
    if (tab !== undefined) {
      throw new Unreadable(
        'not-yaml',
        placeOf(tab),
        `this is not YAML: ${words('TAB_AS_INDENT')}`,
        'Use spaces there.',
      );
    }
    if (node.tag === '!vault' || node.tag === '!vault-encrypted') return { kind: 'vault', place };
    return { kind: 'scalar', place, value: scalarValue(node) };
  };

  const pairs = (
    items: readonly { readonly key: unknown; readonly value: unknown }[],
    above: Place,
    depth: number,
    inAlias: boolean,
  ): Pair[] => {
    const found = new Map<string, Pair>();
    const merged: Pair[] = [];
    for (const { key, value } of items) {
      const place = inAlias ? above : of(key, above);
      if (key !== null && !isScalar(key)) {
        throw new Unreadable(
          'not-yaml',
          place,
          'a key is a map, a list or an alias',
          'Write a name there; a template stands between quotes: "{{ … }}".',
        );
      }
      const name = key === null ? 'null' : String(scalarValue(key));
      const below = tree(value, place, depth + 1, inAlias);
      if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) {
        merged.push(...mergedPairs(below));
        continue;
      }
      const before = found.get(name);
      if (before !== undefined) {
        const message = `${name} is here and in line ${before.place.line}; the later one counts`;
        findings.push(at(place, 'harmful', 'duplicate-key', message, 'Leave one of them.'));
        found.delete(name);
      }
      found.set(name, { key: name, place, tree: below });
    }
    for (const pair of merged) if (!found.has(pair.key)) found.set(pair.key, pair);
    return [...found.values()];
  };

  return tree(document.contents, placeOf(0), 0, false);
}

function scalarValue(node: Scalar): unknown {
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  return node.type === Scalar.PLAIN && node.tag === undefined ? plainScalar(text) : text;
}

/** Where a tab goes before the next line of a plain scalar: this parser joins the lines, PyYAML stops. */
function tabIn({ type, range }: Scalar, text: string): number | undefined {
  if (type !== Scalar.PLAIN || !range) return undefined;
  const found = text.slice(range[0], range[1]).search(/\n *\t/);
  return found === -1 ? undefined : range[0] + found + 1;
}

/** What `<<` brings: the first of several maps wins. */
function mergedPairs(tree: Tree): Pair[] {
  if (tree.kind === 'map') return [...tree.pairs];
  return tree.kind === 'list' ? tree.items.flatMap(mergedPairs) : [];
}

/** The parser's reasons, without the text they are about. */
function words(code: string): string {
  const known: Record<string, string> = {
    TAB_AS_INDENT: 'a tab stands where spaces indent',
    MULTIPLE_DOCS: 'it holds more than one document',
    BAD_INDENT: 'the indentation does not fit',
    MISSING_CHAR: 'a bracket, quote or colon is missing',
    UNEXPECTED_TOKEN: 'something stands here that cannot',
    MULTILINE_IMPLICIT_KEY: 'a key goes over several lines',
  };
  return known[code] ?? code.toLowerCase().replaceAll('_', ' ');
}

/** The value by itself. */
export function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case 'map':
      return Object.fromEntries(tree.pairs.map(({ key, tree: below }) => [key, plain(below)]));
    case 'list':
      return tree.items.map(plain);
    case 'scalar':
      return tree.value;
    case 'vault':
      return undefined;
  }
}

/** A variable of a file. */
export function given({ place, tree }: Pair): Given {
  return { value: plain(tree), place, vault: holdsVault(tree) };
}

function holdsVault(tree: Tree): boolean {
  if (tree.kind === 'vault') return true;
  if (tree.kind === 'map') return tree.pairs.some((pair) => holdsVault(pair.tree));
  return tree.kind === 'list' && tree.items.some(holdsVault);
}
