/** A resource's name as a person would say it. */
import type { StepEventMetadata } from '@pulumi/pulumi/automation/events.js';

/** Our own resource types; every other one is named by the last part of its type. */
const words: Readonly<Record<string, string>> = {
  'calispray:cluster:CalicoCluster': 'cluster',
  'calispray:cluster:Node': 'node',
  'calispray:kubespray:Build': 'build',
  'calispray:kubespray:Controller': 'controller',
  'calispray:kubespray:Inventory': 'inventory',
  'calispray:kubespray:Plan': 'plan',
  'calispray:kubernetes:ApiGate': 'API gate',
  'calispray:monitoring:FelixMetrics': 'Monitoring',
  'calispray:reachability:World': 'declared world',
  'calispray:verify:Verification': 'verification',
  'command:remote:Command': 'command',
  'command:remote:CopyToRemote': 'copy',
};

/** What a component of ours does on a host: the end of the command's name, and what that is to a reader. */
const commands: Readonly<Record<string, readonly (readonly [name: RegExp, said: string])[]>> = {
  'calispray:cluster:Node': [[/^(.*)-facts$/, 'facts of $1']],
  'calispray:kubespray:Controller': [
    [/^.*-authorised-on-(.+)$/, 'access to $1'],
    [/^.*-key$/, 'key of the controller'],
    [/^.*-runner$/, 'runner'],
    [/^.*-kubespray$/, 'kubespray'],
    [/^.*-bundle$/, 'copy of kubespray'],
  ],
  'calispray:kubespray:Inventory': [[/^.*-files$/, 'files of the inventory']],
  'calispray:kubespray:Build': [
    [/^(?:(?!-peer-).)*-member-(.+)$/, 'member $1'],
    [/^.*-peer-(.+)$/, 'BGP peer $1'],
    [/^.*-release$/, 'release'],
    [/^.*-settings$/, 'settings'],
    [/^.*-calico$/, 'Calico settings'],
    [/^.*-record$/, 'record of what was carried out'],
  ],
  'calispray:kubespray:Kubeconfig': [[/^.*-read$/, 'kubeconfig']],
  'calispray:kubernetes:ApiGate': [[/^.*-wait$/, 'wait for the API']],
  'calispray:verify:Verification': [[/^.*-checks$/, 'verification']],
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

/** The same from the URN alone (`urn:pulumi:stack::project::grandparent$parent$type::name`), for messages about a resource. */
export function labelOfUrn(urn: string, type = typesOf(urn).at(-1) ?? ''): string {
  const name = urn.split('::').slice(3).join('::');
  for (const [shape, said] of commands[typesOf(urn).at(-2) ?? ''] ?? []) {
    if (type.startsWith('command:') && shape.test(name)) return name.replace(shape, said);
  }
  return `${kindOf(type)} ${name}`.trim();
}

/** Types of the resources from the outermost component down to the resource itself. */
export function typesOf(urn: string): string[] {
  return (urn.split('::')[2] ?? '').split('$');
}

function kindOf(type: string): string {
  if (type.startsWith('pulumi:providers:')) return `${lastPart(type)} provider`;
  return words[type] ?? lastPart(type);
}

function lastPart(type: string): string {
  return type.split(':').at(-1) ?? type;
}
