/** `calispray refresh`: what is really there, read into the state; and what of the cluster is not as it was carried out, in words. */
import { follow } from '../carry-out.ts';
import { inLabWhereItIs } from '../live/command.ts';
import { driftNow } from '../live/drift.ts';
import { declare, open, prepare, progressOf, type StackOptions } from '../open.ts';
import { previewDocument } from '../plan.ts';
import { CLUSTER_KEY, located } from '../project.ts';
import { exitCodes, findingLines, terminal } from '../report.ts';

export default async function refresh(options: StackOptions): Promise<number> {
  const say = progressOf(options);
  const inside = await inLabWhereItIs(options);
  if (inside !== undefined) return inside;
  const declared = await declare(options);
  const { session } = await open(await prepare(declared, say, true));
  const journal = await follow(say, (tell) => session.refresh(tell));
  // The state knows the objects that Calispray makes; of what kubespray makes it knows that it ran.
  const { cluster, file } = declared;
  const drift = cluster === undefined ? undefined : await driftNow(cluster);
  const findings = located(
    [...(drift?.unread ?? []), ...(drift?.findings ?? [])],
    file.source,
    `config.${CLUSTER_KEY}`,
  );
  if (options.json === true) {
    const document = { ...previewDocument(options.stack, journal), live: drift?.live, drift: findings };
    terminal.out(JSON.stringify(document, null, 2));
  } else {
    if (drift?.line !== undefined) say(drift.line);
    for (const line of findingLines(findings)) say(line);
  }
  return exitCodes.done;
}
