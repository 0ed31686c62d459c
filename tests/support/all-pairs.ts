/** Every pod of a world asked about every other, as the digest was recorded: the large world of tests/conformance, and the bench on it. */
import { createHash } from 'node:crypto';
import type { Resource, World } from '../../reachability/index.ts';

/** `namespace/name`, in the order of the recorded lines: those are sorted whole, so a name is followed by a blank. */
export function podsIn(resources: readonly Resource[]): string[] {
  return resources
    .filter(({ kind }) => kind === 'Pod')
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    .sort((a, b) => (`${a} ` < `${b} ` ? -1 : 1));
}

/** Each pair by itself on tcp/80, with its explanation; lines go into the digest by the source, so that none is kept. */
export function allPairs(world: World, pods: readonly string[]): { allowed: number; digest: string } {
  const digest = createHash('sha256');
  let allowed = 0;
  for (const src of pods) {
    let lines = '';
    for (const dst of pods) {
      if (src === dst) continue;
      const answer = world.ask({ src, dst, proto: 'tcp', port: 80 });
      const verdict = answer.ok ? answer.verdict.verdict : answer.error;
      if (verdict === 'allow') allowed += 1;
      lines += `${src} ${dst} ${verdict}\n`;
    }
    digest.update(lines);
  }
  return { allowed, digest: digest.digest('hex') };
}
