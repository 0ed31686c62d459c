/** `calispray refresh`: what is really there, read into the state. */
import { follow } from '../carry-out.ts';
import { runInLab } from '../inside.ts';
import { declare, insideLab, open, prepare, progressOf, type StackOptions } from '../open.ts';
import { LAB_STACK } from '../places.ts';
import { previewDocument } from '../plan.ts';
import { exitCodes, terminal } from '../report.ts';

export default async function refresh(options: StackOptions): Promise<number> {
  const say = progressOf(options);
  const declared = await declare(options);
  if (options.stack === LAB_STACK && !insideLab()) return runInLab(process.argv.slice(2), say);
  const { session } = await open(await prepare(declared, say, true));
  const journal = await follow(say, (tell) => session.refresh(tell));
  if (options.json === true) terminal.out(JSON.stringify(previewDocument(options.stack, journal), null, 2));
  return exitCodes.done;
}
