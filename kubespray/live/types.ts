/** What is really there: read over SSH from the controller and the first control-plane node, never written. */

/** null everywhere: it could not be found out. */
export interface Live {
  /** `none`: nothing of Kubernetes on the first control-plane node. `down`: it is there, and its API does not answer. */
  readonly cluster: 'none' | 'down' | 'up';
  /** Why the API does not answer, as kubectl says it. */
  readonly problem?: string | null;
  /** applied.json of the controller, as it stands there; null where there is none. */
  readonly applied: unknown;
  /** Of the API server: `1.35.4`. */
  readonly kubernetes: string | null;
  /** Of the programs on the first control-plane node. */
  readonly kubeadm: string | null;
  readonly kubelet: string | null;
  /** Ranges of pods and of Services, as kubeadm and the API keep them; empty where neither says. */
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly calico: LiveCalico;
  readonly nodes: readonly LiveNode[];
}

export interface LiveCalico {
  /** Of the DaemonSet calico-node: `kdd` or `etcd`. */
  readonly datastore: string | null;
  /** Tag of its image: `3.31.5`. */
  readonly version: string | null;
  /** Nodes that its pod is to run on, and those where it is ready. */
  readonly desired: number | null;
  readonly ready: number | null;
  /** Names of nodes whose pod is not ready, 20 at most. */
  readonly notReady: readonly string[];
  /** null where Calico's objects could not be read, as before its first run. */
  readonly pools: readonly LiveObject[] | null;
  readonly peers: readonly LiveObject[] | null;
  /** `spec` of the objects named `default`. */
  readonly felix: Spec | null;
  readonly bgp: Spec | null;
  readonly ipam: Spec | null;
}

export type Spec = Readonly<Record<string, unknown>>;

export interface LiveObject {
  readonly name: string;
  readonly spec: Spec;
}

export interface LiveNode {
  readonly name: string;
  readonly ready: boolean;
  /** Version of its kubelet: `1.35.4`. */
  readonly kubelet: string;
  /** InternalIP, both stacks. */
  readonly addresses: readonly string[];
  readonly podCIDRs: readonly string[];
}
