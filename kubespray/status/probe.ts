import type { Node } from '../../cluster/index.ts';
import { statusPython } from './python.ts';
import type { NodeSeen } from './types.ts';

/** POSIX sh for the standard input of `sh -s`: prints one line of JSON, a NodeSeen. It changes nothing. */
export function statusProbe({ address, ssh }: Pick<Node, 'address' | 'ssh'>): string {
  // Words of our own: nothing in them ends a single quote.
  return `address='${address}'\nbecome=${ssh.become}\n${script}`;
}

// BIRD's socket is root's.
const script = `
PATH="$PATH:/usr/sbin:/sbin"
command -v python3 >/dev/null 2>&1 || { echo 'python3 is missing' >&2; exit 1; }
if [ "$(id -u)" != 0 ] && [ "$become" = true ] && sudo -n true </dev/null >/dev/null 2>&1; then python="sudo -n python3"; else python=python3; fi
$python -I - "$address" <<'PROBE'
${statusPython}PROBE
`.trimStart();

/** The last line that is an answer of the probe: what a login prints may come before it. */
export function readNodeSeen(stdout: string): NodeSeen | undefined {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(parsed)
    .findLast((answer) => answer !== undefined);
}

function parsed(line: string): NodeSeen | undefined {
  try {
    const seen = JSON.parse(line) as Partial<NodeSeen>;
    return Array.isArray(seen.bird) && typeof seen.pods === 'object' ? (seen as NodeSeen) : undefined;
  } catch {
    return undefined;
  }
}
