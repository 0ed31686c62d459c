/** Every node asked at once, before the engine starts: is it there, is it the one we know, can it carry the cluster? */
import type { Client } from 'ssh2';
import type { Finding } from '../../cluster/finding.ts';
import type { Cluster, Node } from '../../cluster/index.ts';
import { wayTo } from '../../components/endpoint.ts';
import type { NodeFacts } from '../../kubespray/index.ts';
import { all } from './all.ts';
import { closed } from './close.ts';
import { CONNECT_SECONDS } from './connect.ts';
import { Jumps } from './jumps.ts';

/** How long a node may take to describe itself, in seconds. */
const FACTS_SECONDS = 30;

/** What came back from one node. */
type Answer = { readonly node: Node } & (
  | { readonly facts: NodeFacts; readonly at: number }
  | { readonly silent: Finding }
);

/** All findings of all nodes, in the order of the nodes, those that do not answer among them; empty where every one is fit. */
export async function askNodes(
  cluster: Cluster,
  say: (line: string) => void,
  seconds: number = CONNECT_SECONDS,
): Promise<Finding[]> {
  const begun = performance.now();
  const jumps = new Jumps();
  const answers = await all(cluster.nodes, (node) => askNode(node, cluster, jumps, seconds));
  await jumps.close();
  const { judgeNodeFacts } = await import('../../kubespray/index.ts');
  const silent = new Set(answers.flatMap((answer) => ('silent' in answer ? [answer.node.name] : [])));
  const findings = answers.flatMap((answer) =>
    'silent' in answer ? [answer.silent] : judgeNodeFacts(answer.node, cluster, answer.facts, answer.at, silent),
  );
  if (!findings.some((finding) => finding.class !== 'advice')) {
    const names = cluster.nodes.map((node) => node.name);
    const who = names.length > 12 ? `all ${names.length}` : names.join(', ');
    say(`Nodes: ${who} answer and are fit (${since(begun)}).`);
  }
  return once(findings);
}

async function askNode(node: Node, cluster: Cluster, jumps: Jumps, seconds: number): Promise<Answer> {
  const connected = await jumps.connect(wayTo(node), seconds);
  if (!connected.ok) return { node, silent: connected.finding };
  const { client } = connected;
  const { noFacts, nodeProbe, readNodeFacts } = await import('../../kubespray/index.ts');
  try {
    const { stdout, stderr } = await run(client, 'sh -s', nodeProbe(node, cluster, { peers: true }), FACTS_SECONDS);
    const facts = readNodeFacts(stdout);
    if (facts === undefined) return { node, silent: noFacts(node, stderr || stdout) };
    return { node, facts, at: Date.now() };
  } catch (error) {
    return { node, silent: noFacts(node, (error as Error).message) };
  } finally {
    await closed(client);
  }
}

/** What every node behind a jump host says of that host is said once. */
function once(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    ({ code, message }, at) => findings.findIndex((other) => other.code === code && other.message === message) === at,
  );
}

/** Runs a command with `stdin`; rejects where it does not end in time or the connection breaks. */
function run(
  client: Client,
  command: string,
  stdin: string,
  seconds: number,
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    client.on('error', fail);
    client.exec(command, (error, stream) => {
      if (error !== undefined) return fail(error);
      let stdout = '';
      let stderr = '';
      stream.on('data', (chunk: Buffer) => {
        stdout += chunk.toString('utf8');
      });
      stream.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString('utf8');
      });
      stream.on('close', () => {
        clearTimeout(timer);
        resolve({ stdout, stderr });
      });
      stream.end(stdin);
    });
  });
}

function since(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}
