import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import { Namespace } from '@pulumi/kubernetes/core/v1/namespace.js';
import { NetworkPolicy, type NetworkPolicyArgs } from '@pulumi/kubernetes/networking/v1/networkPolicy.js';
import * as pulumi from '@pulumi/pulumi';
import type { Cluster } from '../cluster/index.ts';
import { namespaceObjects, type PolicyObject, policyObjects } from '../cluster/index.ts';
import { GlobalNetworkPolicy, type GlobalNetworkPolicyArgs } from '../resources/index.ts';

export interface PoliciesArgs {
  readonly cluster: Cluster;
  /** Opens when the API serves the kinds below. */
  readonly after: pulumi.Resource;
}

/**
 * The namespaces and policies a stack declares, as typed resources. Namespaces come first: a policy in a namespace that
 * is not there yet could not be checked by the server in a preview. The provider is inherited from the parent.
 */
export class Policies extends pulumi.ComponentResource {
  readonly names: readonly string[];

  constructor(name: string, args: PoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('calispray:policies:Policies', name, {}, opts);
    const policies = policyObjects(args.cluster);
    const namespaces = new Map(
      namespaceObjects(args.cluster).map(({ metadata }) => [
        metadata.name,
        new Namespace(`${name}-${metadata.name}`, { metadata }, { parent: this, dependsOn: args.after }),
      ]),
    );
    for (const object of policies) {
      const home = namespaces.get(object.metadata.namespace ?? '');
      declare(name, object, { parent: this, dependsOn: home === undefined ? [args.after] : [args.after, home] });
    }
    this.names = policies.map(({ kind, metadata }) =>
      metadata.namespace === undefined ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`,
    );
    this.registerOutputs({ names: this.names });
  }
}

function declare(parent: string, object: PolicyObject, opts: pulumi.CustomResourceOptions): void {
  const { metadata } = object;
  const name = [parent, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('-');
  switch (object.kind) {
    case 'NetworkPolicy':
      if (object.apiVersion === 'networking.k8s.io/v1') {
        new NetworkPolicy(name, { metadata, spec: object.spec as unknown as NetworkPolicyArgs['spec'] }, opts);
        return;
      }
      break;
    case 'GlobalNetworkPolicy':
      new GlobalNetworkPolicy(
        name,
        { metadata, spec: object.spec as unknown as GlobalNetworkPolicyArgs['spec'] },
        opts,
      );
      return;
  }
  new CustomResource(name, { ...object }, opts);
}
