import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar } from 'yaml';
import type { Finding } from '../../cluster/finding.ts';
import { at, type Given } from './given.ts';
import { plainScalar } from './yaml-scalars.ts';

/** A YAML value with the line of each of its parts. */
export type Tree = { readonly line: number } & (
  | { readonly kind: 'map'; readonly pairs: readonly Pair[] }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  | { readonly kind: 'scalar'; readonly value: unknown }
  | { readonly kind: 'vault' }
);

export interface Pair {
  readonly key: string;
  readonly line: number;
  readonly tree: Tree;
}

export interface Read {
  /** Absent where the file cannot be read; empty files are a scalar null. */
  readonly tree?: Tree;
  readonly findings: readonly Finding[];
}

/** More levels than any inventory has. */
const DEPTH = 64;
/** Parts that aliases may stand for, all together: a few lines of anchors can mean billions. */
const ALIASED = 20_000;

/** Ends the reading of a file. */
class Unreadable extends Error {
  readonly code: string;
  readonly line: number;
  readonly hint: string;
  constructor(code: string, line: number, message: string, hint: string) {
    super(message);
    [this.code, this.line, this.hint] = [code, line, hint];
  }
}

/** A file of the inventory as Ansible reads it; whatever the text holds, mistakes are findings with file and line. */
export function readYaml(file: string, text: string): Read {
  const lines = new LineCounter();
  const findings: Finding[] = [];
  try {
    // prettyErrors would quote the text, which may hold a secret; the keys are compared below, where both lines are known.
    const document = parseDocument(text, {
      version: '1.1',
      schema: 'failsafe',
      prettyErrors: false,
      uniqueKeys: false,
      lineCounter: lines,
      logLevel: 'silent',
    });
    const broken = document.errors[0];
    if (broken !== undefined) {
      const line = lines.linePos(broken.pos[0]).line;
      throw new Unreadable('not-yaml', line, `this is not YAML: ${words(broken.code)}`, 'Mend the file at that line.');
    }
    return { tree: walk(document, lines, (line, ...rest) => findings.push(at({ file, line }, ...rest))), findings };
  } catch (error) {
    if (error instanceof Unreadable) {
      findings.push(at({ file, line: error.line }, 'refused', error.code, error.message, error.hint));
      return { findings };
    }
    // The parser calls itself once a level.
    if (error instanceof RangeError) {
      findings.push(
        at({ file, line: 1 }, 'refused', 'too-deep', 'the file is nested too deeply', `Use ${DEPTH} levels at most.`),
      );
      return { findings };
    }
    throw error;
  }
}

type Say = (line: number, cls: Finding['class'], code: string, message: string, hint: string) => void;

function walk(document: Document.Parsed, lines: LineCounter, say: Say): Tree {
  const anchors = new Map<string, Node>();
  let aliased = 0;

  const lineOf = (node: unknown, otherwise: number): number => {
    const range = (node as Node | null)?.range;
    return range ? lines.linePos(range[0]).line : otherwise;
  };

  const tree = (node: unknown, above: number, depth: number, inAlias: boolean): Tree => {
    const line = inAlias ? above : lineOf(node, above);
    if (depth > DEPTH)
      throw new Unreadable('too-deep', line, 'this is nested too deeply', `Use ${DEPTH} levels at most.`);
    if (inAlias && ++aliased > ALIASED) {
      throw new Unreadable('alias-bomb', line, 'the aliases stand for too much', 'Write the values out.');
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) {
        throw new Unreadable('not-yaml', line, 'an alias has no anchor before it', 'Mend the file at that line.');
      }
      return tree(target, line, depth + 1, true);
    }
    if (!inAlias && (isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined)
      anchors.set(node.anchor, node);
    if (isMap(node)) return { kind: 'map', line, pairs: pairs(node.items, line, depth, inAlias) };
    if (isSeq(node)) {
      return { kind: 'list', line, items: node.items.map((item) => tree(item, line, depth + 1, inAlias)) };
    }
    if (isScalar(node)) {
      if (node.tag === '!vault' || node.tag === '!vault-encrypted') return { kind: 'vault', line };
      return { kind: 'scalar', line, value: scalarValue(node) };
    }
    return { kind: 'scalar', line, value: null };
  };

  const pairs = (items: readonly { key: unknown; value: unknown }[], line: number, depth: number, inAlias: boolean) => {
    const found = new Map<string, Pair>();
    const merged: Pair[] = [];
    for (const { key, value } of items) {
      const keyLine = inAlias ? line : lineOf(key, line);
      if (key !== null && !isScalar(key)) {
        throw new Unreadable('not-yaml', keyLine, 'a key is a map, a list or an alias', 'Write a name there.');
      }
      const name = key === null ? 'null' : String(scalarValue(key));
      const below = tree(value, keyLine, depth + 1, inAlias);
      if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) {
        merged.push(...mergedPairs(below));
        continue;
      }
      const before = found.get(name);
      if (before !== undefined) {
        say(
          keyLine,
          'harmful',
          'duplicate-key',
          `${name} is here and in line ${before.line}; the later one counts`,
          'Leave one of them.',
        );
        found.delete(name);
      }
      found.set(name, { key: name, line: keyLine, tree: below });
    }
    for (const pair of merged) if (!found.has(pair.key)) found.set(pair.key, pair);
    return [...found.values()];
  };

  return tree(document.contents, 1, 0, false);
}

function scalarValue(node: Scalar): unknown {
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  return node.type === Scalar.PLAIN && node.tag === undefined ? plainScalar(text) : text;
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

/** A variable of the file. */
export function given(file: string, { line, tree }: Pair): Given {
  return { value: plain(tree), place: { file, line }, vault: holdsVault(tree) };
}

function holdsVault(tree: Tree): boolean {
  if (tree.kind === 'vault') return true;
  if (tree.kind === 'map') return tree.pairs.some((pair) => holdsVault(pair.tree));
  return tree.kind === 'list' && tree.items.some(holdsVault);
}
