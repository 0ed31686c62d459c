/**
 * A selector cut into tokens (Calico v3.32.1 libcalico-go/lib/selector/tokenizer/tokenizer.go). What is a word depends on what stands
 * before it: after a label comes an operator, so a label may well be called `in` or `contains`.
 */

export type Token = { readonly kind: 'label' | 'string' | 'has'; readonly value: string } | { readonly kind: Sign };

type Operator = '==' | '!=' | 'contains' | 'starts with' | 'ends with' | 'in' | 'not in';
type Sign = Operator | '(' | ')' | '{' | '}' | ',' | '!' | '&&' | '||' | 'all' | 'global' | 'end';

/** Longer than any label of Kubernetes (253 + 1 + 63), as inherited labels carry a prefix. */
const LONGEST_LABEL = 512;

/** A mistake in a selector; thrown inside this folder, a value outside. */
export class SelectorError extends Error {}

/** Longest first where one begins like another. */
const signs: readonly Sign[] = ['==', '!=', '&&', '||', '(', ')', '{', '}', ',', '!'];
const operators: readonly (readonly [Operator, RegExp])[] = [
  ['contains', /contains/y],
  // Upstream takes blanks or none: `notin` and `startswith` are operators too.
  ['starts with', /starts[ \t]*with[ \t]*/y],
  ['ends with', /ends[ \t]*with[ \t]*/y],
  ['not in', /not[ \t]*in[ \t]*/y],
  ['in', /in/y],
];
const labelPattern = /[A-Za-z0-9_./-]+/y;
/** Blanks and tabs alone: a newline, as a YAML block brings it, is an error. */
const blanks = /[ \t]*/y;

/** @throws SelectorError */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const label = (): string => {
    const found = take(labelPattern);
    if (found === undefined) throw new SelectorError(`expected a label at ${quoted(text.slice(at))}`);
    if (found.length > LONGEST_LABEL) throw new SelectorError(`the label ${found.slice(0, 40)}… is too long`);
    return found;
  };
  const close = (word: string): void => {
    take(blanks);
    if (text[at] !== ')') throw new SelectorError(`no ) after ${word}(`);
    at++;
  };

  for (;;) {
    take(blanks);
    if (at >= text.length) return [...tokens, { kind: 'end' }];
    const sign = signs.find((s) => text.startsWith(s, at));
    const quote = text[at];
    if (sign !== undefined) {
      at += sign.length;
      tokens.push({ kind: sign });
    } else if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, at + 1);
      if (end < 0) throw new SelectorError(`the text ${text.slice(at)} has no end`);
      tokens.push({ kind: 'string', value: text.slice(at + 1, end) });
      at = end + 1;
    } else if (quote === '=' || quote === '&' || quote === '|') {
      throw new SelectorError(`expected ${quote}${quote}, not a single ${quote}`);
    } else if (tokens.at(-1)?.kind === 'label') {
      const operator = operators.find(([, pattern]) => takenWord(pattern, text, at));
      if (operator === undefined) throw new SelectorError(`expected an operator at ${quoted(text.slice(at))}`);
      take(operator[1]);
      tokens.push({ kind: operator[0] });
    } else if (text.startsWith('has(', at)) {
      at += 4;
      take(blanks);
      const value = label();
      close('has');
      tokens.push({ kind: 'has', value });
    } else if (text.startsWith('all(', at)) {
      at += 4;
      close('all');
      tokens.push({ kind: 'all' });
    } else if (text.startsWith('global(', at)) {
      at += 7;
      close('global');
      tokens.push({ kind: 'global' });
    } else tokens.push({ kind: 'label', value: label() });
  }
}

/** Whether the operator stands there as a word of its own. */
function takenWord(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  return found !== undefined && !/[A-Za-z0-9_./-]/.test(text[at + found.length] ?? '');
}

function quoted(rest: string): string {
  return rest === '' ? 'the end' : JSON.stringify(rest.length > 30 ? `${rest.slice(0, 30)}…` : rest);
}
