import { Provider } from '@pulumi/kubernetes/provider.js';
import * as pulumi from '@pulumi/pulumi';
import {
  type Cluster,
  deriveNetwork,
  metricsObjects,
  type Node,
  policyObjects,
  poolObjects,
} from '../cluster/index.ts';
import { subjectOf } from '../kubespray/index.ts';
import { desiredOf } from '../kubespray/plan/index.ts';
import { judgeObjects } from '../policies/objects/judge.ts';
import { ApiGate } from './api-gate.ts';
import { Build } from './build.ts';
import { Controller } from './controller.ts';
import { Inventory } from './inventory.ts';
import { Kubeconfig } from './kubeconfig.ts';
import { Monitoring } from './monitoring.ts';
import { ReachableNode } from './node.ts';
import { Plan } from './plan.ts';
import { Policies } from './policies.ts';
import { Pools } from './pools.ts';
import { refuseWithoutPack } from './refuse.ts';
import { secretVariables, withDigests } from './secret-variables.ts';
import { kubespraySource } from './source.ts';
import { Verification } from './verification.ts';
import { World, worldArgs } from './world.ts';

export interface CalicoClusterArgs {
  /** The declaration, parsed: `parseCluster` of the stack's `calispray:cluster`. */
  readonly cluster: Cluster;
  /**
   * Variables for kubespray that no file, log or state may show: name → value, `config.getSecretObject('secretVariables')`. They go to the
   * playbooks alone, as extra variables of the command line. Changing one runs `cluster.yml`. Default: none.
   */
  readonly secretVariables?: pulumi.Input<Readonly<Record<string, unknown>>>;
}

/**
 * A Calico-networked cluster that kubespray builds, from bare nodes to its policies. The constructor reads in the order
 * things are carried out; each step waits for what it takes from the one before.
 */
export class CalicoCluster extends pulumi.ComponentResource {
  readonly kubeconfig: pulumi.Output<string>;
  readonly policies: readonly string[];
  /** What the last verification found; `not verified` where the stack says never. */
  readonly verified: pulumi.Input<string>;

  constructor(name: string, args: CalicoClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster } = args;
    super('calispray:cluster:CalicoCluster', name, { name: cluster.name }, opts);
    refuseWithoutPack(() => judgeObjects(cluster, subjectOf(cluster), 'refused'));
    const mine = { parent: this };
    const host = nodeNamed(cluster, cluster.kubespray.controller);

    const nodes = cluster.nodes.map((node) => new ReachableNode(`${name}-${node.name}`, { node, cluster }, mine));
    const source = kubespraySource(cluster);
    const controller = new Controller(`${name}-controller`, { cluster, node: host, nodes, source }, mine);
    const declared = desiredOf(cluster, source.folder, source.digest);
    const secrets =
      args.secretVariables === undefined ? undefined : secretVariables(args.secretVariables, cluster.name);
    const desired = secrets === undefined ? declared : secrets.digests.apply((each) => withDigests(declared, each));
    const inventory = new Inventory(
      `${name}-inventory`,
      { cluster, controller: host, desired, after: controller.ready },
      mine,
    );
    const build = new Build(
      `${name}-build`,
      {
        cluster,
        host,
        desired,
        members: Object.keys(declared.facts.hosts),
        peers: Object.keys(declared.facts.peers),
        after: inventory.laid,
        mark: inventory.mark,
        ...(secrets === undefined ? {} : { secretVariables: secrets.values }),
      },
      mine,
    );
    new Plan(`${name}-plan`, { cluster, desired, record: build.record }, mine);
    this.kubeconfig = new Kubeconfig(`${name}-kubeconfig`, { cluster, host, build }, mine).text;

    new World(`${name}-world`, worldArgs(cluster), mine);
    const provider = new Provider(
      `${name}-api`,
      // The kubeconfig holds a new client certificate after every run; the identifier says it is the same cluster still.
      // A ConfigMap whose data change is changed, not made anew: the dashboard's is read while it stands.
      { kubeconfig: this.kubeconfig, clusterIdentifier: cluster.name, enableConfigMapMutable: true },
      mine,
    );
    const gate = new ApiGate(
      `${name}-gate`,
      { cluster: cluster.name, host: firstControlPlane(cluster), build, groups: apiGroups(cluster) },
      mine,
    );
    const inCluster = { parent: this, providers: { kubernetes: provider } };
    const pools =
      poolObjects(cluster).length > 0 ? [new Pools(`${name}-pools`, { cluster, after: gate }, inCluster)] : [];
    const policies = new Policies(`${name}-policies`, { cluster, after: gate }, inCluster);
    this.policies = policies.names;
    if (metricsObjects(cluster).length > 0) {
      new Monitoring(`${name}-felix-metrics`, { cluster, after: gate }, inCluster);
    }
    this.verified =
      cluster.verify.after === 'never'
        ? 'not verified'
        : new Verification(`${name}-verification`, { cluster, host, build, after: [gate, ...pools, policies] }, mine)
            .verified;
    this.registerOutputs({ kubeconfig: this.kubeconfig, policies: this.policies, verified: this.verified });
  }
}

/** What a stack exports: enough to see what was made, and the way in as a secret. */
export function clusterOutputs(cluster: Cluster, made: CalicoCluster): Record<string, unknown> {
  const network = deriveNetwork(cluster);
  return {
    cluster: cluster.name,
    nodes: Object.fromEntries(cluster.nodes.map((node) => [node.name, node.address])),
    encapsulation: cluster.network.encapsulation,
    mtu: network.mtu,
    pool: cluster.network.pool.cidr,
    policies: made.policies,
    monitoring: cluster.monitoring.kind,
    verified: made.verified,
    kubeconfig: made.kubeconfig,
  };
}

/** API groups, beyond Kubernetes' own, that the declared objects need. */
function apiGroups(cluster: Cluster): string[] {
  const objects = [...poolObjects(cluster), ...policyObjects(cluster), ...metricsObjects(cluster)];
  const versions = objects.map((object) => object.apiVersion);
  return [...new Set(versions)].filter((version) => /^(projectcalico\.org|monitoring\.coreos\.com)\//.test(version));
}

function nodeNamed(cluster: Cluster, name: string): Node {
  const node = cluster.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`parsed cluster without its controller ${name}`);
  return node;
}

function firstControlPlane(cluster: Cluster): Node {
  const node = cluster.nodes.find((each) => each.roles.includes('control-plane'));
  if (node === undefined) throw new Error('parsed cluster without a control-plane node');
  return node;
}
