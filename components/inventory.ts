import { createHash } from 'node:crypto';
import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../cluster/finding.ts';
import type { Cluster, Node } from '../cluster/index.ts';
import { renderInventory, subjectOf } from '../kubespray/index.ts';
import { judge } from '../policies/rules/index.ts';
import type { Subject } from '../policies/rules/subject.ts';
import { connectionTo } from './connection.ts';
import { knownHostsName, wayTo } from './endpoint.ts';
import { remotePython } from './remote/index.ts';

export interface InventoryArgs {
  readonly cluster: Cluster;
  readonly controller: Node;
  /** What must be there first: the controller made ready. */
  readonly after: pulumi.Output<unknown>;
}

/**
 * kubespray's inventory, rendered and laid on the controller. Its inputs are the flat variables kubespray will read,
 * whoever wrote them: that is what the policy pack judges, in every preview, in other programs as well.
 */
export class Inventory extends pulumi.ComponentResource {
  /** Digest of every file, known in preview. */
  readonly digest: string;
  /** The same digest, once the files lie on the controller. */
  readonly written: pulumi.Output<string>;

  constructor(name: string, args: InventoryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, controller } = args;
    const subject = subjectOf(cluster);
    super('calispray:kubespray:Inventory', name, { ...subject }, opts);
    refuseWithoutPack(subject);

    const files = inventoryFiles(cluster);
    this.digest = createHash('sha256').update(JSON.stringify(files)).digest('hex');
    const upload = new remote.Command(
      `${name}-files`,
      {
        connection: connectionTo(controller),
        create: remotePython('put-inventory.py', [cluster.name]),
        // Standard input, not a trigger: a changed inventory is an update in place, and the preview shows the lines.
        stdin: args.after.apply(() => JSON.stringify(files, null, 1)),
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this },
    );
    this.written = upload.stdout.apply((line) => line.trim());
    this.registerOutputs({ digest: this.digest, written: this.written });
  }
}

/** Below `~/.calispray/CLUSTER` on the controller: the inventory, and the host keys Ansible holds every node to. */
export function inventoryFiles(cluster: Cluster): Record<string, string> {
  const inventory = Object.entries(renderInventory(cluster).files).map(([file, text]) => [`inventory/${file}`, text]);
  return { ...Object.fromEntries(inventory), known_hosts: knownHosts(cluster) };
}

function knownHosts(cluster: Cluster): string {
  const lines = cluster.nodes.flatMap((node) => {
    // Ansible runs among the nodes: it goes to each of them directly, whatever the workstation has to pass.
    const { host, port, hostKey } = wayTo(node).node;
    return hostKey === undefined || hostKey === 'accept-new' ? [] : [`${knownHostsName(host, port)} ${hostKey}`];
  });
  return `${lines.join('\n')}\n`;
}

/** Under plain `pulumi up` there may be no pack: then what kubespray would refuse stops here. `calispray` always brings the pack. */
function refuseWithoutPack(subject: Subject): void {
  if (process.env.CALISPRAY_PACK === '1') return;
  const refused = judge(subject).filter((finding) => finding.class === 'refused');
  if (refused.length > 0) throw new UserError(refused);
}
