/** `calispray up`: ask the nodes, preview, stop on a violation, carry it out, show the outputs. */
import { carryOut, preflight } from '../carry-out.ts';
import { runInLab } from '../inside.ts';
import { declare, insideLab, open, prepare, progressOf, type StackOptions } from '../open.ts';
import { LAB_STACK } from '../places.ts';
import { previewDocument } from '../plan.ts';
import { exitCodes, terminal } from '../report.ts';

export default async function up(options: StackOptions): Promise<number> {
  const say = progressOf(options);
  const declared = await declare(options);
  if (options.stack === LAB_STACK && !insideLab()) return runInLab(process.argv.slice(2), say);
  const prepared = await prepare(declared, say, true);
  const asked = await preflight(declared, say);
  const opened = await open(prepared);
  const { ok, journal, touched } = await carryOut(opened, say, asked);
  if (options.json === true) {
    const document = { ...previewDocument(options.stack, journal), ok, touched, outputs: journal.outputs };
    terminal.out(JSON.stringify(document, null, 2));
  } else if (ok) {
    const { stringify } = await import('yaml');
    for (const line of stringify(journal.outputs).trimEnd().split('\n')) say(`  ${line}`);
  }
  return ok ? exitCodes.done : exitCodes.finding;
}
