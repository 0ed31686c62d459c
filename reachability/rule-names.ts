/**
 * A rule in the numbers of who wrote it: `ingress[0].from[1]` of the resource. The engine counts the rules that Calico makes of a resource,
 * of Kubernetes' kinds one for each protocol and peer.
 */
import { adminPolicy, baselineAdminPolicy, clusterPolicy } from './policy/cluster.ts';
import { kubernetesPolicy } from './policy/kubernetes.ts';
import type { Policy, PolicyKind } from './policy/policy.ts';
import { fields, groupOf, list, type Resource } from './raw.ts';
import { ruleText } from './rule-words.ts';
import type { Direction, Step } from './types.ts';

export interface NamedRule {
  /** As `kubectl` names it, with whose kind it is where two have the same: `NetworkPolicy n/web`, `Calico NetworkPolicy n/web`. */
  readonly object: string;
  readonly resource: Resource;
  /** `ingress[0]`, or `ingress[0].from[1]` where several peers stand there. Absent at the end of a tier, which no rule speaks for. */
  readonly field?: string;
  /** What it says: `allow from pods with app=prometheus of namespace monitoring on tcp/8080`. */
  readonly text?: string;
}

interface Written {
  readonly kind: string;
  readonly groups: readonly string[];
  /** Before the kind, in words, where Kubernetes and Calico have one of the same name. */
  readonly whose?: string;
  /** Before the name, in the engine's own steps. */
  readonly prefix?: string;
  /** The rules that Calico makes of it; absent where that is one for each. */
  readonly read?: (resource: Resource) => Policy | undefined;
}

const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'];
const clusterGroups = ['policy.networking.k8s.io'];

const written: Readonly<Partial<Record<PolicyKind, Written>>> = {
  NetworkPolicy: { kind: 'NetworkPolicy', groups: calicoGroups, whose: 'Calico' },
  GlobalNetworkPolicy: { kind: 'GlobalNetworkPolicy', groups: calicoGroups },
  Profile: { kind: 'Profile', groups: calicoGroups },
  KubernetesNetworkPolicy: { kind: 'NetworkPolicy', groups: ['networking.k8s.io'], read: kubernetesPolicy },
  KubernetesClusterNetworkPolicy: { kind: 'ClusterNetworkPolicy', groups: clusterGroups, read: clusterPolicy },
  KubernetesAdminNetworkPolicy: {
    kind: 'AdminNetworkPolicy',
    groups: clusterGroups,
    prefix: 'kanp.adminnetworkpolicy.',
    read: adminPolicy,
  },
  KubernetesBaselineAdminNetworkPolicy: {
    kind: 'BaselineAdminNetworkPolicy',
    groups: clusterGroups,
    prefix: 'kbanp.baselineadminnetworkpolicy.',
    read: baselineAdminPolicy,
  },
};

/** How a step's policy is named for people; `object` of a profile, which is no resource, is `profile NAME`. */
export function objectNamed({ kind, policy }: Pick<Step, 'kind' | 'policy'>): string {
  if (kind === 'Profile') return `profile ${policy}`;
  const { kind: name = kind, whose, prefix = '' } = writtenOf(kind) ?? {};
  const short = policy.startsWith(prefix) ? policy.slice(prefix.length) : policy;
  return `${whose === undefined ? '' : `${whose} `}${name} ${short}`;
}

/** The resource of a step, and its rule; undefined of a profile, and of a policy that is not among the resources. */
export function ruleNamed(
  resources: readonly Resource[],
  direction: Direction,
  step: Pick<Step, 'kind' | 'policy' | 'index'>,
): NamedRule | undefined {
  const how = writtenOf(step.kind);
  const resource = how && resourceOf(resources, how, step.policy);
  if (how === undefined || resource === undefined) return undefined;
  const named = { object: objectNamed(step), resource };
  const place = step.index < 0 ? undefined : placeOf(resource, how, direction, step.index);
  if (place === undefined) return named;
  const field = `${direction}[${place.rule}]${place.peer === undefined ? '' : `.${peersOf(direction)}[${place.peer}]`}`;
  return { ...named, field, text: ruleText(resource, direction, place.rule, place.peer) };
}

function writtenOf(kind: string): Written | undefined {
  return Object.hasOwn(written, kind) ? written[kind as PolicyKind] : undefined;
}

/** The last of two with one name counts. */
function resourceOf(resources: readonly Resource[], { kind, groups, prefix = '' }: Written, policy: string) {
  const name = policy.startsWith(prefix) ? policy.slice(prefix.length) : policy;
  return resources.findLast(
    (resource) =>
      resource.kind === kind &&
      groups.includes(groupOf(resource)) &&
      (resource.metadata.name === name || `${resource.metadata.namespace}/${resource.metadata.name}` === name),
  );
}

function peersOf(direction: Direction): 'from' | 'to' {
  return direction === 'ingress' ? 'from' : 'to';
}

/** Each rule is read alone: how many Calico makes of it tells which of them the index is. */
function placeOf(resource: Resource, { read }: Written, direction: Direction, index: number) {
  if (read === undefined) return { rule: index, peer: undefined };
  const spec = fields(resource.spec);
  let before = 0;
  for (const [rule, one] of list(spec[direction]).entries()) {
    const alone = { ...resource, spec: { ...spec, [direction]: [one] } };
    const made = read(alone)?.[direction]?.length ?? 0;
    if (index < before + made) {
      const peers = list(fields(one)[peersOf(direction)]).length;
      // One that cannot be read is one rule for all of its peers.
      const whole = peers < 2 || made % peers !== 0;
      return { rule, peer: whole ? undefined : (index - before) % peers };
    }
    before += made;
  }
  return undefined;
}
