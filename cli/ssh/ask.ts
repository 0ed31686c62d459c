/** Every node asked at once, before the engine starts: is it there, is it the one we know, can it carry the cluster? */
import type { Client } from 'ssh2';
import type { Finding } from '../../cluster/finding.ts';
import type { Cluster, Node } from '../../cluster/index.ts';
import type { NodeFacts } from '../../kubespray/index.ts';
import { type Access, CONNECT_SECONDS, connect } from './connect.ts';

/** How long a node may take to describe itself, in seconds. */
const FACTS_SECONDS = 15;

/** All findings of all nodes, in the order of the nodes; empty where every one is fit. */
export async function askNodes(cluster: Cluster, say: (line: string) => void): Promise<Finding[]> {
  const begun = performance.now();
  const answers = await Promise.all(cluster.nodes.map((node) => askNode(node, cluster)));
  const findings = answers.flat();
  if (!findings.some((finding) => finding.class !== 'advice')) {
    say(`Nodes: ${cluster.nodes.map((node) => node.name).join(', ')} answer and are fit (${since(begun)}).`);
  }
  return findings;
}

async function askNode(node: Node, cluster: Cluster): Promise<Finding[]> {
  const connected = await connect(node, await accessTo(node), CONNECT_SECONDS);
  if (!connected.ok) return [connected.finding];
  const { client } = connected;
  const { judgeNodeFacts, nodeFactsScript } = await import('../../kubespray/index.ts');
  try {
    const { stdout, stderr } = await run(client, `sh -s -- ${node.address}`, nodeFactsScript, FACTS_SECONDS);
    const facts = factsIn(stdout);
    if (facts === undefined) return [noFacts(node, stderr || stdout)];
    return judgeNodeFacts(node, cluster, facts, Date.now());
  } catch (error) {
    return [noFacts(node, (error as Error).message)];
  } finally {
    client.end();
  }
}

/** What the stack says about the way to a node, with its paths as this machine means them. */
async function accessTo(node: Node): Promise<Access> {
  const { expandPath, hostKeyOf } = await import('../../components/connection.ts');
  return {
    hostKey: hostKeyOf(node),
    keyFile: node.ssh.key === undefined ? undefined : expandPath(node.ssh.key),
    agent: node.ssh.agent ? process.env.SSH_AUTH_SOCK : undefined,
  };
}

/** The last line that is JSON: a login banner may come before it. */
function factsIn(stdout: string): NodeFacts | undefined {
  const line = stdout.split('\n').findLast((each) => each.startsWith('{'));
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line) as NodeFacts;
  } catch {
    return undefined;
  }
}

function noFacts(node: Node, said: string): Finding {
  const first = said.split('\n').find((line) => line.trim() !== '') ?? 'it said nothing';
  return {
    code: 'node-facts',
    class: 'refused',
    path: `nodes.${node.name}`,
    message: `${node.name} lets ${node.ssh.user} in but could not describe itself: ${first.slice(0, 200)}`,
    hint: `log in as ${node.ssh.user} and see whether \`sh\` works there`,
  };
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
