/** Many lines: they go out in blocks, and are out when the promise is kept. A command that ends before its reader has read loses the rest. */
import { terminal } from '../report.ts';

/** Lines that go out in one write. */
const BLOCK = 2000;

export async function print(lines: Iterable<string>): Promise<void> {
  let block: string[] = [];
  for (const line of lines) {
    if (block.push(line) < BLOCK) continue;
    await out(block);
    block = [];
  }
  if (block.length > 0) await out(block);
}

/** A reader that has gone away is no reason to wait: the write fails, and its callback is called all the same. */
function out(block: readonly string[]): Promise<void> {
  terminal.out(block.join('\n'));
  return new Promise((done) => {
    process.stdout.write('', () => done());
  });
}
