/** The pods' matrix: from inside each pod, real packets to every other one. */
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError, run } from './command.ts';
import { readIfThere } from './state.ts';

/** What the playbook writes on each node to /run/calispray-lab/pods.json. */
const Pods = z.array(
  z.strictObject({
    /** `namespace/name` */
    name: z.string().min(1),
    /** Path on the node of the pod's network namespace. */
    netns: z.string().regex(/^\/run\/netns\/[A-Za-z0-9._-]+$/),
    address: z.ipv4(),
  }),
);

export interface Reach {
  readonly from: string;
  readonly to: string;
  readonly ok: boolean;
}

interface Pod {
  readonly name: string;
  readonly address: string;
  /** First process of the pod's node. */
  readonly node: number;
  readonly netns: string;
}

/** Pings between all pods of the nodes with these first processes; a node the playbook was not on has none. */
export async function probe(nodes: readonly number[]): Promise<Reach[]> {
  const pods = nodes.flatMap(podsOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  const pairs = pods.flatMap((from) => pods.filter((to) => to !== from).map((to) => [from, to] as const));
  return await Promise.all(
    pairs.map(async ([from, to]) => ({ from: from.name, to: to.name, ok: await pings(from, to.address) })),
  );
}

function podsOf(node: number): Pod[] {
  const path = `/proc/${node}/root/run/calispray-lab/pods.json`;
  const text = readIfThere(path);
  if (text === undefined) return [];
  const parsed = Pods.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${path} is not a list of pods: ${z.prettifyError(parsed.error)}`);
  return parsed.data.map((pod) => ({ ...pod, node }));
}

/** One answer within two seconds, from the pod's network and with the node's own ping(8). */
async function pings(from: Pod, address: string): Promise<boolean> {
  const pod = join(`/proc/${from.node}/root`, from.netns);
  const ping = ['ping', '-n', '-q', '-c', '1', '-i', '0.2', '-w', '2', address];
  try {
    await run('nsenter', ['--target', String(from.node), '--mount', `--net=${pod}`, '--', ...ping], { timeout: 4_000 });
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}
