/** Namespaces, policies and the objects they become. */

export interface Policies {
  /** Namespaces to create. */
  readonly namespaces: readonly string[];
  /** Labels of some of them, beside the `kubernetes.io/metadata.name` that each has by itself. */
  readonly namespaceLabels: Readonly<Record<string, Labels>>;
  /** Namespaces that get `default-deny-ingress`. */
  readonly defaultDenyIngress: readonly string[];
  /** Namespaces that get `allow-dns`. */
  readonly allowDns: readonly string[];
  readonly allowPrometheusScraping: readonly PrometheusScraping[];
  /** Absent: no such policy. */
  readonly allowClusterInternal?: ClusterInternal;
  /** Namespaces that get `isolate`: their pods reach each other and DNS, and nobody else; nobody else reaches them. */
  readonly isolate: readonly string[];
  /** Policies of one's own, and what they refer to (sets, tiers, host endpoints), as they would be applied with kubectl. */
  readonly extra: readonly PolicyObject[];
  /** The same out of the manifests that the stack points to, in the order of files and documents. */
  readonly manifests: readonly ManifestObject[];
  /**
   * Policies that are declared as staged: Calico evaluates them for its flow logs and enforces nothing. `all`, or names as
   * `NetworkPolicy production/allow-dns`.
   */
  readonly staged: 'all' | readonly string[];
}

/** Labels that a pod must carry, all of them. */
export type Labels = Readonly<Record<string, string>>;

/** Prometheus may reach `pods` of `namespace` on `port` (TCP). */
export interface PrometheusScraping {
  readonly namespace: string;
  readonly pods: Labels;
  readonly from: {
    readonly namespace: string;
    readonly pods: Labels;
    /** On its node's own network, where no selector of pods matches it: then nodes are let in. */
    readonly hostNetwork: boolean;
  };
  readonly port: number;
}

/** The GlobalNetworkPolicy `allow-cluster-internal`. */
export interface ClusterInternal {
  readonly order: number;
  /** Sources that may reach pods. Default: the pod ranges and the node ranges. */
  readonly nets: readonly string[];
  /** Namespaces it does not select. Default: those of `defaultDenyIngress` and `isolate`, which it would cancel. */
  readonly except: readonly string[];
}

/** A Kubernetes or Calico policy, or what one refers to, written out in full. */
export interface PolicyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A NetworkPolicy of Kubernetes, as the helpers make it: the provider's class takes it as it is. */
export interface KubernetesPolicy extends PolicyObject {
  readonly apiVersion: 'networking.k8s.io/v1';
  readonly kind: 'NetworkPolicy';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: KubernetesSpec;
}

export type Direction = 'Ingress' | 'Egress';

export type KubernetesSpec = {
  podSelector: PodSelector;
  policyTypes: Direction[];
  ingress?: { from: Peer[]; ports?: PolicyPort[] }[];
  egress?: { to: Peer[]; ports?: PolicyPort[] }[];
};

type PodSelector = { matchLabels?: Record<string, string> };
type Peer = { namespaceSelector?: PodSelector; podSelector?: PodSelector; ipBlock?: { cidr: string } };
type PolicyPort = { protocol: 'TCP' | 'UDP'; port: number };

/** An object out of a manifest. */
export interface ManifestObject {
  /** `manifests/production.yaml#2`: the file as the stack names it, and the number of the document, from 1. */
  readonly origin: string;
  readonly object: PolicyObject;
}
