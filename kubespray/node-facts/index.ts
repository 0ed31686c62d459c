import type { Cluster, Finding, Node } from '../../cluster/index.ts';
import type { NodeFacts } from './facts.ts';
import { kernelFindings } from './kernel.ts';
import { networkFindings } from './network.ts';
import { portFindings } from './ports.ts';
import { systemFindings } from './system.ts';

export { noFacts, readNodeFacts } from './answer.ts';
export type { KernelModule, Listener, ModuleState, NodeFacts, Peer } from './facts.ts';
export { nodeProbe } from './script.ts';

/**
 * What would stop or break kubespray on this node, found in one go before it starts. `nowMs` is the workstation's clock
 * when the facts arrived; `silent` are the nodes that gave none.
 */
export function judgeNodeFacts(
  node: Node,
  cluster: Cluster,
  facts: NodeFacts,
  nowMs: number,
  silent: ReadonlySet<string> = new Set(),
): Finding[] {
  const asked = { node, cluster, facts, nowMs, silent };
  return [
    ...systemFindings(asked),
    ...kernelFindings(asked),
    // Without Python the probe saw no interface, no port and no other node.
    ...(facts.python === null ? [] : [...networkFindings(asked), ...portFindings(asked)]),
  ];
}
