/** `calispray start`: the lab, the reference cluster on it, and one screen that shows what is there. */
import { UserError } from '../../cluster/finding.ts';
import { carryOut, preflight } from '../carry-out.ts';
import { countLine } from '../engine/lines.ts';
import { runInLab } from '../inside.ts';
import { declare, insideLab, open, prepare, type StackOptions } from '../open.ts';
import { LAB_STACK, labName } from '../places.ts';
import { exitCodes, terminal } from '../report.ts';
import { screen } from '../screen.ts';

export default async function start(options: StackOptions): Promise<number> {
  const say = terminal.out;
  if (options.stack !== LAB_STACK) {
    throw UserError.of(
      'start-is-the-lab',
      '',
      `start brings up the lab's stack, not ${options.stack}`,
      `run \`npx calispray up --stack ${options.stack}\``,
    );
  }
  const declared = await declare(options);
  if (!insideLab()) return runInLab(process.argv.slice(2), say);
  const prepared = await prepare(declared, say, true);
  const asked = await preflight(declared, say);
  const opened = await open(prepared);
  const { ok, journal, touched } = await carryOut(opened, say, asked);
  if (!ok || declared.cluster === undefined) return exitCodes.finding;

  const { labStatus, probePods } = await import('../../lab/index.ts');
  const { lab } = labStatus(labName());
  const reached = lab === undefined ? [] : await probePods(lab);
  const headline = countLine(journal, touched ? 'over' : 'planned');
  for (const line of screen(declared.cluster, reached, headline, String(journal.outputs.verified))) say(line);
  return reached.every((each) => each.ok) ? exitCodes.done : exitCodes.finding;
}
