/** `calispray show`: the cluster as it comes out, before anything is touched. Reads the stack file alone. */
import { exitCodes, terminal } from '../report.ts';
import { type SpecOptions, specified } from './check.ts';

export default async function show(options: SpecOptions): Promise<number> {
  const cluster = await specified(options);
  const { factsOf } = await import('../show/facts.ts');
  const facts = factsOf(cluster);
  if (options.json === true) {
    terminal.out(JSON.stringify({ ok: true, ...facts }, null, 2));
    return exitCodes.done;
  }
  const { textOf } = await import('../show/text.ts');
  for (const line of textOf(facts, cluster)) terminal.out(line);
  return exitCodes.done;
}
