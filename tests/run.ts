/**
 * `npm test`: every test, unit first, in one mocha run. `tests/run.ts unit` and `tests/run.ts integration` run one half;
 * further arguments are parts of file names. Ends with one plain line: N passed, N failed, N skipped.
 */
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';
import { reportError } from '../cli/report.ts';
import { preparePrerequisites } from './support/prerequisites.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const [half = 'all', ...only] = process.argv.slice(2);

const files = globSync('tests/**/*.test.ts', { cwd: root })
  .filter((file) => half === 'all' || file.startsWith('tests/integration/') === (half === 'integration'))
  .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
  .sort(
    (a, b) =>
      Number(a.startsWith('tests/integration/')) - Number(b.startsWith('tests/integration/')) || (a < b ? -1 : 1),
  );

if (files.some((file) => file.startsWith('tests/integration/'))) {
  try {
    await preparePrerequisites();
  } catch (error) {
    process.exit(reportError(error, false));
  }
}

const mocha = new Mocha({ timeout: 120_000, reporter: 'spec', color: process.stdout.isTTY });
for (const file of files) mocha.addFile(fileURLToPath(new URL(`../${file}`, import.meta.url)));
await mocha.loadFilesAsync();

let passed = 0;
let failed = 0;
let skipped = 0;
mocha
  .run((failures) => {
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    // A run without a test proves nothing. What is left open (a socket, a child) must not keep the process.
    process.exit(failures > 0 || failed > 0 || passed === 0 ? 1 : 0);
  })
  .on('pass', () => (passed += 1))
  .on('fail', () => (failed += 1))
  .on('pending', (test) => {
    skipped += 1;
    process.stdout.write(`skipped: ${test.fullTitle()}\n`);
  });
