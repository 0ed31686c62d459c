import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import { Namespace } from '@pulumi/kubernetes/core/v1/namespace.js';
import { NetworkPolicy as KubernetesPolicy } from '@pulumi/kubernetes/networking/v1/networkPolicy.js';
import * as pulumi from '@pulumi/pulumi';
import type { Cluster } from '../cluster/index.ts';
import { namespaceObjects, type PolicyObject, policyObjects } from '../cluster/index.ts';
import {
  GlobalNetworkPolicy,
  GlobalNetworkSet,
  HostEndpoint,
  NetworkPolicy,
  NetworkSet,
  StagedGlobalNetworkPolicy,
  StagedKubernetesNetworkPolicy,
  StagedNetworkPolicy,
  Tier,
} from '../resources/index.ts';

export interface PoliciesArgs {
  readonly cluster: Cluster;
  /** Opens when the API serves the kinds below. */
  readonly after: pulumi.Resource;
}

/**
 * The namespaces and policies a stack declares, as typed resources. Namespaces come first: a policy in a namespace that is not there yet
 * could not be checked by the server in a preview. Then tiers and sets, which policies refer to, and host endpoints last: on them what no
 * policy allows is refused at once. They go in the opposite order. The provider is inherited from the parent.
 */
export class Policies extends pulumi.ComponentResource {
  readonly names: readonly string[];

  constructor(name: string, args: PoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('calispray:policies:Policies', name, {}, opts);
    const objects = policyObjects(args.cluster);
    const namespaces = new Map(
      namespaceObjects(args.cluster).map(({ metadata }) => [
        metadata.name,
        new Namespace(`${name}-${metadata.name}`, { metadata }, { parent: this, dependsOn: args.after }),
      ]),
    );
    const nameOf = namesIn(name, objects);
    const declareAll = (isOne: (object: PolicyObject) => boolean, first: (object: PolicyObject) => pulumi.Resource[]) =>
      objects.filter(isOne).map((object) => {
        const home = namespaces.get(object.metadata.namespace ?? '');
        const dependsOn = [args.after, ...(home === undefined ? [] : [home]), ...first(object)];
        return { object, resource: declare(nameOf(object), object, { parent: this, dependsOn }) };
      });

    const groundwork = declareAll(isGroundwork, () => []);
    const policies = declareAll(
      (object) => !isGroundwork(object) && !isHostEndpoint(object),
      (policy) => groundwork.filter(({ object }) => mayReferTo(policy, object)).map(({ resource }) => resource),
    );
    declareAll(isHostEndpoint, () =>
      policies.filter(({ object }) => object.metadata.namespace === undefined).map(({ resource }) => resource),
    );
    this.names = objects.map(({ kind, metadata }) =>
      metadata.namespace === undefined ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`,
    );
    this.registerOutputs({ names: this.names });
  }
}

type Made = new (
  name: string,
  args: { metadata: PolicyObject['metadata']; spec: never },
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const calico: Readonly<Record<string, Made>> = {
  GlobalNetworkPolicy,
  GlobalNetworkSet,
  HostEndpoint,
  NetworkPolicy,
  NetworkSet,
  StagedGlobalNetworkPolicy,
  StagedKubernetesNetworkPolicy,
  StagedNetworkPolicy,
  Tier,
};
const classes: Readonly<Record<string, Readonly<Record<string, Made>>>> = {
  'networking.k8s.io/v1': { NetworkPolicy: KubernetesPolicy },
  'projectcalico.org/v3': calico,
};

function declare(name: string, object: PolicyObject, opts: pulumi.CustomResourceOptions): pulumi.Resource {
  const { apiVersion, kind, metadata, spec } = object;
  const made = classes[apiVersion]?.[kind];
  // The cluster-wide kinds of SIG Network: their definitions differ by version, and no class would hold for all.
  if (made === undefined) return new CustomResource(name, { apiVersion, kind, metadata, spec }, opts);
  // What the spec holds was judged when the stack file was read, and is again by the pack.
  return new made(name, { metadata, spec: spec as never }, opts);
}

/** By kind, namespace and name; where two of one kind would get the same, by a text that no name of Kubernetes holds. */
function namesIn(parent: string, objects: readonly PolicyObject[]): (object: PolicyObject) => string {
  const joined = ({ metadata: { namespace, name } }: PolicyObject, by: string) =>
    [parent, [namespace, name].filter((part) => part !== undefined).join(by)].join('-');
  const alike = (a: PolicyObject, b: PolicyObject) =>
    a !== b && a.apiVersion === b.apiVersion && a.kind === b.kind && joined(a, '-') === joined(b, '-');
  return (object) => joined(object, objects.some((other) => alike(object, other)) ? '_' : '-');
}

function isGroundwork({ kind }: PolicyObject): boolean {
  return kind === 'Tier' || kind === 'NetworkSet' || kind === 'GlobalNetworkSet';
}

function isHostEndpoint({ kind }: PolicyObject): boolean {
  return kind === 'HostEndpoint';
}

/** A policy names its tier; which sets it selects only Calico works out. Policies of Kubernetes refer to neither. */
function mayReferTo(policy: PolicyObject, { kind, metadata }: PolicyObject): boolean {
  if (policy.apiVersion !== 'projectcalico.org/v3') return false;
  return kind === 'Tier' ? policy.spec.tier === metadata.name : true;
}
