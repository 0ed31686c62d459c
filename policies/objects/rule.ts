import type { FindingClass } from '../../cluster/finding.ts';
import type { Expectation } from '../../cluster/types.ts';
import type { Resource } from '../../reachability/index.ts';
import type { Subject } from '../rules/subject.ts';

/** An object of Kubernetes, as far as the rules need it. What is not known in it is a text of its own, never a guess. */
export interface KubernetesObject {
  /** Of the resource that declares it. */
  readonly urn: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** `default` where none is said, as the API has it. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
  /** What stands beside apiVersion, kind, metadata, spec and status, and in metadata beside what every object has: `metadata.label`. Absent: nothing. */
  readonly others?: readonly string[];
  /** Fields that are known only after the `up`: `spec.ports`. */
  readonly unknown: readonly string[];
}

export interface DeclaredInventory {
  readonly urn: string;
  readonly subject: Subject;
}

/** What a stack says of the cluster beside the objects that it makes: the inputs of the component `calispray:reachability:World`. */
export interface DeclaredWorld {
  /** Of the component; findings about an expectation carry it. */
  readonly urn: string;
  /** `v3.31.5`: ties and the cluster-wide kinds differ by version. */
  readonly calico?: string;
  /** Nodes, pools, namespaces that are there anyhow, the cluster's DNS, and the workloads that the stack tells of. No policy. */
  readonly resources: readonly Resource[];
  readonly expect: readonly Expectation[];
  /** Where in the stack file an object comes from: `NetworkPolicy production/allow-dns` → `policies.allowDns[0]`. */
  readonly origins: Readonly<Record<string, string>>;
  /** Groups of checks of the verification that fail the `up`: `['dns-udp', …]`. Absent: none. */
  readonly verifies?: readonly string[];
  /** Inputs that are known only after the `up`, as paths: `resources[3].metadata.labels.app`. Absent: none. */
  readonly unknown?: readonly string[];
  /** Inputs that are not what their place is for, and were left out: `expect[2]`. Absent: none. */
  readonly misshapen?: readonly string[];
}

/** What a stack declares, as far as rules over several resources look. */
export interface Declared {
  readonly inventories: readonly DeclaredInventory[];
  /** Those in which everything that the rule reads is known. */
  readonly objects: readonly KubernetesObject[];
  readonly worlds: readonly DeclaredWorld[];
  /** Those that are left out of `objects`. Absent: none. */
  readonly unread?: readonly KubernetesObject[];
}

export interface ObjectFinding {
  /** The resource it is about. */
  readonly urn: string;
  /** Field of the object: `spec.ports[0].targetPort`. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
  /** The object as it would be right, as YAML, where that says more than the hint. */
  readonly mend?: string;
}

/** Something that a rule could not judge. */
export interface ObjectWant {
  /** The resource it is about. */
  readonly urn: string;
  readonly path: string;
  /** The first half of a sentence that goes on `, so x could not judge it`: `spec.ports of Service web is known only after the up`. */
  readonly why: string;
  /** The way out. Default: to write the value where it can be known. */
  readonly hint?: string;
}

/** A rule over objects of Kubernetes, or over several resources of a stack at once. */
export interface ObjectRule {
  /** Stable kebab-case name; the findings carry it. */
  readonly code: string;
  /** What a good stack has, as a sentence. */
  readonly title: string;
  readonly class: FindingClass;
  /** What happens otherwise. */
  readonly description: string;
  /** Upstream source of the fact. */
  readonly reference: string;
  /** Objects it judges; absent where it is about inventories alone. */
  concerns?(object: KubernetesObject): boolean;
  /** Fields of those objects without which it cannot judge them: `spec.ports`. */
  readonly fields: readonly string[];
  /** Variables of the inventories without which it cannot judge. */
  readonly variables: readonly string[];
  /** Never throws, whatever the objects hold. */
  judge(declared: Declared): ObjectFinding[];
  /** What it cannot judge for other reasons than `fields` and `variables`; without it that is nothing. Never throws. */
  wanting?(declared: Declared): readonly ObjectWant[];
  /**
   * The spec that is right, where there is one right answer: applied at the level `remediate`. `declared` is what was
   * seen before the object. Undefined where nothing is to be done, or more than one answer would do.
   */
  remedy?(object: KubernetesObject, declared: Declared): Readonly<Record<string, unknown>> | undefined;
}
