/** `npm run bench [-- pure|reach|preview|runner|scale|doctor|lab]`. Exits 0 whatever the figures are: they are for reading, and for the closing note. */
import { cpus } from 'node:os';
import { reportError } from '../cli/report.ts';
import { bringTools } from '../cli/tools.ts';
import { benchDoctor } from './doctor.ts';
import { benchLab } from './lab.ts';
import { benchPreview } from './preview.ts';
import { benchPure } from './pure.ts';
import { benchReach } from './reach.ts';
import { benchRunner } from './runner.ts';
import { benchScale } from './scale.ts';

const [only] = process.argv.slice(2);
try {
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}\n`);
  if (only === undefined || only === 'pure') await benchPure();
  if (only === undefined || only === 'reach') await benchReach();
  if (only === undefined || only === 'preview') await benchPreview();
  if (only === undefined || only === 'runner') await benchRunner();
  if (only === undefined || only === 'scale') {
    await bringTools('lab');
    await benchScale();
  }
  if (only === undefined || only === 'doctor') {
    await bringTools('lab');
    await benchDoctor();
  }
  if (only === undefined || only === 'lab') {
    await bringTools('lab');
    await benchLab();
  }
  process.exit(0);
} catch (error) {
  process.exit(reportError(error, false));
}
