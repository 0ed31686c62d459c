/** The evidence, asked of nodes and API over SSH: one connection to each node, all at once. Nothing there is changed. */
import type { Client } from 'ssh2';
import type { Cluster, Node } from '../../cluster/index.ts';
import { wayTo } from '../../components/endpoint.ts';
import { answerIn, doctorScript, type Question } from '../../components/remote/doctor/index.ts';
import { nodeEvidence, pathLayers, type Tick } from '../../kubespray/doctor/evidence.ts';
import { apiAnswer, type NodeAnswer, nodeAnswer, pathsAnswer } from '../../kubespray/doctor/evidence-schema.ts';
import type { ApiEvidence, Evidence, NodeEvidence, PathSeen } from '../../kubespray/doctor/types.ts';
import type { Known } from '../../kubespray/status/index.ts';
import { AT_A_TIME, all } from '../ssh/all.ts';
import { closed } from '../ssh/close.ts';
import type { Connected } from '../ssh/connect.ts';
import { exec } from '../ssh/exec.ts';
import { Jumps } from '../ssh/jumps.ts';

/** The longest that is waited for a connection, and for each of the three answers, in seconds. */
export interface Patience {
  readonly connect: number;
  readonly node: number;
  readonly api: number;
  readonly paths: number;
}
const PATIENCE: Patience = { connect: 6, node: 25, api: 25, paths: 15 };

/** A node's first answer: what it said of itself, and its clock. */
type Told = { readonly answer: NodeAnswer; readonly tick: Tick };

/** Never throws for what is wrong with the cluster: what could not be read says why. */
export async function gather(
  cluster: Cluster,
  declared: unknown,
  say: (line: string) => void,
  patience: Patience = PATIENCE,
): Promise<Evidence> {
  const at = new Date().toISOString();
  const begun = performance.now();
  const jumps = new Jumps();
  const open: Client[] = [];
  const connecting = new Map(cluster.nodes.map(({ name }) => [name, Promise.withResolvers<Connected>()]));
  const connectedTo = async (name: string) => connecting.get(name)?.promise;
  try {
    const asked = all(cluster.nodes, async (node) => {
      const connected = await jumps.connect(wayTo(node), patience.connect);
      if (connected.ok) {
        open.push(connected.client);
        // Lost later, it shows in what goes through it.
        connected.client.on('error', () => {});
      }
      connecting.get(node.name)?.resolve(connected);
      if (!connected.ok) return [node, { unknown: connected.finding.message }] as const;
      const told = await tellOf(node, connected.client, patience);
      if (!staysOpen(node, cluster)) await closed(connected.client);
      return [node, told] as const;
    });
    const [told, api] = await Promise.all([asked, apiOf(cluster, connectedTo, patience)]);
    const known = 'value' in api ? api.value : undefined;
    const nodes = told.map(
      ([{ name }, of]) =>
        [name, 'unknown' in of ? of : { value: nodeEvidence(of.value.answer, of.value.tick, cluster, known) }] as const,
    );
    const answered = new Map(nodes.flatMap(([name, of]) => ('value' in of ? [[name, of.value] as const] : [])));
    say(`${answered.size} of ${cluster.nodes.length} nodes answer, ${words(api)} (${since(begun)}).`);
    const measured = performance.now();
    const again = (node: Node) =>
      staysOpen(node, cluster) ? connectedTo(node.name) : jumps.connect(wayTo(node), patience.connect);
    const { paths, unmeasured } = await pathsOf(cluster, answered, known, again, patience);
    if (paths.length > 0)
      say(
        `Measured ${paths.length} path${paths.length === 1 ? '' : 's'} between nodes and between pods (${since(measured)}).`,
      );
    const lab = told.some(([, of]) => 'value' in of && of.value.answer.lab);
    return { version: 1, at, declared, nodes: Object.fromEntries(nodes), api, paths, ...unmeasured, lab };
  } finally {
    for (const client of open) client.end();
    await jumps.close();
  }
}

function words(api: Known<ApiEvidence>): string {
  return 'value' in api ? 'the API too' : 'the API does not';
}

/** A thousand sockets at once are more than many a workstation gives a process. The API is asked over one that stays. */
function staysOpen({ roles }: Node, { nodes }: Cluster): boolean {
  return nodes.length <= AT_A_TIME || roles.includes('control-plane');
}

