/**
 * A process that makes one part, for tests with several of them: `fill.ts PLACE MODE JOURNAL`. Each filling notes a line
 * in the journal. Mode `hang` never ends: it waits to be killed in the middle, with a child that holds the lock too or not.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { complete } from '../../../setup/store.ts';

const [place = '', mode = '', journal = ''] = process.argv.slice(2);

await complete(place, async ({ into, lock }) => {
  writeFileSync(join(into, 'half'), 'made by half');
  if (mode === 'hang-with-child') {
    const child = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', lock.descriptor], detached: true });
    appendFileSync(journal, `child ${child.pid}\n`);
  }
  appendFileSync(journal, 'fills\n');
  await pause(mode === 'quick' ? 300 : 600_000);
  writeFileSync(join(into, 'whole'), 'made');
});
process.stdout.write('done\n');
