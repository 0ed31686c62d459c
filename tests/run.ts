/**
 * `npm test`: every test, the unit tests first. `tests/run.ts unit` and `tests/run.ts integration` run one half; further
 * arguments are parts of file names. One file more than there are processors runs at a time, each in a process of its own:
 * the integration tests wait for real machines part of the time. Ends with one plain line: N passed, N failed, N skipped. With `--record` a run of
 * all writes into costs.json how many seconds each file took.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, freemem, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportError } from '../cli/report.ts';
import { preparePrerequisites } from './support/prerequisites.ts';

// A log is read without a terminal; `CI=true` alone would have it coloured. Mocha looks once, when it is loaded.
if (!process.stdout.isTTY) process.env.NO_COLOR = '1';
const { default: Mocha } = await import('mocha');

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.slice(2).filter((word) => word !== '--record');
const recording = process.argv.includes('--record');
const [half = 'all', ...only] = words;
// What Node compiled of our files and of the SDKs is kept for the processes below, as the command keeps it.
process.env.NODE_COMPILE_CACHE ||= join(
  process.env.CALISPRAY_CACHE || join(homedir(), '.cache', 'calispray'),
  'compiled',
);
// Room for what is young and soon dead: the many short processes of the tests spend a twelfth less on clearing it away.
process.env.NODE_OPTIONS ||= '--max-semi-space-size=32';

/** A lab takes 2 GB of memory where its disks are in memory too. */
const jobs = freemem() > 12 * 2 ** 30 ? Math.min(availableParallelism() + 1, 4) : 2;

const costsFile = new URL('costs.json', import.meta.url);
/** Seconds that the slower files took when they were last recorded. */
const costs = JSON.parse(readFileSync(costsFile, 'utf8')) as Record<string, number>;
const took: Record<string, number> = {};

/** What takes longest begins first, so that nothing long is left over for one process at the end; a new file counts as long. */
const cost = (file: string) => costs[file] ?? (isIntegration(file) ? 30 : 0);
const isIntegration = (file: string) => file.startsWith('tests/integration/');
const files = globSync('tests/**/*.test.ts', { cwd: root })
  .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
  .sort((a, b) => cost(b) - cost(a) || (a < b ? -1 : 1));

const count = { passed: 0, failed: 0, skipped: 0 };

function run(chosen: readonly string[]): Promise<void> {
  const mocha = new Mocha({
    timeout: 120_000,
    reporter: 'spec',
    parallel: chosen.length > 1,
    jobs,
  });
  for (const file of chosen) mocha.addFile(fileURLToPath(new URL(`../${file}`, import.meta.url)));
  return new Promise((done, failed) => {
    const begin = () => {
      mocha
        .run(() => done())
        .on('pass', () => (count.passed += 1))
        .on('fail', () => (count.failed += 1))
        .on('test end', ({ file, duration }) => note(file, duration))
        .on('hook end', ({ file, duration }) => note(file, duration))
        .on('pending', (test) => {
          count.skipped += 1;
          process.stdout.write(`skipped: ${test.fullTitle()}\n`);
        });
    };
    if (chosen.length > 1) begin();
    else mocha.loadFilesAsync().then(begin, failed);
  });
}

function note(file: string | undefined, milliseconds = 0): void {
  if (file === undefined) return;
  const name = file.slice(root.length);
  took[name] = (took[name] ?? 0) + milliseconds / 1000;
}

/** The files that took a second or longer, the longest first. */
function record(): void {
  const slow = Object.entries(took).filter(([, seconds]) => seconds >= 1);
  const sorted = slow.sort(([, a], [, b]) => b - a).map(([file, seconds]) => [file, Math.round(seconds)]);
  writeFileSync(costsFile, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

try {
  const unit = half === 'integration' ? [] : files.filter((file) => !isIntegration(file));
  const integration = half === 'unit' ? [] : files.filter(isIntegration);
  if (unit.length > 0) await run(unit);
  if (integration.length > 0) {
    await preparePrerequisites();
    await run(integration);
  }
} catch (error) {
  process.stdout.write(`\n${count.passed} passed, ${count.failed + 1} failed, ${count.skipped} skipped\n`);
  process.exit(reportError(error, false));
}
if (recording && half === 'all' && only.length === 0 && count.failed === 0) record();
process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
// A run without a test proves nothing. What is left open (a socket, a child) must not keep the process.
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);
