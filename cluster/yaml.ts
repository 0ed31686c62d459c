import { type Document as Composed, Composer, type CST, Lexer, type ParsedNode, Parser, type YAMLError } from 'yaml';
import type { Finding, Place } from './finding.ts';
import { isRecord } from './raw.ts';
import { controlCharacter, findingsFrom, type Problem, placesIn, problem } from './text.ts';
import { DEEPEST, tooDeep, valuesOf } from './yaml-values.ts';

/** What a YAML file says, and where it says it. */
export interface Source {
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  /**
   * Where `path` (`network.pool.cidr`, `nodes.homelab.roles[0]`) stands, or the nearest thing around it. A path counts
   * from `base`: `config.calispray:cluster` in a stack's file.
   */
  place(path: string, base?: string): Place;
}

export type Read = { ok: true; source: Source } | { ok: false; findings: Finding[] };

/** More pieces (a word, a bracket, an indentation) than ten thousand nodes need; each costs memory. */
const MOST_PIECES = 1_000_000;
/** A broken file is broken in many places after the first one. */
const MOST_SYNTAX = 3;

/**
 * One YAML document into a value, every mistake with its line. Refused is what is no mapping, has a key twice, more than
 * one document, a tag, a merge key, or aliases that grow without bounds; no text makes it throw. `file` is how findings
 * name the file.
 */
export function readYaml(text: string, file: string): Read {
  const place = placesIn(text, file);
  const refuse = (...problems: Problem[]): Read => ({ ok: false, findings: findingsFrom(problems, place) });

  const documents = composed(text);
  if (!Array.isArray(documents)) return refuse(documents);
  const [document, second] = documents as [Document, ...Document[]];
  const errors = errorsOf(document);
  if (errors.length > 0) return refuse(...firstOf(errors, (offset) => place(offset).line));
  if (second !== undefined) {
    const hint = 'Keep one document in the file: take out the lines `---` that follow it.';
    return refuse(problem('two-documents', second.range?.[0] ?? 0, 'a second document begins here', hint));
  }
  const root = document.contents;
  const { value, problems } = valuesOf(root);
  if (problems.length > 0) return refuse(...problems);
  if (!isRecord(value)) return refuse(noMapping(value, root?.range?.[0] ?? 0));
  return { ok: true, source: { file, value, place: placer(root, place) } };
}

/** A document among others: any value, and where it says it. */
export interface DocumentSource extends Omit<Source, 'value'> {
  readonly value: unknown;
}

/** Every document of a file that says anything, in order; the same is refused as by readYaml, but for their number and shape. */
export function readDocuments(
  text: string,
  file: string,
): { ok: true; documents: DocumentSource[] } | { ok: false; findings: Finding[] } {
  const place = placesIn(text, file);
  const refuse = (problems: Problem[]) => ({ ok: false as const, findings: findingsFrom(problems, place) });

  const documents = composed(text);
  if (!Array.isArray(documents)) return refuse([documents]);
  const errors = documents.flatMap(errorsOf);
  if (errors.length > 0) return refuse(firstOf(errors, (offset) => place(offset).line));
  const roots = documents.map(({ contents }) => contents).filter((root) => root !== null);
  const read = roots.map((root) => ({ root, ...valuesOf(root) }));
  const problems = read.flatMap((one) => one.problems);
  if (problems.length > 0) return refuse(problems);
  return {
    ok: true,
    documents: read
      .filter(({ value }) => value !== null)
      .map(({ root, value }) => ({ file, value, place: placer(root, place) })),
  };
}

type Document = Composed<ParsedNode, true>;

/** The documents of a text, one at least, with their mistakes; or what is wrong with it as a whole. */
function composed(text: string): Document[] | Problem {
  const control = controlCharacter(text);
  if (control !== undefined) return control;
  const tokens = tokensOf(text);
  if (!Array.isArray(tokens)) return tokens;
  const options = { schema: 'core', resolveKnownTags: false, uniqueKeys: false, prettyErrors: false } as const;
  return [...new Composer(options).compose(tokens, true, text.length)] as Document[];
}

function errorsOf({ errors, warnings }: Document): YAMLError[] {
  return [...errors, ...warnings];
}

/** From a path of a value to its place; the paths are looked for when the first one is asked for. */
function placer(root: ParsedNode | null, place: (offset: number) => Place): Source['place'] {
  let offsets: ReadonlyMap<string, number> | undefined;
  return (path, base = '') => {
    offsets ??= valuesOf(root).offsets;
    let at = [base, path].filter((part) => part !== '').join('.');
    while (at !== '' && !offsets.has(at)) at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0));
    return place(offsets.get(at) ?? root?.range?.[0] ?? 0);
  };
}

function noMapping(value: unknown, offset: number): Problem {
  const hint = 'Write keys and values, as Pulumi.dev.yaml does.';
  if (value === null) return problem('empty-file', offset, 'the file holds nothing', hint);
  return problem(
    'no-mapping',
    offset,
    `the file holds ${Array.isArray(value) ? 'a list' : 'a single value'}, no keys`,
    hint,
  );
}

/**
 * The file's tokens. Their nesting and number are watched while they are made, as what comes after recurses into them and
 * keeps them; the first one that fits nowhere ends it.
 */
function tokensOf(text: string): CST.Token[] | Problem {
  const tokens: CST.Token[] = [];
  const parser = new Parser();
  const here = () => Math.min(parser.offset, Math.max(0, text.length - 1));
  let pieces = 0;
  for (const source of new Lexer().lex(text)) {
    for (const token of parser.next(source)) {
      if (token.type === 'error') return notYaml(token.offset, token.message);
      tokens.push(token);
    }
    // The document and a value are open besides the maps and lists.
    if (parser.stack.length > DEEPEST + 2) return tooDeep(here());
    pieces += 1;
    if (pieces > MOST_PIECES) {
      return problem(
        'too-large',
        here(),
        `the file has more than ${MOST_PIECES} pieces up to here`,
        'Split it, or take out what repeats.',
      );
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function notYaml(offset: number, message: string): Problem {
  return problem(
    'not-yaml',
    offset,
    `this is not YAML: ${message}`,
    'Mend the file at that line; what follows it may be right.',
  );
}

/** The first mistake of each line, in the order of the lines. */
function firstOf(errors: readonly YAMLError[], lineOf: (offset: number) => number): Problem[] {
  const seen = new Set<number>();
  const found: Problem[] = [];
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const line = lineOf(error.pos[0]);
    if (seen.has(line)) continue;
    seen.add(line);
    found.push(inOurWords(error));
    if (found.length === MOST_SYNTAX) break;
  }
  return found;
}

function inOurWords({ code, message, pos: [offset] }: YAMLError): Problem {
  switch (code) {
    case 'TAB_AS_INDENT':
      return problem(
        'tab-indent',
        offset,
        'a tab stands where the indentation is',
        'Indent with spaces: YAML takes no tabs there.',
      );
    case 'TAG_RESOLVE_FAILED':
      return problem(
        'bad-tag',
        offset,
        `${message}, which stands for nothing here`,
        'Write the value without a tag; put text in quotes.',
      );
    default:
      return notYaml(offset, message);
  }
}
