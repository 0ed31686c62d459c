import { Composer, type CST, Lexer, Parser, type YAMLError } from 'yaml';
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

  const control = controlCharacter(text);
  if (control !== undefined) return refuse(control);
  const tokens = tokensOf(text);
  if (!Array.isArray(tokens)) return refuse(tokens);
  const options = { schema: 'core', resolveKnownTags: false, uniqueKeys: false, prettyErrors: false } as const;
  const [document, second] = new Composer(options).compose(tokens, true, text.length);
  if (document === undefined) throw new Error('the composer gives a document even of an empty text');
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) return refuse(...firstOf(errors, (offset) => place(offset).line));
  if (second !== undefined) {
    const hint = 'Keep one document in the file: take out the lines `---` that follow it.';
    return refuse(problem('two-documents', second.range[0], 'a second document begins here', hint));
  }
  const root = document.contents;
  const { value, problems } = valuesOf(root);
  if (problems.length > 0) return refuse(...problems);
  if (!isRecord(value)) return refuse(noMapping(value, root?.range?.[0] ?? 0));

  let offsets: ReadonlyMap<string, number> | undefined;
  return {
    ok: true,
    source: {
      file,
      value,
      place(path, base = '') {
        offsets ??= valuesOf(root).offsets;
        let at = [base, path].filter((part) => part !== '').join('.');
        while (at !== '' && !offsets.has(at)) at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0));
        return place(offsets.get(at) ?? root?.range?.[0] ?? 0);
      },
    },
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
