/** A resource's name as a person would say it. */
import type { StepEventMetadata } from '@pulumi/pulumi/automation/events.js';

/** Our own resource types; every other one is named by the last part of its type. */
const words: Readonly<Record<string, string>> = {
  'calispray:cluster:CalicoCluster': 'cluster',
  'calispray:cluster:Node': 'node',
  'calispray:kubespray:Controller': 'controller',
  'calispray:kubespray:Inventory': 'inventory',
  'calispray:kubespray:Run': 'kubespray run',
  'calispray:kubernetes:ApiGate': 'API gate',
  'calispray:monitoring:FelixMetrics': 'Felix metrics',
  'command:remote:Command': 'command',
  'command:remote:CopyToRemote': 'copy',
};

/** `NetworkPolicy production/allow-dns` for an object of Kubernetes, `node vmstation-homelab` otherwise. */
export function labelOf(metadata: Pick<StepEventMetadata, 'urn' | 'type' | 'old' | 'new'>): string {
  const { urn, type } = metadata;
  if (type.startsWith('kubernetes:')) {
    const object = (metadata.new ?? metadata.old)?.inputs as
      | { metadata?: { name?: string; namespace?: string } }
      | undefined;
    const { name, namespace } = object?.metadata ?? {};
    if (name !== undefined) return `${lastPart(type)} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  }
  return labelOfUrn(urn, type);
}

/** The same from the URN alone (`urn:pulumi:stack::project::parent$type::name`), for messages about a resource. */
export function labelOfUrn(urn: string, type = (urn.split('::')[2] ?? '').split('$').at(-1) ?? ''): string {
  const name = urn.split('::').slice(3).join('::');
  return `${kindOf(type)} ${name}`.trim();
}

function kindOf(type: string): string {
  if (type.startsWith('pulumi:providers:')) return `${lastPart(type)} provider`;
  return words[type] ?? lastPart(type);
}

function lastPart(type: string): string {
  return type.split(':').at(-1) ?? type;
}
