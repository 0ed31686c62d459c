import type { Finding } from '../../cluster/finding.ts';
import type { Rule, Subject } from './subject.ts';

/**
 * What kubespray takes where a variable is not said: v2.31.0 roles/network_plugin/calico_defaults/defaults/main.yml and
 * roles/kubespray_defaults/defaults/main/main.yml.
 */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  kube_network_plugin: 'calico',
  kube_pods_subnet: '10.233.64.0/18',
  kube_service_addresses: '10.233.0.0/18',
  calico_datastore: 'kdd',
  calico_network_backend: 'vxlan',
  calico_ipip_mode: 'Never',
  calico_vxlan_mode: 'Always',
  calico_pool_name: 'default-pool',
  calico_pool_blocksize: 26,
  etcd_deployment_type: 'host',
};

/** The variable's value or kubespray's default; undefined where it has none, or is a template only Ansible can fill. */
export function valueIn(subject: Subject, name: string): unknown {
  const value = subject.variables[name] ?? DEFAULTS[name];
  return isTemplate(value) ? undefined : value;
}

/** Whether only Ansible can fill it. */
export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The variable as a number, where it is one or a text of one; NaN otherwise. */
export function numberIn(subject: Subject, name: string): number {
  const value = valueIn(subject, name);
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
}

/** The range of the pool that kubespray makes: the whole pod subnet unless said. */
export function poolCidr(subject: Subject): unknown {
  return Object.hasOwn(subject.variables, 'calico_pool_cidr')
    ? valueIn(subject, 'calico_pool_cidr')
    : valueIn(subject, 'kube_pods_subnet');
}

/** Whether Jinja takes the value as true: text is, even `"false"`. */
export function isTruthy(value: unknown): boolean {
  return Boolean(value);
}

/** Whether nodes peer with route reflectors: the group has hosts, unless the variable that says so is itself said. */
export function hasReflectors(subject: Subject): boolean {
  return Object.hasOwn(subject.variables, 'peer_with_calico_rr')
    ? isTruthy(valueIn(subject, 'peer_with_calico_rr'))
    : subject.hosts.some((host) => host.groups.includes('calico_rr'));
}

/** Where a variable comes from: the field of the stack file, or the variable itself in another program. */
export function pathOf(subject: Subject, name: string): string {
  return subject.paths?.[name] ?? name;
}

/** What a rule found. */
export function against(rule: Rule, path: string, message: string, hint: string): Finding {
  return { code: rule.code, class: rule.class, path, message, hint, reference: rule.reference };
}

/** A value as it would stand in YAML, short. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
