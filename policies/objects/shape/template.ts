/** Templates of Go, as far as their brackets and blocks tell (text/template/parse). */

const action = /\{\{((?:"(?:\\.|[^"\\\n])*"|`[^`]*`|(?!\}\})[^"`])*)(\}\})?/gs;

/** What is wrong with a template; undefined where nothing is seen. */
export function templateError(text: string): string | undefined {
  const open: string[] = [];
  for (const [whole, inside = '', end] of text.matchAll(action)) {
    if (end === undefined) return `${whole.slice(0, 20)} is not closed`;
    const said = inside.replace(/^- /, '').replace(/ -$/, '').trim();
    if (/^\/\*/.test(said)) continue;
    if (said === '') return 'an action is empty';
    const word = /^\w+/.exec(said)?.[0] ?? '';
    if (['if', 'range', 'with', 'define', 'block'].includes(word)) open.push(word);
    if (word === 'end' && open.pop() === undefined) return 'there is an end without a beginning';
    if (word === 'else' && open.length === 0) return 'there is an else without an if';
  }
  const last = open.at(-1);
  return last === undefined ? undefined : `${last} has no end`;
}
