/**
 * `npm run test:faults`: every fault, injected and survived. With `--record`, docs/faults.md is written from it. Further arguments are parts
 * of file names (`workstation`).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { document } from '../../support/faults/document.ts';
import { readResults, resultsVariable } from '../../support/faults/results.ts';
import { groups } from './all.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const words = process.argv.slice(2);
const recording = words.includes('--record');
const named = words.filter((word) => word !== '--record').map((word) => `integration/faults/${word}`);

const folder = mkdtempSync(join(tmpdir(), 'calispray-faults-'));
const results = join(folder, 'results');
const only = named.length > 0 ? named : ['integration/faults/'];
const child = spawn(process.execPath, [join(root, 'tests/run.ts'), 'integration', ...only], {
  env: { ...process.env, [resultsVariable]: results },
  stdio: 'inherit',
});
child.once('exit', (code) => {
  // A page of a run that failed would say of a fault that it was survived.
  if (recording && code === 0) {
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(join(root, 'docs/faults.md'), document(groups, readResults(results), date));
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
