import { createHash } from 'node:crypto';
import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { Cluster, Node } from '../cluster/index.ts';
import { connectionTo } from './connection.ts';
import type { Controller } from './controller.ts';
import type { Inventory } from './inventory.ts';
import { remoteScript } from './remote/index.ts';

export interface KubesprayRunArgs {
  readonly cluster: Cluster;
  readonly host: Node;
  readonly controller: Controller;
  readonly inventory: Inventory;
  /** kubespray's entry point, below its folder. Default `cluster.yml`. */
  readonly playbook?: string;
  /** Seconds after which a hung run is ended. Default 5400, as upstream's longest ordinary runs take an hour. */
  readonly limitSeconds?: number;
}

/**
 * A playbook carried out on the controller, detached from every connection: it outlives a lost line and a killed `up`,
 * and the next one finds it and goes on following. What it is run on (inventory, kubespray, playbook) makes its digest;
 * a digest that was carried out is not run again. Log and result stay on the controller. Destroying it undoes nothing.
 */
export class KubesprayRun extends pulumi.ComponentResource {
  /** Digest of what was carried out. Whatever takes it waits for the run. */
  readonly done: pulumi.Output<string>;

  constructor(name: string, args: KubesprayRunArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, host, playbook = 'cluster.yml', limitSeconds = 5400 } = args;
    super('calispray:kubespray:Run', name, { playbook, inventory: args.inventory.digest }, opts);
    const digest = pulumi
      .all([args.controller.kubespray, args.inventory.written])
      .apply(([kubespray, inventory]) =>
        createHash('sha256').update([kubespray, inventory, playbook].join('\n')).digest('hex'),
      );
    const run = new remote.Command(
      `${name}-playbook`,
      {
        connection: connectionTo(host),
        create: pulumi.all([args.controller.kubespray, digest]).apply(([kubespray, id]) =>
          remoteScript('run.sh', {
            CLUSTER: cluster.name,
            DIGEST: id,
            SHORT: id.slice(0, 12),
            KUBESPRAY: kubespray,
            PLAYBOOK: playbook,
            FORKS: Math.min(50, Math.max(5, cluster.nodes.length)),
            LIMIT: limitSeconds,
            BECOME: String(host.ssh.become),
          }),
        ),
        addPreviousOutputInEnv: false,
      },
      { parent: this, customTimeouts: { create: `${limitSeconds + 300}s`, update: `${limitSeconds + 300}s` } },
    );
    this.done = pulumi.all([digest, run.stdout]).apply(([id]) => id);
    this.registerOutputs({ done: this.done });
  }
}
