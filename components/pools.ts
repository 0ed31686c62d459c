import * as pulumi from '@pulumi/pulumi';
import { type Cluster, poolObjects } from '../cluster/index.ts';
import { IPPool } from '../resources/index.ts';

export interface PoolsArgs {
  readonly cluster: Cluster;
  /** Opens when the API serves `projectcalico.org/v3`. */
  readonly after: pulumi.Resource;
}

/**
 * The IPPools beside the one that kubespray manages. Before one is taken out of the stack, it should be `disabled` until no pod has an address
 * from it: without their pool, pods that do lose NAT and encapsulation. The provider is inherited from the parent.
 */
export class Pools extends pulumi.ComponentResource {
  readonly names: readonly string[];

  constructor(name: string, args: PoolsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('calispray:network:Pools', name, {}, opts);
    const pools = poolObjects(args.cluster);
    for (const { metadata, spec } of pools) {
      new IPPool(`${name}-${metadata.name}`, { metadata, spec }, { parent: this, dependsOn: args.after });
    }
    this.names = pools.map((pool) => pool.metadata.name);
    this.registerOutputs({ names: this.names });
  }
}
