import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { type Finding, UserError } from '../cluster/finding.ts';
import type { Cluster, Node } from '../cluster/index.ts';
import { judgeNodeFacts, type NodeFacts, nodeProbe, noFacts, readNodeFacts } from '../kubespray/index.ts';
import { connectionTo } from './connection.ts';
import { ifKnown } from './outputs.ts';

export interface ReachableNodeArgs {
  /** The node to ask, as parsed from the stack. A changed address or port asks again; nothing on the node changes. */
  readonly node: Node;
  /** The cluster it belongs to: says what the node must be able to carry. */
  readonly cluster: Cluster;
}

/**
 * A node that answers over SSH with the host key we know, and what it says of itself. Whether it can carry the cluster
 * is told by `whenFit`, of all nodes at once. Commands do not run again when nothing changed, which is why `calispray up`
 * asks every node the same before the engine starts, and there also whether the nodes see each other.
 */
export class ReachableNode extends pulumi.ComponentResource {
  /** What the node said of itself. */
  readonly facts: pulumi.Output<NodeFacts>;
  /** What is wrong with it: for `whenFit`. */
  readonly findings: pulumi.Output<readonly Finding[]>;

  constructor(name: string, args: ReachableNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    const { node, cluster } = args;
    super('calispray:cluster:Node', name, { address: node.address, roles: node.roles }, opts);
    const asked = new remote.Command(
      `${name}-facts`,
      {
        connection: connectionTo(node),
        create: 'sh -s',
        stdin: nodeProbe(node, cluster, { peers: false }),
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this },
    );
    this.facts = asked.stdout.apply((stdout) => {
      const facts = readNodeFacts(stdout);
      if (facts === undefined) throw new UserError([noFacts(node, stdout)]);
      return facts;
    });
    // The clock is compared where "now" is known: in the check that every `up` begins with. Here it may be an old answer.
    this.findings = this.facts.apply((facts) => judgeNodeFacts(node, cluster, facts, facts.time ?? 0));
    this.registerOutputs({ facts: this.facts });
  }
}

/**
 * There once every node has answered and none is unfit; fails with all that is wrong with all of them. Take it to wait. In a preview it
 * is there at once, judged by what nodes have said until now: one that joins must not make what waits look changed.
 */
export function whenFit(nodes: readonly ReachableNode[]): pulumi.Output<string> {
  const judged = pulumi.runtime.isDryRun()
    ? pulumi.output(Promise.all(nodes.map((node) => ifKnown(node.findings))))
    : pulumi.all(nodes.map((node) => node.findings));
  return judged.apply((findings) => {
    const wrong = findings
      .flatMap((each) => each ?? [])
      // What a preview knows may be what another user was told: who may become root is asked anew by the `up`.
      .filter(
        ({ class: kind, code }) => kind !== 'advice' && !(pulumi.runtime.isDryRun() && code === 'node-privileges'),
      );
    if (wrong.length > 0) throw new UserError(wrong);
    return 'every node is fit\n';
  });
}
