import type { Finding, Node } from '../../cluster/index.ts';
import type { NodeFacts } from './facts.ts';

/** The last line that is an answer of the probe: what a login prints may come before it. */
export function readNodeFacts(stdout: string): NodeFacts | undefined {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(parsed)
    .findLast((answer) => answer !== undefined);
}

function parsed(line: string): NodeFacts | undefined {
  try {
    const { os, ports } = JSON.parse(line) as Partial<NodeFacts>;
    return typeof os === 'string' && Array.isArray(ports) ? (JSON.parse(line) as NodeFacts) : undefined;
  } catch {
    return undefined;
  }
}

/** Of a node that let us in and gave no answer; `said` is what it printed instead. */
export function noFacts({ name, ssh }: Node, said: string): Finding {
  const first = said.split('\n').find((line) => line.trim() !== '') ?? 'it said nothing';
  return {
    code: 'node-facts',
    class: 'refused',
    path: `nodes.${name}`,
    message: `${name} lets ${ssh.user} in but could not describe itself: ${first.slice(0, 200)}`,
    hint: `log in as ${ssh.user} and see whether \`sh\` works there`,
  };
}
