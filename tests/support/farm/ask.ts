/**
 * `node ask.ts TIMES < CLUSTER`: asks every node of the cluster on standard input what `calispray up` asks, so many times,
 * and prints a list of what came of it. A process of its own, since a farm's nodes are reached from its own network alone.
 */
import { text } from 'node:stream/consumers';
import { askNodes } from '../../../cli/ssh/ask.ts';
import type { Finding } from '../../../cluster/finding.ts';
import { clusterOf } from '../stacks.ts';

/** What one round of questions gave. */
export interface Asked {
  readonly findings: readonly Finding[];
  readonly said: readonly string[];
  /** Wall time. */
  readonly seconds: number;
}

const cluster = clusterOf(JSON.parse(await text(process.stdin)));
const asked: Asked[] = [];
for (let left = Number(process.argv[2] ?? 1); left > 0; left--) {
  const said: string[] = [];
  const begun = performance.now();
  const findings = await askNodes(cluster, (line) => said.push(line));
  asked.push({ findings, said, seconds: (performance.now() - begun) / 1000 });
}
process.stdout.write(JSON.stringify(asked));
