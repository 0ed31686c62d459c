/**
 * What Ansible makes of a value in an INI inventory: a Python literal (ast.literal_eval) where it is one, else text as
 * it stands (ansible-core 2.18 plugins/inventory/ini.py _parse_value). So `1` is a number and `true` is text.
 */
export function pythonLiteral(text: string): unknown {
  const tokens = text.length > LONGEST ? undefined : tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return text;
  const state = { tokens, next: 0 };
  try {
    const value = literal(state, 0);
    return state.next === tokens.length ? value : text;
  } catch (error) {
    if (error instanceof NoLiteral) return text;
    throw error;
  }
}

/** Letters; what is longer is no value that anybody has written. */
const LONGEST = 20_000;

class NoLiteral extends Error {}

type Token = { readonly mark: string } | { readonly text: string } | { readonly value: unknown };

const NAMES: ReadonlyMap<string, unknown> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
] as [string, unknown][]);

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const pattern =
    /\s*(?:#.*$|([[\](){},:])|([uUrR]?)(?:'''([\s\S]*?)'''|"""([\s\S]*?)"""|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")|([-+]?0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)(?![\w.]))|([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(True|False|None)(?!\w))/y;
  let place = 0;
  while (text.slice(place).trim() !== '') {
    pattern.lastIndex = place;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    place = pattern.lastIndex;
    const [, mark, prefix = '', ...rest] = match;
    const [based, number, name] = rest.slice(4);
    const quoted = rest.slice(0, 4).find((part) => part !== undefined);
    if (mark !== undefined) tokens.push({ mark });
    else if (quoted !== undefined) tokens.push({ text: /[rR]/.test(prefix) ? quoted : unescaped(quoted) });
    else if (based !== undefined) tokens.push({ value: signed(based) });
    else if (number !== undefined) {
      // Python takes no number that begins with 0.
      if (/^[-+]?0\d/.test(number) && !number.includes('.')) return undefined;
      tokens.push({ value: Number(number.replaceAll('_', '')) });
    } else if (name !== undefined) tokens.push({ value: NAMES.get(name) });
  }
  return tokens;
}

/** JavaScript reads `0x1f`, and no sign before it. */
function signed(text: string): number {
  return text.startsWith('-') ? -Number(text.slice(1)) : Number(text.replace('+', ''));
}

function unescaped(text: string): string {
  const letters: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
  return text.replace(/\\(.)/g, (whole, letter: string) => letters[letter] ?? (/[\\'"]/.test(letter) ? letter : whole));
}

interface State {
  readonly tokens: readonly Token[];
  next: number;
}

function literal(state: State, depth: number): unknown {
  const token = state.tokens[state.next++];
  if (token === undefined || depth > 32) throw new NoLiteral();
  if ('value' in token) return token.value;
  if ('text' in token) return token.text + textsAfter(state);
  if (token.mark === '[') return items(state, ']', depth);
  if (token.mark === '(') return tuple(state, depth);
  if (token.mark === '{') return Object.fromEntries(entries(state, depth));
  throw new NoLiteral();
}

/** Texts side by side are one. */
function textsAfter(state: State): string {
  let text = '';
  for (let token = state.tokens[state.next]; token && 'text' in token; token = state.tokens[++state.next])
    text += token.text;
  return text;
}

/** A tuple, or a value in brackets. */
function tuple(state: State, depth: number): unknown {
  const before = state.next;
  if (!takes(state, ')')) {
    const value = literal(state, depth + 1);
    if (takes(state, ')')) return value;
  }
  state.next = before;
  return items(state, ')', depth);
}

function items(state: State, end: string, depth: number): unknown[] {
  const found: unknown[] = [];
  while (!takes(state, end)) {
    found.push(literal(state, depth + 1));
    if (takes(state, end)) break;
    if (!takes(state, ',')) throw new NoLiteral();
  }
  return found;
}

function entries(state: State, depth: number): [string, unknown][] {
  const found: [string, unknown][] = [];
  while (!takes(state, '}')) {
    const key = literal(state, depth + 1);
    if (!takes(state, ':')) throw new NoLiteral();
    found.push([String(key), literal(state, depth + 1)]);
    if (takes(state, '}')) break;
    if (!takes(state, ',')) throw new NoLiteral();
  }
  return found;
}

function takes(state: State, mark: string): boolean {
  const token = state.tokens[state.next];
  if (token === undefined || !('mark' in token) || token.mark !== mark) return false;
  state.next++;
  return true;
}
