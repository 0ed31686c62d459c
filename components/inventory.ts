import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { Cluster, Node } from '../cluster/index.ts';
import { renderInventory, subjectOf } from '../kubespray/index.ts';
import type { Desired } from '../kubespray/plan/types.ts';
import { judge } from '../policies/rules/index.ts';
import { connectionTo } from './connection.ts';
import { knownHostsName, wayTo } from './endpoint.ts';
import { after, type Eventual, following } from './outputs.ts';
import { refuseWithoutPack } from './refuse.ts';
import { remotePython } from './remote/index.ts';

export interface InventoryArgs {
  readonly cluster: Cluster;
  readonly controller: Node;
  /** What the cluster shall be, for the runner on the controller: laid together with the files that say it. Default: nothing. */
  readonly desired?: Eventual<Desired>;
  /** What must be there first: the controller made ready. Default: nothing. */
  readonly after?: readonly pulumi.Resource[];
}

/**
 * kubespray's inventory, rendered and laid on the controller. Its inputs are the flat variables kubespray will read,
 * whoever wrote them: that is what the policy pack judges, in every preview, in other programs as well.
 */
export class Inventory extends pulumi.ComponentResource {
  /** The files, once they lie on the controller. */
  readonly laid: pulumi.Resource;
  /** Another text each time they are laid. */
  readonly mark: pulumi.Output<string>;

  constructor(name: string, args: InventoryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, controller } = args;
    const subject = subjectOf(cluster);
    super('calispray:kubespray:Inventory', name, { ...subject }, opts);
    refuseWithoutPack(judge(subject));

    const files = inventoryFiles(cluster);
    const laid = new remote.Command(
      `${name}-files`,
      {
        connection: connectionTo(controller),
        create: remotePython('put-inventory.py', [cluster.name]),
        // Standard input, not a trigger: a changed inventory is an update in place.
        stdin: after(args.desired, (desired) => JSON.stringify({ ...files, ...desiredFile(desired) }, null, 1)),
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this, dependsOn: following(...(args.after ?? [])) },
    );
    this.laid = laid;
    this.mark = laid.stdout;
    this.registerOutputs();
  }
}

/** Below `~/.calispray/CLUSTER` on the controller: the inventory, and the host keys Ansible holds every node to. */
export function inventoryFiles(cluster: Cluster): Record<string, string> {
  const inventory = Object.entries(renderInventory(cluster).files).map(([file, text]) => [`inventory/${file}`, text]);
  return { ...Object.fromEntries(inventory), known_hosts: knownHosts(cluster) };
}

function desiredFile(desired: Desired | undefined): Record<string, string> {
  return desired === undefined ? {} : { 'desired.json': `${JSON.stringify(desired, null, 1)}\n` };
}

function knownHosts(cluster: Cluster): string {
  const lines = cluster.nodes.flatMap((node) => {
    // Ansible runs among the nodes: it goes to each of them directly, whatever the workstation has to pass.
    const { host, port, hostKey } = wayTo(node).node;
    return hostKey === undefined || hostKey === 'accept-new' ? [] : [`${knownHostsName(host, port)} ${hostKey}`];
  });
  return `${lines.join('\n')}\n`;
}
