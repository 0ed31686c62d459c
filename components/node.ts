import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../cluster/finding.ts';
import type { Cluster, Node } from '../cluster/index.ts';
import { judgeNodeFacts, type NodeFacts, nodeFactsScript } from '../kubespray/index.ts';
import { connectionTo } from './connection.ts';

export interface ReachableNodeArgs {
  /** The node to ask, as parsed from the stack. A changed address or port asks again; nothing on the node changes. */
  readonly node: Node;
  /** The cluster it belongs to: says what the node must be able to carry. */
  readonly cluster: Cluster;
}

/**
 * A node that answers over SSH with the host key we know and that meets what kubespray and the declared network need.
 * Whatever takes its `facts` waits for that. Commands do not run again when nothing changed, which is why `calispray up`
 * asks every node the same before the engine starts.
 */
export class ReachableNode extends pulumi.ComponentResource {
  /** What the node said of itself, judged: fails with every finding at once where it does not fit. */
  readonly facts: pulumi.Output<NodeFacts>;

  constructor(name: string, args: ReachableNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    const { node, cluster } = args;
    super('calispray:cluster:Node', name, { address: node.address, roles: node.roles }, opts);
    const asked = new remote.Command(
      `${name}-facts`,
      {
        connection: connectionTo(node),
        create: `sh -s -- ${node.address}`,
        stdin: nodeFactsScript,
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this },
    );
    this.facts = asked.stdout.apply((line) => {
      const facts = JSON.parse(line) as NodeFacts;
      // The clock is compared where "now" is known: in the check that every `up` begins with. Here it may be an old answer.
      const findings = judgeNodeFacts(node, cluster, facts, facts.time ?? 0);
      const wrong = findings.filter((finding) => finding.class !== 'advice');
      if (wrong.length > 0) throw new UserError(wrong);
      return facts;
    });
    this.registerOutputs({ facts: this.facts });
  }
}