/** The clock is asked for by itself: a command that takes no time, so the round trip is nearly all there is to it. */
async function tellOf(node: Node, client: Client, { node: seconds }: Patience): Promise<Known<Told>> {
  try {
    const asked = Date.now() / 1000;
    const { stdout } = await exec(client, 'date +%s.%N', { seconds });
    const heard = Date.now() / 1000;
    const told = Number.parseFloat(stdout);
    const given = await ask(client, node, 'node', { address: node.address }, seconds);
    if ('unknown' in given) return given;
    const answer = nodeAnswer.safeParse(given.value);
    if (!answer.success)
      return { unknown: `what it tells of itself is not whole: ${answer.error.issues[0]?.path.join('.')}` };
    const tick = { asked, told: Number.isFinite(told) ? told : (asked + heard) / 2, heard };
    return { value: { answer: answer.data, tick } };
  } catch (error) {
    return { unknown: (error as Error).message };
  }
}

/** Of the first control-plane node that gives an answer; else why each of them did not. */
async function apiOf(
  { nodes }: Cluster,
  connectedTo: (name: string) => Promise<Connected | undefined>,
  { api: seconds }: Patience,
): Promise<Known<ApiEvidence>> {
  const reasons: string[] = [];
  for (const node of nodes.filter(({ roles }) => roles.includes('control-plane'))) {
    const connected = await connectedTo(node.name);
    if (connected?.ok !== true) {
      reasons.push(connected === undefined ? `${node.name} was not asked` : connected.finding.message);
      continue;
    }
    const given = await ask(connected.client, node, 'api', {}, seconds);
    const answer = 'unknown' in given ? given : apiAnswer.safeParse(given.value).data;
    if (answer !== undefined && !('unknown' in answer)) return { value: answer };
    reasons.push(`${node.name}: ${answer?.unknown ?? 'what it tells of the API is not whole'}`);
  }
  return { unknown: reasons.join('; ') || 'no control-plane node is declared' };
}

/** Every node measures at the same time. */
async function pathsOf(
  cluster: Cluster,
  answered: ReadonlyMap<string, NodeEvidence>,
  api: ApiEvidence | undefined,
  connectionTo: (node: Node) => Promise<Connected | undefined>,
  patience: Patience,
): Promise<{ readonly paths: PathSeen[]; readonly unmeasured: Pick<Evidence, 'unmeasured'> }> {
  const failed: { what: string; why: string }[] = [];
  // They go by fifty at a time, and one that is silent takes a few seconds.
  const seconds = patience.paths + cluster.nodes.length / 8;
  const { layers: asked, left } = pathLayers(cluster, answered, api);
  if (left !== undefined) failed.push({ what: 'paths', why: left });
  const found = await all(cluster.nodes, async (node): Promise<PathSeen[]> => {
    const layers = asked.get(node.name) ?? [];
    if (layers.length === 0) return [];
    const connected = await connectionTo(node);
    if (connected?.ok !== true) {
      if (connected !== undefined) failed.push({ what: `paths from ${node.name}`, why: connected.finding.message });
      return [];
    }
    const given = await ask(connected.client, node, 'paths', { seconds, layers }, seconds + 5);
    if (!staysOpen(node, cluster)) await closed(connected.client);
    const answer = 'unknown' in given ? undefined : pathsAnswer.safeParse(given.value).data;
    const problems = 'unknown' in given ? [given.unknown] : (answer?.problems ?? ['its answer is not whole']);
    for (const why of problems) failed.push({ what: `paths from ${node.name}`, why });
    return (answer?.paths ?? []).map((path) => ({ ...path, from: node.name }));
  });
  return { paths: found.flat(), unmeasured: failed.length === 0 ? {} : { unmeasured: failed } };
}

async function ask(
  client: Client,
  node: Node,
  question: Question,
  about: object,
  seconds: number,
): Promise<Known<unknown>> {
  const stdin = doctorScript(question, node, about);
  try {
    const { stdout, stderr } = await exec(client, 'sh -s', { stdin, seconds });
    const value = answerIn(stdout);
    if (value !== undefined) return { value };
    const said = (stderr || stdout).split('\n').findLast((line) => line.trim() !== '');
    return { unknown: (said ?? 'it said nothing').slice(0, 200) };
  } catch (error) {
    // exec's own words: no answer in time, or a connection that was lost.
    return { unknown: (error as Error).message };
  }
}

function since(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}
