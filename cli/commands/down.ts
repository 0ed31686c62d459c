/** `calispray down`: destroys the stack; the lab's stack goes together with the lab. */
import { confirm } from '../ask.ts';
import { follow } from '../carry-out.ts';
import { runInside } from '../inside.ts';
import { declare, insideLab, open, prepare, progressOf, type StackOptions } from '../open.ts';
import { LAB_STACK, labName } from '../places.ts';
import { previewDocument } from '../plan.ts';
import { exitCodes, terminal } from '../report.ts';
import { bringTools } from '../tools.ts';

export default async function down(options: StackOptions & { yes?: boolean }): Promise<number> {
  const say = progressOf(options);
  if (options.stack === LAB_STACK && !insideLab()) return downLab(options, say);
  const declared = await declare(options);
  if (options.stack !== LAB_STACK && options.yes !== true) {
    if (!(await confirm(`Destroy every resource of stack ${options.stack}?`))) return exitCodes.finding;
  }
  const { session } = await open(await prepare(declared, say, true));
  const journal = await follow(say, (tell) => session.destroy(tell));
  if (options.json === true) terminal.out(JSON.stringify(previewDocument(options.stack, journal), null, 2));
  return exitCodes.done;
}

/** The stack first, as on a real cluster; and where it cannot be (a node killed, the API gone), the lab with its state all the same. */
async function downLab(options: StackOptions, say: (line: string) => void): Promise<number> {
  const { labDown, labStatus } = await import('../../lab/index.ts');
  const { up, lab } = labStatus(labName());
  if (up && lab !== undefined) {
    const code = await runInside(lab, await bringTools('engine'), process.argv.slice(2));
    if (code === exitCodes.interrupted) return code;
    if (code !== exitCodes.done)
      say("The stack could not be destroyed by itself; its resources and its state go with the lab's hosts.");
  }
  const removed = await labDown({ name: labName(), report: say });
  if (options.json === true) terminal.out(JSON.stringify({ ok: true, removed }, null, 2));
  return exitCodes.done;
}
