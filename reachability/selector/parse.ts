/**
 * The grammar of selectors (Calico v3.32.1 libcalico-go/lib/selector/parser/parser.go):
 *
 *     or  := and ('||' and)*        and := op ('&&' op)*
 *     op  := '!'* ( has(L) | all() | global() | L == S | L != S | L contains S | L starts with S | L ends with S
 *                 | L in {S, …} | L not in {S, …} | '(' or ')' )
 */
import type { Node } from './node.ts';
import { SelectorError, type Token, tokensOf } from './tokens.ts';

export type Parsed = { readonly ok: true; readonly node: Node } | { readonly ok: false; readonly error: string };

/** An empty selector is `all()`. */
export function parseSelector(text: string): Parsed {
  try {
    const reader = new Reader(tokensOf(text));
    return { ok: true, node: reader.peek === 'end' ? { kind: 'all' } : reader.whole() };
  } catch (error) {
    if (error instanceof SelectorError) return { ok: false, error: error.message };
    throw error;
  }
}

/** Deeper than people nest, and not so deep that the stack ends. */
const DEEPEST = 500;

class Reader {
  readonly tokens: readonly Token[];
  at = 0;
  depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get peek(): Token['kind'] {
    return (this.tokens[this.at] ?? { kind: 'end' }).kind;
  }

  is(kind: Token['kind']): boolean {
    return this.peek === kind;
  }

  whole(): Node {
    const node = this.or();
    if (this.peek !== 'end') throw new SelectorError(`unexpected ${this.peek} after the selector's end`);
    return node;
  }

  or(): Node {
    return this.joined('or', '||', () => this.joined('and', '&&', () => this.operation()));
  }

  joined(kind: 'and' | 'or', sign: '&&' | '||', next: () => Node): Node {
    const first = next();
    if (this.peek !== sign) return first;
    const operands = [first];
    while (this.peek === sign) {
      this.at++;
      operands.push(next());
    }
    return { kind, operands };
  }

  /** Any number of `!` is one or none: `!!has(a)` is `has(a)`. */
  operation(): Node {
    let negated = false;
    for (; this.peek === '!'; this.at++) negated = !negated;
    const node = this.simple();
    return negated ? { kind: 'not', operand: node } : node;
  }

  simple(): Node {
    const token = this.tokens[this.at++] as Token;
    switch (token.kind) {
      case 'has':
        return { kind: 'has', label: token.value };
      case 'all':
      case 'global':
        return { kind: token.kind };
      case 'label':
        return this.comparison(token.value);
      case '(': {
        if (++this.depth > DEEPEST) throw new SelectorError('the selector is nested too deeply');
        const inner = this.or();
        this.expect(')');
        this.depth--;
        return inner;
      }
      default:
        throw new SelectorError(`unexpected ${token.kind}`);
    }
  }

  comparison(label: string): Node {
    const operator = this.peek;
    this.at++;
    switch (operator) {
      case '==':
      case '!=':
      case 'contains':
      case 'starts with':
      case 'ends with':
        return { kind: 'compare', label, operator, value: this.string() };
      case 'in':
      case 'not in':
        return { kind: 'set', label, operator, values: this.set() };
      default:
        throw new SelectorError(`expected an operator after the label ${label}, not ${operator}`);
    }
  }

  /** `{}` and a comma before the brace are taken, as upstream takes them. */
  set(): ReadonlySet<string> {
    this.expect('{');
    const values = new Set<string>();
    while (this.is('string')) {
      values.add(this.string());
      if (!this.is(',')) break;
      this.at++;
    }
    this.expect('}');
    return values;
  }

  string(): string {
    const token = this.tokens[this.at] as Token;
    if (token.kind !== 'string') throw new SelectorError(`expected a text in quotes, not ${token.kind}`);
    this.at++;
    return token.value;
  }

  expect(kind: Token['kind']): void {
    if (this.peek !== kind) throw new SelectorError(`expected ${kind}, not ${this.peek}`);
    this.at++;
  }
}
