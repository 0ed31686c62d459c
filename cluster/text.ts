import type { Finding, Place } from './finding.ts';

/** Something wrong at a place of a text, before it is a finding with file and line. */
export interface Problem {
  readonly code: string;
  /** As in a finding: `nodes.homelab.roles[0]`. */
  readonly path: string;
  readonly offset: number;
  /** A second place that the message is about; its line is added to it. */
  readonly also?: number;
  readonly message: string;
  readonly hint: string;
}

export function problem(code: string, offset: number, message: string, hint: string, path = ''): Problem {
  return { code, path, offset, message, hint };
}

/** From offsets of a text to places in its file; the lines are counted when the first one is asked for. */
export function placesIn(text: string, file: string): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return { file, line: low + 1, column: offset - (starts[low] as number) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

export function findingsFrom(problems: readonly Problem[], place: (offset: number) => Place): Finding[] {
  return problems.map(({ code, path, offset, also, message, hint }) => ({
    code,
    class: 'refused',
    path,
    message: also === undefined ? message : `${message} (line ${place(also).line})`,
    hint,
    at: place(offset),
  }));
}

/** Bytes as UTF-8 text, without a byte order mark; or the first mistake in them. */
export function decoded(bytes: Uint8Array): { text: string } | { problem: Problem; text: string } {
  const valid = wholePrefix(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, valid));
  if (valid === bytes.length) return { text };
  const byte = bytes[valid]?.toString(16).padStart(2, '0');
  const utf16 = valid === 0 && (bytes[0] === 0xff || bytes[0] === 0xfe);
  return {
    text,
    problem: problem(
      'not-utf8',
      text.length,
      `byte ${valid} (0x${byte}) is not UTF-8${utf16 ? ': the file looks like UTF-16' : ''}`,
      'Save the file as UTF-8.',
    ),
  };
}

/** How many bytes are UTF-8 from the start on: found by halving, as a decoder says only whether it failed. */
function wholePrefix(bytes: Uint8Array): number {
  const decodes = (end: number, stream: boolean) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream });
      return true;
    } catch {
      return false;
    }
  };
  if (decodes(bytes.length, false)) return bytes.length;
  // The longest prefix that could still become UTF-8, and of that what is whole characters.
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (decodes(middle, true)) low = middle;
    else high = middle - 1;
  }
  while (low > 0 && !decodes(low, false)) low -= 1;
  return low;
}

/** Whether YAML, a terminal or Ansible would stumble over a character: a control character, or half of a pair. */
export function isUnprintable(text: string): boolean {
  return CONTROL.test(text) || !text.isWellFormed();
}

/** The first control character of a text. Tab and line breaks are none. */
export function controlCharacter(text: string): Problem | undefined {
  const offset = text.search(CONTROL);
  if (offset === -1) return undefined;
  const code = (text.codePointAt(offset) ?? 0).toString(16).padStart(2, '0');
  return problem(
    'control-character',
    offset,
    `there is a control character (0x${code}) here`,
    'Take it out: a text file has none.',
  );
}

const CONTROL = /[^\P{Cc}\t\n\r\u0085]/u;
