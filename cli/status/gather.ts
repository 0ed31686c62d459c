/** Everything that a status is made of, asked at once: nodes and controller over SSH, the API by the stack's kubeconfig. */
import { UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { wayTo } from '../../components/endpoint.ts';
import type { Live } from '../../kubespray/live/index.ts';
import { readFacts } from '../../kubespray/plan/index.ts';
import {
  type ApiSeen,
  type Gathered,
  type Known,
  type NodeSeen,
  type RunSeen,
  readNodeSeen,
  statusProbe,
} from '../../kubespray/status/index.ts';
import { onController } from '../live/controller.ts';
import { plannedOf } from '../live/planned.ts';
import { readLiveFacts } from '../live/read.ts';
import { type Run, runsOn } from '../live/runs.ts';
import { all } from '../ssh/all.ts';
import { exec } from '../ssh/exec.ts';
import { Jumps } from '../ssh/jumps.ts';

/** The longest that is waited: for a connection, for what a node says of itself, and for each source as a whole, in seconds. */
export interface Patience {
  readonly connect: number;
  readonly node: number;
  readonly source: number;
}
const PATIENCE: Patience = { connect: 6, node: 10, source: 30 };

export interface Sources {
  /** Text of the kubeconfig. @throws UserError where there is none */
  readonly kubeconfig: () => Promise<string>;
  readonly secrets: boolean;
  readonly lab: boolean;
}

/** Never throws for what is wrong with the cluster: what could not be read says why. */
export async function gather(
  cluster: Cluster,
  { kubeconfig, secrets, lab }: Sources,
  say: (line: string) => void,
  patience: Patience = PATIENCE,
): Promise<Gathered> {
  const whole = <T>(ask: () => Promise<Known<T>>) => within(patience.source, ask);
  const live = whole(() => liveOf(cluster, patience.connect));
  const [nodes, api, facts, runs, steps] = await Promise.all([
    nodesSeen(cluster, patience),
    whole(() => apiOf(kubeconfig, say)),
    live,
    whole(() => runsOf(cluster, patience.connect)),
    whole(async () => stepsOf(cluster, await live, secrets)),
  ]);
  return { nodes, api, live: facts, runs, steps, lab };
}

/** Every node at once; each has its own time. */
async function nodesSeen(cluster: Cluster, patience: Patience): Promise<Gathered['nodes']> {
  const jumps = new Jumps();
  try {
    const seen = await all(cluster.nodes, async (node) => {
      const ask = () => nodeSeen(node, jumps, patience);
      return [node.name, await within(patience.connect + patience.node + 1, ask)] as const;
    });
    return Object.fromEntries(seen);
  } finally {
    await jumps.close();
  }
}

async function nodeSeen(node: Cluster['nodes'][number], jumps: Jumps, patience: Patience): Promise<Known<NodeSeen>> {
  const connected = await jumps.connect(wayTo(node), patience.connect);
  if (!connected.ok) return { unknown: connected.finding.message };
  const { client } = connected;
  try {
    const { stdout, stderr } = await exec(client, 'sh -s', { stdin: statusProbe(node), seconds: patience.node });
    const value = readNodeSeen(stdout);
    if (value !== undefined) return { value };
    const said = (stderr || stdout).split('\n').findLast((line) => line.trim() !== '');
    return { unknown: `it could not tell of itself: ${(said ?? 'it said nothing').slice(0, 200)}` };
  } finally {
    client.end();
  }
}

async function apiOf(kubeconfig: () => Promise<string>, say: (line: string) => void): Promise<Known<ApiSeen>> {
  const text = await kubeconfig();
  const [{ apiServerOf }, { apiSeen }] = await Promise.all([import('../reach/api-server.ts'), import('./api.ts')]);
  return { value: await apiSeen(await apiServerOf(text), say) };
}

async function liveOf(cluster: Cluster, seconds: number): Promise<Known<Live>> {
  const read = await readLiveFacts(cluster, seconds);
  return read.ok ? { value: read.live } : { unknown: messages(read.findings) };
}

async function runsOf(cluster: Cluster, seconds: number): Promise<Known<RunSeen[]>> {
  try {
    return { value: (await onController(cluster, runsOn, seconds)).map(runSeen) };
  } catch (error) {
    const none = error instanceof UserError && error.findings.every(({ code }) => code === 'no-runner');
    if (none) return { value: [] };
    throw error;
  }
}

function runSeen({ run, state, since, attempts, result }: Run): RunSeen {
  const times = attempts.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]));
  const spent = times.length === 0 ? {} : { seconds: times.reduce((sum, each) => sum + each, 0) };
  return { run, state, since, ...spent, ...(result?.message ? { message: result.message } : {}) };
}

/** What an `up` would do, from what the controller remembers. */
async function stepsOf(cluster: Cluster, live: Known<Live>, secrets: boolean): Promise<Known<number>> {
  if ('unknown' in live) return live;
  const applied = readFacts(JSON.stringify(live.value.applied));
  return { value: (await plannedOf(cluster, applied, secrets)).plan.steps.length };
}

/** What comes of it in time. A bug stays one. */
async function within<T>(seconds: number, ask: () => Promise<Known<T>>): Promise<Known<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Known<T>>((resolve) => {
    timer = setTimeout(() => resolve({ unknown: `no answer within ${seconds} s` }), seconds * 1000);
  });
  try {
    return await Promise.race([ask().catch(reason), late]);
  } finally {
    clearTimeout(timer);
  }
}

function reason(error: unknown): { readonly unknown: string } {
  if (error instanceof UserError) return { unknown: messages(error.findings) };
  // What a connection says that is lost; anything else is a mistake of ours.
  if (error instanceof Error && /lost|no answer|ECONN|ETIMEDOUT|EPIPE|not connected/i.test(error.message))
    return { unknown: error.message };
  throw error;
}

function messages(findings: readonly { readonly message: string }[]): string {
  return findings.map(({ message }) => message).join('; ');
}
