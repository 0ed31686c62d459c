/** `calispray down`: destroys the stack, not the cluster it declares; the lab's stack goes together with the lab. */
import { confirm } from '../ask.ts';
import { follow } from '../carry-out.ts';
import { runInside } from '../inside.ts';
import { type Declared, declare, insideLab, open, prepare, progressOf, type StackOptions } from '../open.ts';
import { LAB_STACK, labName } from '../places.ts';
import { previewDocument } from '../plan.ts';
import { exitCodes, terminal } from '../report.ts';
import { bringTools } from '../tools.ts';

export default async function down(options: StackOptions & { yes?: boolean }): Promise<number> {
  const say = progressOf(options);
  if (options.stack === LAB_STACK && !insideLab()) return downLab(options, say);
  const declared = await declare(options);
  const prepared = await prepare(declared, say, true);
  const running = await isRunning(declared);
  const keeps = `The cluster keeps running; \`npx calispray reset --stack ${options.stack}\` is what takes it off its nodes.`;
  if (options.stack !== LAB_STACK && options.yes !== true) {
    if (running) say(`What Calispray made in it goes, policies and pools among them. ${keeps}`);
    if (!(await confirm(`Destroy every resource of stack ${options.stack}?`))) return exitCodes.finding;
  }
  // After a reset nobody answers for the objects of its API any more: they went with it.
  if (!running) process.env.PULUMI_K8S_DELETE_UNREACHABLE = 'true';
  const { session } = await open(prepared);
  const journal = await follow(say, (tell) => session.destroy(tell));
  if (options.json === true) {
    const document = { ...previewDocument(options.stack, journal), clusterRuns: running };
    terminal.out(JSON.stringify(document, null, 2));
  } else if (running && options.stack !== LAB_STACK) say(keeps);
  return exitCodes.done;
}

/** Whether the declared cluster is there, as far as can be told; only an answer from its first control-plane node can deny it. */
async function isRunning({ cluster }: Declared): Promise<boolean> {
  if (cluster === undefined) return true;
  const { readLiveFacts } = await import('../live/read.ts');
  const read = await readLiveFacts(cluster);
  return !read.ok || read.live.cluster !== 'none' || read.live.applied !== null;
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
