/** `calispray follow`: the run at work on the controller, or the last one, told from anywhere until it ends. */
import { clusterIn, inLabWhereItIs } from '../live/command.ts';
import { onController } from '../live/controller.ts';
import { followInWords, followRun } from '../live/follow.ts';
import { runNamed, runsOn } from '../live/runs.ts';
import { progressOf, type StackOptions } from '../open.ts';
import { exitCodes, terminal } from '../report.ts';

export default async function follow(options: StackOptions & { run?: string }): Promise<number> {
  const inside = await inLabWhereItIs(options);
  if (inside !== undefined) return inside;
  const { cluster } = await clusterIn(options);
  const say = progressOf(options);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      say('The run goes on without you.');
      process.exit(exitCodes.interrupted);
    });
  }
  return onController(cluster, async (controller) => {
    const runs = await runsOn(controller);
    if (runs.length === 0) {
      terminal.out(options.json === true ? JSON.stringify({ ok: true, run: null }) : 'There was no run yet.');
      return exitCodes.done;
    }
    const chosen =
      options.run === undefined
        ? (runs.findLast(({ state }) => state === 'running') ?? runs.at(-1))
        : runNamed(runs, options.run);
    const run = chosen === undefined ? {} : { run: chosen.run };
    // One document a line: it is read while it grows.
    const ended =
      options.json === true
        ? await followRun(controller, (event) => terminal.out(JSON.stringify(event)), run)
        : await followInWords(controller, say, run);
    return ended?.outcome === 'succeeded' ? exitCodes.done : exitCodes.finding;
  });
}
