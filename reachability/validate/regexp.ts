/**
 * Regular expressions as Go reads them (RE2; Go 1.25 regexp/syntax/parse.go with the flags of regexp.Compile). JavaScript's own take things
 * that Go refuses (looking around, references back, `\_`), and refuse things that Go takes (`(?i)`, `\Q…\E`, `[[:alpha:]]`, `\z`).
 */

/** What Go says about it; undefined where it compiles. */
export function regexpError(text: string): string | undefined {
  try {
    new Reader(text).whole();
    return undefined;
  } catch (error) {
    if (error instanceof Wrong) return error.message;
    throw error;
  }
}

class Wrong extends Error {}

/** As much of an expression as the limit on repetitions within repetitions asks about. */
interface Node {
  /** How often at most, of `{2,5}`; 0 where it is no repetition of that kind. */
  readonly times: number;
  readonly inner: readonly Node[];
}

const LEAF: Node = { times: 0, inner: [] };
const MOST_TIMES = 1000;
const DEEPEST = 1000;

class Reader {
  readonly #text: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = [...text];
  }

  whole(): void {
    this.#alternatives();
    if (this.#at < this.#text.length) throw new Wrong('unexpected )');
  }

  /** Up to the end, or the bracket that closes the group. */
  #alternatives(): Node[] {
    if (++this.#depth > DEEPEST) throw new Wrong('expression nests too deeply');
    const all: Node[] = [];
    let branch: Node[] = [];
    let repeated = false;
    while (this.#at < this.#text.length && this.#peek() !== ')') {
      const begin = this.#at;
      const char = this.#next();
      const times = this.#repetition(char, begin);
      if (times !== undefined) {
        const written = this.#from(begin);
        if (repeated) throw new Wrong(`invalid nested repetition operator: \`${written}\``);
        const last = branch.pop();
        if (last === undefined) throw new Wrong(`missing argument to repetition operator: \`${written}\``);
        const node = { times, inner: [last] };
        if (times > 1 && !isSmallEnough(node, MOST_TIMES)) throw new Wrong(`invalid repeat count: \`${written}\``);
        branch.push(node);
        repeated = true;
        continue;
      }
      repeated = false;
      if (char === '|') {
        all.push(...branch);
        branch = [];
      } else branch.push(...this.#operand(char));
    }
    this.#depth--;
    return [...all, ...branch];
  }

  /** How often at most, with 0 for `*`, `+` and `?`; undefined where the character repeats nothing. */
  #repetition(char: string, begin: number): number | undefined {
    let times: number | undefined;
    if (char === '*' || char === '+' || char === '?') times = 0;
    if (char === '{') {
      const found = /^(\d+)(?:(,)(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 30).join(''));
      // A bracket that begins no count stands for itself; so does one with a leading zero.
      if (found === null || [found[1], found[3]].some((digits) => /^0\d/.test(digits ?? ''))) return undefined;
      const [whole, least = '', comma, most = ''] = found;
      this.#at += whole.length;
      const [low, high] = [Number(least), comma === undefined ? Number(least) : most === '' ? -1 : Number(most)];
      if (low > MOST_TIMES || high > MOST_TIMES || (high >= 0 && low > high))
        throw new Wrong(`invalid repeat count: \`${this.#from(begin)}\``);
      times = high < 0 ? low : high;
    }
    if (times !== undefined && this.#peek() === '?') this.#at++;
    return times;
  }

  #operand(char: string): Node[] {
    if (char === '(') return this.#group();
    if (char === '[') {
      this.#charClass();
      return [LEAF];
    }
    if (char !== '\\') return [LEAF];
    const escaped = this.#peek();
    if (escaped === 'Q') {
      const rest = this.#text.slice(this.#at + 1).join('');
      const end = rest.indexOf('\\E');
      const quoted = end === -1 ? rest : rest.slice(0, end);
      this.#at += 1 + [...quoted].length + (end === -1 ? 0 : 2);
      return quoted === '' ? [] : [LEAF];
    }
    if (escaped !== undefined && 'AbBz'.includes(escaped)) this.#at++;
    else if (!this.#namedClass()) this.#escape();
    return [LEAF];
  }

  #group(): Node[] {
    if (this.#peek() === '?' && !this.#groupBegins()) return [];
    const inner = this.#alternatives();
    if (this.#peek() !== ')') throw new Wrong(`missing closing ): \`${this.#text.join('')}\``);
    this.#at++;
    return [{ times: 0, inner }];
  }

  /** Behind `(?`: a name, or flags; false where the flags are for what follows, and no group begins. */
  #groupBegins(): boolean {
    const rest = this.#text.slice(this.#at).join('');
    const name = /^\?P?<([^>=!]*)>/.exec(rest);
    if (name !== null) {
      const [whole, own = ''] = name;
      if (!/^\w+$/.test(own)) throw new Wrong(`invalid named capture: \`(${whole}\``);
      this.#at += [...whole].length;
      return true;
    }
    const flags = /^\?(?:[imsU]*|[imsU]*-[imsU]+)([:)])/.exec(rest);
    if (flags === null) throw new Wrong(`invalid or unsupported Perl syntax: \`(${rest.slice(0, 2)}\``);
    this.#at += flags[0].length;
    return flags[1] === ':';
  }

  #charClass(): void {
    const begin = this.#at - 1;
    if (this.#peek() === '^') this.#at++;
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#peek() === undefined) throw new Wrong(`missing closing ]: \`${this.#from(begin)}\``);
      if (this.#posixClass()) continue;
      if (this.#peek() === '\\' && this.#escapedClass()) continue;
      const start = this.#at;
      const low = this.#classChar(begin);
      if (this.#peek() !== '-' || this.#text[this.#at + 1] === ']' || this.#text[this.#at + 1] === undefined) continue;
      this.#at++;
      if (this.#classChar(begin) < low) throw new Wrong(`invalid character class range: \`${this.#from(start)}\``);
    }
    this.#at++;
  }

  #posixClass(): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 20).join('');
    if (!rest.startsWith('[:')) return false;
    const name = /^\[:(.*?):\]/.exec(rest);
    if (name === null) return false;
    if (!posix.has((name[1] ?? '').replace(/^\^/, '')))
      throw new Wrong(`invalid character class range: \`${name[0]}\``);
    this.#at += name[0].length;
    return true;
  }

  #escapedClass(): boolean {
    this.#at++;
    if (this.#namedClass()) return true;
    this.#at--;
    return false;
  }

  #classChar(begin: number): number {
    const char = this.#peek();
    if (char === undefined) throw new Wrong(`missing closing ]: \`${this.#from(begin)}\``);
    this.#at++;
    return char === '\\' ? this.#escape() : (char.codePointAt(0) as number);
  }

  /** Behind a backslash: `d`, `pL`, `p{Greek}`. */
  #namedClass(): boolean {
    const char = this.#peek() ?? '';
    if (char !== '' && 'dDsSwW'.includes(char)) {
      this.#at++;
      return true;
    }
    if (char !== 'p' && char !== 'P') return false;
    const rest = this.#text.slice(this.#at + 1).join('');
    const found = /^(?:\{([^}]*)\}|([^{]))/su.exec(rest);
    const name = (found?.[1] ?? found?.[2] ?? '').replace(/^\^/, '');
    if (found === null || !isUnicodeClass(name))
      throw new Wrong(`invalid character class range: \`\\${char}${rest.slice(0, 12)}\``);
    this.#at += 1 + [...found[0]].length;
    return true;
  }

  /** Behind a backslash: one character, by its code point. */
  #escape(): number {
    const char = this.#peek();
    if (char === undefined) throw new Wrong('trailing backslash at end of expression');
    const rest = this.#text.slice(this.#at, this.#at + 12).join('');
    // One digit alone would refer back.
    const octal = /^(?:[1-7][0-7]{1,2}|0[0-7]{0,2})/.exec(rest);
    if (octal !== null) return this.#take(octal[0], Number.parseInt(octal[0], 8));
    const hex = /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/.exec(rest);
    const code = hex === null ? undefined : Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    if (hex !== null && code !== undefined && code <= 0x10ffff) return this.#take(hex[0], code);
    const control = 'aftnrv'.includes(char);
    const isPunctuation = (char.codePointAt(0) as number) < 0x80 && !/[0-9A-Za-z]/.test(char);
    if (!control && !isPunctuation) throw new Wrong(`invalid escape sequence: \`\\${char}\``);
    return this.#take(char, control ? (controls[char] as number) : (char.codePointAt(0) as number));
  }

  #take(text: string, code: number): number {
    this.#at += text.length;
    return code;
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #next(): string {
    return this.#text[this.#at++] as string;
  }

  #from(begin: number): string {
    return this.#text.slice(begin, this.#at).join('');
  }
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };
const posix: ReadonlySet<string> = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
);

/** repeatIsValid: no more than a thousand of anything, however the counts are nested. */
function isSmallEnough({ times, inner }: Node, most: number): boolean {
  if (times > most) return false;
  const left = times > 0 ? Math.floor(most / times) : most;
  return inner.every((each) => isSmallEnough(each, left));
}

/** Categories (`L`, `Letter`) and scripts (`Greek`); since Go 1.25 in any case. */
function isUnicodeClass(name: string): boolean {
  if (!/^\w+$/.test(name)) return false;
  const written = name.toLowerCase().replaceAll(/(?:^|_)[a-z]/g, (part) => part.toUpperCase());
  if (['Any', 'Ascii', 'Assigned', 'Lc'].includes(written)) return true;
  return isProperty(`gc=${written}`) || isProperty(`sc=${written}`);
}

function isProperty(text: string): boolean {
  try {
    return new RegExp(`\\p{${text}}`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
