/** `calispray runs`: what was carried out on the controller, and how it ended; of one run its summary and the end of its log. */
import { clusterIn, inLabWhereItIs } from '../live/command.ts';
import { onController } from '../live/controller.ts';
import { logTail, runLines, runNamed, runsLines, runsOn } from '../live/runs.ts';
import type { StackOptions } from '../open.ts';
import { exitCodes, terminal } from '../report.ts';

/** Lines of a log that are shown. */
const TAIL = 40;

export default async function runs(options: StackOptions, word?: string): Promise<number> {
  const inside = await inLabWhereItIs(options);
  if (inside !== undefined) return inside;
  const { cluster } = await clusterIn(options);
  return onController(cluster, async (controller) => {
    const all = await runsOn(controller);
    if (word === undefined) {
      if (options.json === true) terminal.out(JSON.stringify({ ok: true, runs: all }, null, 2));
      else for (const line of runsLines(all)) terminal.out(line);
      return exitCodes.done;
    }
    const run = runNamed(all, word);
    const tail = await logTail(controller, run, TAIL);
    if (options.json === true) terminal.out(JSON.stringify({ ok: true, run, tail }, null, 2));
    else for (const line of [...runLines(run), '', ...tail]) terminal.out(line);
    return exitCodes.done;
  });
}
