/** Lines of a screen that is 80 columns wide: a title in front, words wrapped behind it. */

export const WIDTH = 80;
/** Columns of the titles. */
export const LABEL = 11;

/**
 * Each text on lines of its own, wrapped, `each` lines of a text at the most and `most` of all; where that is not all there is,
 * the last line says where it is.
 */
export function section(title: string, texts: readonly string[], most: number, each: number = most): string[] {
  const all = texts.map((text) => wrapped(plain(text), WIDTH - LABEL));
  const lines = all.flatMap((of) => shortened(of, each, '…'));
  return shortened(lines, most, '… (all: --json)').map((line, at) =>
    `${(at === 0 ? title : '').padEnd(LABEL)}${line}`.trimEnd(),
  );
}

/** No more lines than `most`; the last of them ends with `mark` where lines are left out. */
function shortened(lines: readonly string[], most: number, mark: string): readonly string[] {
  if (lines.length <= most) return lines;
  const last = lines[most - 1] ?? '';
  const room = WIDTH - LABEL - mark.length - 1;
  // No half of a word, where there is a whole one before it.
  const kept = last.length <= room ? last : last.slice(0, room + 1).replace(/(\S)\s+\S*$/, '$1');
  return [...lines.slice(0, most - 1), `${kept.slice(0, room).replace(/[\s…]+$/, '')} ${mark}`];
}

/** Broken between words; a word that is too long by itself is cut. Lines after the first are indented. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words(text)) {
    const room = lines.length === 0 ? width : width - 2;
    if (line === '') line = word;
    else if (line.length + word.length < room) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
    line = cut(line, room);
  }
  return [...lines, line].map((each, at) => (at === 0 ? each : `  ${each}`));
}

/** Runs of blanks that align a row belong to the word before them. */
function words(text: string): string[] {
  return (
    text.match(/\S+(?: {2,}(?=\S))?/g)?.reduce<string[]>((all, part) => {
      const last = all.at(-1);
      if (last?.endsWith('  ')) all[all.length - 1] = `${last}${part}`;
      else all.push(part);
      return all;
    }, []) ?? []
  );
}

export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

export function cell(text: string, width: number): string {
  return cut(text, width).padEnd(width);
}

/** Nothing that a host says may steer the terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a host says may hold anything.
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
