import type { Cluster, Node } from '../../cluster/index.ts';
import { livePython } from './python.ts';
import type { Live } from './types.ts';

/** What one node is asked for: the API on the first control-plane node, what was carried out on the controller. */
export interface Asks {
  readonly api: boolean;
  readonly applied: boolean;
}

/** The nodes to ask, each once: the first control-plane node, and the controller where that is another one. */
export function liveSources(cluster: Cluster): { readonly node: Node; readonly asks: Asks }[] {
  const first = cluster.nodes.find(({ roles }) => roles.includes('control-plane'));
  const controller = cluster.nodes.find(({ name }) => name === cluster.kubespray.controller);
  return cluster.nodes
    .filter((node) => node === first || node === controller)
    .map((node) => ({ node, asks: { api: node === first, applied: node === controller } }));
}

/** POSIX sh for the standard input of `sh -s`: prints one line of JSON, what this node knows of a Live. It changes nothing. */
export function liveProbe(node: Node, cluster: Cluster, asks: Asks): string {
  const question = { cluster: cluster.name, ...asks };
  // Words of our own: nothing in it ends a single quote.
  return `question='${JSON.stringify(question)}'\nbecome=${node.ssh.become}\n${script}`;
}

// The credentials of the API are root's to read.
const script = `
PATH="$PATH:/usr/local/bin:/usr/sbin:/sbin"
command -v python3 >/dev/null 2>&1 || { echo 'python3 is missing' >&2; exit 1; }
if [ "$(id -u)" != 0 ] && [ "$become" = true ] && sudo -n true </dev/null >/dev/null 2>&1; then python="sudo -n python3"; else python=python3; fi
$python -I - "$question" "$HOME" <<'PROBE'
${livePython}PROBE
`.trimStart();

/** The last line that is an answer of the probe: what a login prints may come before it. */
export function readLive(stdout: string): Live | undefined {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(parsed)
    .findLast((answer) => answer !== undefined);
}

function parsed(line: string): Live | undefined {
  try {
    const answer = JSON.parse(line) as Partial<Live>;
    const whole = ['none', 'down', 'up'].includes(String(answer.cluster)) && typeof answer.calico === 'object';
    return whole && Array.isArray(answer.nodes) ? (answer as Live) : undefined;
  } catch {
    return undefined;
  }
}

/** The answers of both nodes as one: each was asked for its own part. */
export function joinLive(answers: readonly { readonly asks: Asks; readonly live: Live }[]): Live | undefined {
  const api = answers.find(({ asks }) => asks.api)?.live;
  const applied = answers.find(({ asks }) => asks.applied)?.live.applied ?? null;
  return api && { ...api, applied };
}
