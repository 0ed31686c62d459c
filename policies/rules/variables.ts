import type { Finding } from '../../cluster/finding.ts';
import { fieldOf } from '../../kubespray/fields.ts';
import type { Rule, Subject } from './subject.ts';

/**
 * What kubespray takes where a variable is not said: v2.31.0 roles/network_plugin/calico_defaults/defaults/main.yml,
 * roles/kubespray_defaults/defaults/main/{main,download}.yml and roles/kubernetes/…/defaults.
 */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  kube_network_plugin: 'calico',
  kube_pods_subnet: '10.233.64.0/18',
  kube_service_addresses: '10.233.0.0/18',
  kube_network_node_prefix: 24,
  kube_pods_subnet_ipv6: 'fd85:ee78:d8a6:8607::1:0000/112',
  kube_service_addresses_ipv6: 'fd85:ee78:d8a6:8607::1000/116',
  kube_network_node_prefix_ipv6: 120,
  ipv4_stack: true,
  kubelet_max_pods: 110,
  kube_proxy_mode: 'ipvs',
  enable_nodelocaldns: true,
  nodelocaldns_ip: '169.254.25.10',
  etcd_deployment_type: 'host',
  container_manager: 'containerd',
  calico_datastore: 'kdd',
  calico_network_backend: 'vxlan',
  calico_ipip_mode: 'Never',
  calico_vxlan_mode: 'Always',
  calico_vxlan_mode_ipv6: 'Always',
  calico_pool_name: 'default-pool',
  calico_pool_blocksize: 26,
  calico_pool_blocksize_ipv6: 122,
  calico_ipam_maxblocksperhost: 0,
  global_as_num: '64512',
};

/**
 * The variable's value or kubespray's default, what is passed with `-e` first; undefined where it has none, or is a
 * template only Ansible can fill.
 */
export function valueIn(subject: Subject, name: string): unknown {
  const value = saidIn(subject, name) ?? DEFAULTS[name];
  return isTemplate(value) ? undefined : value;
}

/** The variable's value as somebody wrote it, a template too; undefined where nobody did. */
export function saidIn(subject: Subject, name: string): unknown {
  return subject.extraVars?.[name] ?? subject.variables[name];
}

/** Whether only Ansible can fill it. */
export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && /\{[{%]/.test(value);
}

/** The variable as a number, where it is one or a text of one; NaN otherwise. */
export function numberIn(subject: Subject, name: string): number {
  return numberOf(valueIn(subject, name));
}

/** A number, or a text of one, as a number; NaN otherwise. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
}

/** Whether Jinja takes the value as true: text is, even `"false"`. */
export function isTruthy(value: unknown): boolean {
  return Boolean(value);
}

/** Whether the switch is plainly on: on text, the rule `boolean-as-text` speaks and no other. */
export function isOn(subject: Subject, name: string): boolean {
  return valueIn(subject, name) === true;
}

/** What Ansible’s filter `bool` takes for true. */
export function isYes(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(true|yes|on|1|t|y)$/i.test(value));
}

/** Whether it is known which groups the hosts are in. */
export function hasKnownGroups({ hosts }: Subject): boolean {
  return hosts.every((host) => !host.groups.some(isTemplate));
}

/** Whether nodes and pods have IPv6 addresses (roles/kubespray_defaults/defaults/main/main.yml:273). */
export function hasIpv6(subject: Subject): boolean {
  return isYes(saidIn(subject, 'ipv6_stack') ?? saidIn(subject, 'enable_dual_stack_networks'));
}

/** Whether nodes peer with route reflectors: the group has hosts, unless the variable that says so is itself said. */
export function hasReflectors(subject: Subject): boolean {
  return Object.hasOwn(subject.variables, 'peer_with_calico_rr')
    ? isTruthy(valueIn(subject, 'peer_with_calico_rr'))
    : subject.hosts.some((host) => host.groups.includes('calico_rr'));
}

/**
 * Where a variable is to be written: the field of the stack file where there is a stack file and a field, or the variable
 * itself.
 */
export function pathOf(subject: Subject, name: string): string {
  const { paths = {} } = subject;
  if (Object.hasOwn(paths, name)) return paths[name] as string;
  return isStackFile(subject) && Object.hasOwn(fieldOf, name) ? (fieldOf[name] as string) : name;
}

/** The same for a variable of one host. */
export function hostPathOf(subject: Subject, host: string, name: string): string {
  const field = isStackFile(subject) && Object.hasOwn(fieldOf, name) ? (fieldOf[name] as string) : '';
  return field.startsWith('nodes.NAME.') ? field.replace('NAME', () => host) : `nodes.${host}.${name}`;
}

/** The way out by giving a variable a value: in words for a field, which may be called and written otherwise. */
export function toSet(subject: Subject, name: string, value: unknown): string {
  const path = pathOf(subject, name);
  if (path === name) return `set ${name}: ${show(value)}`;
  return path.endsWith(`.${name}`)
    ? `set ${path} to ${show(value)}`
    : `choose ${path} so that ${name} is ${show(value)}`;
}

/** A hint as a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** `bird, vxlan or none`. */
export function either(words: readonly unknown[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** `1 block`, `2 blocks`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Whether the variables come from a stack file of ours, and not from a program that wrote them itself. */
function isStackFile({ paths = {} }: Subject): boolean {
  for (const _ in paths) return true;
  return false;
}

/** What a rule found. */
export function against(rule: Rule, path: string, message: string, hint: string): Finding {
  return { code: rule.code, class: rule.class, path, message, hint, reference: rule.reference };
}

/** A value as it would stand in YAML, short. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : json(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    // A ring, or a bigint: YAML can say the first, and a program both.
    return typeof value === 'bigint' ? String(value) : 'a value that holds itself';
  }
}
