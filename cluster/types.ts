/**
 * The cluster as data: what a stack file says once it is parsed, every default filled in, deeply frozen. Its sections are in
 * types/.
 */
import type { Calico, Felix } from './types/calico.ts';
import type { Expectation } from './types/expect.ts';
import type { Monitoring } from './types/monitoring.ts';
import type { ClusterNetwork, Encapsulation } from './types/network.ts';
import type { Node } from './types/nodes.ts';
import type { Policies } from './types/policies.ts';
import type { Verify } from './types/verify.ts';
import type { Workload } from './types/workloads.ts';

export type * from './types/calico.ts';
export type * from './types/expect.ts';
export type * from './types/monitoring.ts';
export type * from './types/network.ts';
export type * from './types/nodes.ts';
export type * from './types/policies.ts';
export type * from './types/verify.ts';
export type * from './types/workloads.ts';

export interface Cluster {
  readonly apiVersion: 'calispray/v1';
  /** DNS label; names the remote folder on the controller and the kubeconfig's context. */
  readonly name: string;
  readonly kubespray: Kubespray;
  readonly kubernetes: Kubernetes;
  /** First those of `kubespray.order`, then the others by name. */
  readonly nodes: readonly Node[];
  readonly network: ClusterNetwork;
  readonly calico: Calico;
  readonly felix: Felix;
  readonly policies: Policies;
  /** What runs in the cluster, beside what kubespray brings. Nothing of it is created. */
  readonly workloads: readonly Workload[];
  /** Who must reach whom, and who must not. */
  readonly expect: readonly Expectation[];
  readonly monitoring: Monitoring;
  readonly verify: Verify;
  /** Changes of a running cluster that are made in several steps, and only where they are declared. */
  readonly migrate?: Migrate;
}

export interface Migrate {
  /** Absent: none. `from`: what the cluster has until now; what it shall have is `network.encapsulation`. */
  readonly encapsulation?: { readonly from: Encapsulation };
}

export interface Kubespray {
  /** Tag of a release, `v2.31.0`. */
  readonly version: string;
  /** A Git repository that the controller can clone, or a path on the workstation brought along (unexpanded). */
  readonly source: { readonly git: string } | { readonly path: string };
  /** Name of the node that runs Ansible. Default: the first control-plane node. */
  readonly controller: string;
  /**
   * Control-plane and etcd nodes in the order they joined: new ones go last, the first can never be removed (kubespray v2.31.0
   * docs/operations/nodes.md). Needed where there is more than one, since the engine sorts the keys of a stack file.
   */
  readonly order: readonly string[];
  readonly runs: {
    /** Minutes after which a run is stopped. Default 90. */
    readonly limitMinutes: number;
    /** Newest runs whose logs stay on the controller. Default 20. */
    readonly keep: number;
  };
  /** Names of hosts that are gone for good: taken out of the cluster without being asked. None of them is in `nodes`. */
  readonly removeDead: readonly string[];
  /** Escape hatch: variables that have no field here. */
  readonly extraVariables: Readonly<Record<string, unknown>>;
}

export interface Kubernetes {
  /** `1.35.4`. Absent: the default of the kubespray release. */
  readonly version?: string;
  /** `none`: no kube-proxy at all, for a dataplane that does its work. */
  readonly proxy: 'ipvs' | 'iptables' | 'nftables' | 'none';
  /** Pods a node may run: kubelet's limit, whatever IPAM leaves. */
  readonly maxPods: number;
}
