/**
 * Staged policies: Calico evaluates them for its flow logs and enforces nothing of them. A world with them enforced tells what they would
 * change (Calico v3.32.1 api/pkg/apis/projectcalico/v3/policy_common.go StagedAction).
 */
import { fields, groupOf, type Resource, text } from './raw.ts';

const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'];

interface Becomes {
  readonly kind: string;
  /** Calico's own where it is absent. */
  readonly apiVersion?: string;
}

const becomes: Readonly<Record<string, Becomes>> = {
  StagedNetworkPolicy: { kind: 'NetworkPolicy' },
  StagedGlobalNetworkPolicy: { kind: 'GlobalNetworkPolicy' },
  StagedKubernetesNetworkPolicy: { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1' },
};

export function stagedIn(resources: readonly Resource[]): Resource[] {
  return resources.filter((one) => Object.hasOwn(becomes, one.kind) && calicoGroups.includes(groupOf(one)));
}

/** The world once every staged policy is enforced in the place of the one of its name, or, with the action Delete, has taken that away. */
export function withStagedEnforced(resources: readonly Resource[]): Resource[] {
  const staged = new Set(stagedIn(resources));
  // With Learn and Ignore nothing is to come of it.
  const acting = [...staged].filter((one) => ['', 'Set', 'Delete'].includes(actionOf(one)));
  const replaced = new Set(acting.map((one) => keyOf(enforced(one))));
  return [
    ...resources.filter((one) => !staged.has(one) && !replaced.has(keyOf(one))),
    ...acting.filter((one) => actionOf(one) !== 'Delete').map(enforced),
  ];
}

function actionOf({ spec }: Resource): string {
  return text(fields(spec).stagedAction);
}

function enforced(staged: Resource): Resource {
  const { kind, apiVersion = staged.apiVersion } = becomes[staged.kind] as Becomes;
  const { stagedAction: _, ...spec } = fields(staged.spec);
  return { ...staged, kind, apiVersion, spec };
}

function keyOf(resource: Resource): string {
  const { kind, metadata } = resource;
  const group = groupOf(resource);
  const namespace = kind === 'GlobalNetworkPolicy' ? '' : metadata.namespace;
  return `${calicoGroups.includes(group) ? 'calico' : group}/${kind}/${namespace}/${metadata.name}`;
}
