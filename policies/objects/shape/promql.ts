/**
 * PromQL, as far as its tokens tell: texts that do not end, brackets that do not match, operators without a second side, two names with
 * nothing between them. Whether a function is there, and takes what it is given, is not looked into.
 */

const token =
  /\s+|#[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`|\d[\w.]*|\.\d\w*|[a-zA-Z_][\w:.]*|=~|!~|==|!=|>=|<=|[-+*/%^=<>(){}[\],:@]/y;
const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const words = /^(and|or|unless|atan2|by|without|on|ignoring|group_left|group_right|bool|offset)$/i;
const between = /^(=~|!~|==|!=|>=|<=|[-+*/%^=<>@]|and|or|unless|atan2|offset)$/i;
const unary = /^[-+]$/;

/** What is wrong with an expression; undefined where nothing is seen. */
export function promqlError(expression: string): string | undefined {
  const tokens = tokensOf(expression);
  if (typeof tokens === 'string') return tokens;
  if (tokens.length === 0) return 'it is empty';
  const open: string[] = [];
  let before: string | undefined;
  for (const here of tokens) {
    if (/^[([{]$/.test(here)) open.push(here);
    if (here in pairs && open.pop() !== pairs[here]) return `unexpected ${here}`;
    const wrong = besides(before, here);
    if (wrong !== undefined) return wrong;
    before = here;
  }
  const last = open.at(-1);
  if (last !== undefined) return `unclosed ${last}`;
  return before !== undefined && between.test(before) ? `nothing follows ${before}` : undefined;
}

function tokensOf(expression: string): string[] | string {
  const tokens: string[] = [];
  for (let at = 0; at < expression.length; ) {
    token.lastIndex = at;
    const found = token.exec(expression)?.[0];
    if (found === undefined) {
      const char = expression.slice(at, at + 1);
      return /["'`]/.test(char)
        ? `the text that begins with ${expression.slice(at, at + 12)} does not end`
        : `unexpected ${JSON.stringify(char)}`;
    }
    if (!/^(\s|#)/.test(found)) tokens.push(found);
    at += found.length;
  }
  return tokens;
}

/** Two tokens that cannot stand beside each other. */
function besides(before: string | undefined, here: string): string | undefined {
  const operator = between.test(here) && !unary.test(here);
  const opens =
    before === undefined || /^[([,]$/.test(before) || (between.test(before) && !/^(=|offset)$/i.test(before));
  if (operator && opens && !words.test(here)) return `unexpected ${here}`;
  if (before !== undefined && between.test(before) && /^[)\]},]$/.test(here)) return `nothing follows ${before}`;
  return isPlain(before) && isPlain(here) ? `unexpected ${here} behind ${before}` : undefined;
}

function isPlain(token: string | undefined): boolean {
  return token !== undefined && /^[\w."'`]/.test(token) && !words.test(token);
}
