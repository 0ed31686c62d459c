/**
 * A resource as crd.projectcalico.org/v1 stores it, told as the projectcalico.org/v3 resource that Felix takes it for (Calico v3.31.5
 * libcalico-go/lib/backend/k8s/resources/resources.go ConvertK8sResourceToCalicoResource).
 */
import { isRecord } from '../cluster/raw.ts';
import type { Resource } from './raw.ts';

/** Where the v3 metadata are kept that a CRD has no room for. */
const STASH = 'projectcalico.org/metadata';

/** Kinds whose name in the CRD begins with their tier's. */
const tiered = ['NetworkPolicy', 'GlobalNetworkPolicy', 'StagedNetworkPolicy', 'StagedGlobalNetworkPolicy'];

export function asV3(stored: Resource): Resource {
  const { kind, metadata } = stored;
  const spec = isRecord(stored.spec) ? stored.spec : {};
  const { [STASH]: stash, ...annotations } = isRecord(metadata.annotations) ? metadata.annotations : {};
  const kept = stashed(stash);
  const isTiered = tiered.includes(kind);
  return {
    ...stored,
    apiVersion: 'projectcalico.org/v3',
    metadata: {
      ...metadata,
      name: isTiered ? (kept.name ?? plainName(metadata.name, spec.tier)) : metadata.name,
      labels: { ...(isRecord(metadata.labels) ? metadata.labels : {}), ...kept.labels },
      annotations,
    },
    // Written past Calico's own API nothing is filled in, and Felix takes none for both (felix/calc/policy_sorter.go:196).
    ...(isTiered && { spec: withTypes(spec) }),
  };
}

function withTypes(spec: Record<string, unknown>): Record<string, unknown> {
  return Array.isArray(spec.types) && spec.types.length > 0 ? spec : { ...spec, types: ['Ingress', 'Egress'] };
}

/** Those of the tier `default` are known without it, unless the stash says how they were named. */
function plainName(name: string, tier: unknown): string {
  const inDefault = tier === undefined || tier === '' || tier === 'default';
  return inDefault && name.startsWith('default.') ? name.slice('default.'.length) : name;
}

function stashed(text: unknown): { name?: string; labels: Record<string, unknown> } {
  if (typeof text !== 'string') return { labels: {} };
  try {
    const { name, labels } = JSON.parse(text) as { name?: unknown; labels?: unknown };
    return { ...(typeof name === 'string' && name !== '' && { name }), labels: isRecord(labels) ? labels : {} };
  } catch {
    return { labels: {} };
  }
}
