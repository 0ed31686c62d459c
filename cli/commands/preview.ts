/** `calispray preview`: what would change, judged by the rules. Touches nothing; asks no node. */
import { runInside } from '../inside.ts';
import { declare, insideLab, open, prepare, progressOf, type StackOptions } from '../open.ts';
import { LAB_STACK, labName } from '../places.ts';
import { mustBeJudged, previewDocument, previewLines, worries } from '../plan.ts';
import { exitCodes, terminal } from '../report.ts';
import { bringTools } from '../tools.ts';

export default async function preview(options: StackOptions): Promise<number> {
  const declared = await declare(options);
  if (options.stack === LAB_STACK && !insideLab() && process.getuid?.() === 0) {
    // A lab that is up holds the stack's state and answers the dry run; without one, everything is still to be made.
    const { labStatus } = await import('../../lab/index.ts');
    const { up, lab } = labStatus(labName());
    if (up && lab !== undefined) return runInside(lab, await bringTools('engine'), process.argv.slice(2));
  }
  const { session } = await open(await prepare(declared, progressOf(options), false));
  const journal = await session.preview(worries(progressOf(options)));
  mustBeJudged(journal);
  if (options.json === true) terminal.out(JSON.stringify(previewDocument(options.stack, journal), null, 2));
  else for (const line of previewLines(journal)) terminal.out(line);
  return journal.mandatory().length === 0 ? exitCodes.done : exitCodes.finding;
}
