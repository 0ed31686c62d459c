import { StringDecoder } from 'node:string_decoder';

/** Longest line that is shown, in characters; the official provider's reader stops for good at 64 KiB, and the command hangs. */
const longestLine = 4_096;

/** Cuts a stream of bytes into lines; a line that is too long is shown by its beginning. Holds at most one line in memory. */
export class LineLog {
  readonly #show: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #line = '';
  #cut = false;

  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  write(chunk: Buffer): void {
    const parts = this.#decoder.write(chunk).split('\n');
    for (const [index, part] of parts.entries()) {
      if (index > 0) this.#finish();
      this.#append(part);
    }
  }

  end(): void {
    this.#append(this.#decoder.end());
    if (this.#line !== '') this.#finish();
  }

  #append(part: string): void {
    const room = longestLine - this.#line.length;
    if (part.length > room) this.#cut = true;
    this.#line += part.slice(0, room);
  }

  #finish(): void {
    this.#show(this.#cut ? `${this.#line} … (line cut here)` : this.#line.replace(/\r$/, ''));
    this.#line = '';
    this.#cut = false;
  }
}
