import * as pulumi from '@pulumi/pulumi';
import type { Cluster, Expectation } from '../cluster/index.ts';
import { worldInputs } from '../policies/objects/declared.ts';
import type { Resource } from '../reachability/index.ts';

/**
 * What is there beside the objects that the stack makes. All of it may come later as well; what is known only after the `up` is then not
 * judged in a preview, and that is said.
 */
export interface WorldArgs {
  /** Release of Calico, `v3.31.5`: which kinds it enforces, and which of two policies of one order comes first. Default: as 3.32. */
  readonly calico?: pulumi.Input<string>;
  /**
   * Objects as the API has them: nodes with their addresses, IPPools, namespaces with their labels, Services and pods that other policies
   * than the stack's own are about; a pod needs its labels, the names of its ports and its service account. No policy: those are the
   * resources of the program itself, in whatever way it declares them.
   */
  readonly resources: pulumi.Input<readonly pulumi.Input<Resource>[]>;
  /** Who must reach whom, and who must not. Default: nothing is expected. */
  readonly expect?: pulumi.Input<readonly pulumi.Input<Expectation>[]>;
  /** Where in a file of yours an object stands, for what is said of it: `NetworkPolicy production/allow-dns` → `policies.yaml#2`. Default: nowhere. */
  readonly origins?: pulumi.Input<Readonly<Record<string, string>>>;
  /** Groups of checks of a verification that fail the `up`: the policies are then judged for the pods that it makes. Default: none. */
  readonly verifies?: pulumi.Input<readonly string[]>;
}

/**
 * The cluster that the policies of a stack act in. It makes nothing: its inputs are what the policy pack judges the stack's policies by, in
 * every preview and up, the policies of other programs' components in the same stack among them. One a stack: with two, it is not known which of
 * them a policy goes to, and none is judged.
 */
export class World extends pulumi.ComponentResource {
  constructor(name: string, args: WorldArgs, opts?: pulumi.ComponentResourceOptions) {
    const { calico, resources, expect = [], origins = {}, verifies } = args;
    super(
      'calispray:reachability:World',
      name,
      {
        ...(calico === undefined ? {} : { calico }),
        resources,
        expect,
        origins,
        ...(verifies === undefined ? {} : { verifies }),
      },
      opts,
    );
    this.registerOutputs();
  }
}

/** The world of a cluster that a stack file declares. */
export function worldArgs(cluster: Cluster): WorldArgs {
  return worldInputs(cluster);
}
