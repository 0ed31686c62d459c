/**
 * `npm test`: every test, the unit tests first. `tests/run.ts unit` and `tests/run.ts integration` run one half; further
 * arguments are parts of file names. Two files run at a time, each in a process of its own: the integration tests wait
 * for real machines most of the time. Ends with one plain line: N passed, N failed, N skipped.
 */
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reportError } from '../cli/report.ts';
import { preparePrerequisites } from './support/prerequisites.ts';

// A log is read without a terminal; `CI=true` alone would have it coloured. Mocha looks once, when it is loaded.
if (!process.stdout.isTTY) process.env.NO_COLOR = '1';
const { default: Mocha } = await import('mocha');

const root = fileURLToPath(new URL('..', import.meta.url));
const [half = 'all', ...only] = process.argv.slice(2);
/** What takes longest begins first, so that nothing long is left over for one process at the end. */
const longest = [
  'faults/workstation',
  'day-two',
  'faults/controller',
  'lab-kubespray',
  'day-two-commands',
  'main-job',
  'lab-hosts',
  'providers/kubernetes',
  'engine',
  'sudo-and-agent',
];

const place = (file: string) => {
  const found = longest.findIndex((name) => file.endsWith(`/${name}.test.ts`));
  return found === -1 ? longest.length : found;
};
const files = globSync('tests/**/*.test.ts', { cwd: root })
  .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
  .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
const isIntegration = (file: string) => file.startsWith('tests/integration/');

const count = { passed: 0, failed: 0, skipped: 0 };

function run(chosen: readonly string[]): Promise<void> {
  const mocha = new Mocha({
    timeout: 120_000,
    reporter: 'spec',
    parallel: chosen.length > 1,
    jobs: 2,
  });
  for (const file of chosen) mocha.addFile(fileURLToPath(new URL(`../${file}`, import.meta.url)));
  return new Promise((done, failed) => {
    const begin = () => {
      mocha
        .run(() => done())
        .on('pass', () => (count.passed += 1))
        .on('fail', () => (count.failed += 1))
        .on('pending', (test) => {
          count.skipped += 1;
          process.stdout.write(`skipped: ${test.fullTitle()}\n`);
        });
    };
    if (chosen.length > 1) begin();
    else mocha.loadFilesAsync().then(begin, failed);
  });
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
process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
// A run without a test proves nothing. What is left open (a socket, a child) must not keep the process.
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);
