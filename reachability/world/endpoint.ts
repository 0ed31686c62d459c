/** Pods and host endpoints with every label that a selector may ask for (Calico v3.32.1 …/k8s/conversion/workload_endpoint_default.go). */
import { type Address, parseAddress } from '../address.ts';
import { profileRules } from '../policy/calico.ts';
import { type Policy, protocolNumber, protocols } from '../policy/policy.ts';
import {
  nameLabel,
  namespaceLabel,
  namespacePrefix,
  orchestratorLabel,
  serviceAccountLabel,
  serviceAccountPrefix,
} from '../policy/selectors.ts';
import { type Fields, fields, list, type Resource, text, textMap, texts } from '../raw.ts';
import type { Labels } from '../selector/node.ts';

export interface Endpoint {
  /** `namespace/pod`, or `hostendpoint/NAME`. */
  readonly id: string;
  readonly kind: 'pod' | 'host';
  /** Its own labels and those that it inherits, which give way to its own. */
  readonly labels: Labels;
  /** How labels begin that it may have or not: its namespace's and its service account's, where the world lacks those. */
  readonly unknown?: readonly string[];
  readonly addresses: readonly Address[];
  readonly ports: readonly NamedPort[];
  /** In the order in which they are asked, once every tier has passed. */
  readonly profiles: readonly Profile[];
  /** The node that it is on, where that is known. */
  readonly node: string;
  /** Of a host endpoint: for all interfaces of its node that have none of their own. */
  readonly everyInterface?: boolean;
}

export interface NamedPort {
  readonly name: string;
  readonly protocol: number;
  readonly port: number;
}

export interface Profile {
  readonly name: string;
  /** Namespaces and Calico's own profile for host endpoints let everything through; those of service accounts have labels alone. */
  readonly allows: boolean;
  /** What people wrote in one of their own. */
  readonly rules?: Policy;
}

/** Labels that pods inherit, by namespace and by `namespace/serviceaccount`. */
export interface Inherited {
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly serviceAccounts: ReadonlyMap<string, Labels>;
}

/** Every namespace carries its name twice: Kubernetes sets the one, Calico the other. */
export function namespaceLabels(name: string, labels: unknown): Labels {
  return new Map([
    [`${namespacePrefix}kubernetes.io/metadata.name`, name],
    ...textMap(labels).map(([key, value]): [string, string] => [namespacePrefix + key, value]),
    [namespacePrefix + nameLabel, name],
  ]);
}

export function serviceAccountLabels(name: string, labels: unknown): Labels {
  return new Map([
    ...textMap(labels).map(([key, value]): [string, string] => [serviceAccountPrefix + key, value]),
    [serviceAccountPrefix + nameLabel, name],
  ]);
}

export type PodPlace =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  /** On the node's own network: it is the node, as far as policies go. */
  | { readonly kind: 'host'; readonly addresses: readonly Address[]; readonly node: string }
  /** Ended, so that its address may belong to another by now. */
  | { readonly kind: 'finished' };

export function podPlace(pod: Resource, inherited: Inherited): PodPlace {
  const { name, namespace = '' } = pod.metadata;
  const spec = fields(pod.spec);
  const status = fields(pod.status);
  if (['Failed', 'Succeeded', 'Completed'].includes(text(status.phase))) return { kind: 'finished' };
  const node = text(spec.nodeName);
  const addresses = podAddresses(status, fields(pod.metadata.annotations));
  if (spec.hostNetwork === true) return { kind: 'host', addresses: hostAddresses(status, addresses), node };

  const account = text(spec.serviceAccountName);
  const own: [string, string][] = [
    ...textMap(pod.metadata.labels),
    [namespaceLabel, namespace],
    [orchestratorLabel, 'k8s'],
    ...(account !== '' && account.length < 63 ? [[serviceAccountLabel, account] as [string, string]] : []),
  ];
  const profiles: Profile[] = [{ name: `kns.${namespace}`, allows: true }];
  if (account !== '') profiles.push({ name: `ksa.${namespace}.${account}`, allows: false });
  return {
    kind: 'endpoint',
    endpoint: {
      id: `${namespace}/${name}`,
      kind: 'pod',
      labels: new Map([
        ...(account === ''
          ? []
          : (inherited.serviceAccounts.get(`${namespace}/${account}`) ?? serviceAccountLabels(account, undefined))),
        ...(inherited.namespaces.get(namespace) ?? namespaceLabels(namespace, undefined)),
        ...own,
      ]),
      ...unknownLabels(inherited, namespace, account),
      addresses,
      ports: [...list(spec.containers), ...list(spec.initContainers)].flatMap((container) =>
        namedPorts(fields(container)),
      ),
      profiles,
      node,
    },
  };
}

/** Of a pod or network set whose namespace, or service account, is not among the resources. */
export function unknownLabels(
  { namespaces, serviceAccounts }: Inherited,
  namespace: string,
  account: string,
): { readonly unknown?: readonly string[] } {
  const unknown = [
    ...(namespaces.has(namespace) ? [] : [namespacePrefix]),
    ...(account === '' || serviceAccounts.has(`${namespace}/${account}`) ? [] : [serviceAccountPrefix]),
  ];
  return unknown.length === 0 ? {} : { unknown };
}

/** `podIPs`, else `podIP`, else what Calico's CNI plugin wrote down (conversion.go getPodIPs). */
function podAddresses(status: Fields, annotations: Fields): Address[] {
  const many = list(status.podIPs).map((entry) => text(fields(entry).ip));
  const one = [status.podIP].map(text);
  const written = ['cni.projectcalico.org/podIPs', 'cni.projectcalico.org/podIP'].map((key) =>
    text(annotations[key]).split(','),
  );
  const found = [many, one, ...written]
    .map((given) => given.filter((ip) => ip !== ''))
    .find((given) => given.length > 0);
  return (found ?? []).flatMap((ip) => parseAddress(ip.split('/')[0] as string) ?? []);
}

function hostAddresses(status: Fields, addresses: readonly Address[]): readonly Address[] {
  const host = parseAddress(text(status.hostIP));
  return addresses.length > 0 || host === undefined ? addresses : [host];
}

function namedPorts(container: Fields): NamedPort[] {
  return list(container.ports).flatMap((entry) => {
    const { name, containerPort, protocol } = fields(entry);
    const number = text(protocol) === '' ? protocols.tcp : protocolNumber(text(protocol));
    if (text(name) === '' || typeof containerPort !== 'number' || containerPort === 0 || number === undefined)
      return [];
    return { name: text(name), protocol: number, port: containerPort };
  });
}

/**
 * `kubernetes.io/…` of the node are copied into an automatic one by Calico's controllers, so they stand in the resource. It has the
 * labels of its profiles too, where they are not its own (felix/labelindex/label_inheritance_index.go).
 */
export function hostEndpoint(
  resource: Resource,
  written: ReadonlyMap<string, Resource>,
  inherited: Inherited,
): Endpoint {
  const spec = fields(resource.spec);
  const named = texts(spec.profiles);
  return {
    id: `hostendpoint/${resource.metadata.name}`,
    kind: 'host',
    labels: new Map([
      ...named.toReversed().flatMap((name) => [...profileLabels(name, written.get(name), inherited)]),
      ...textMap(resource.metadata.labels),
    ]),
    addresses: texts(spec.expectedIPs).flatMap((ip) => parseAddress(ip) ?? []),
    ports: list(spec.ports).flatMap((entry) => {
      const { name, port, protocol } = fields(entry);
      const number = protocolNumber(protocol);
      return typeof port === 'number' && number !== undefined ? { name: text(name), port, protocol: number } : [];
    }),
    profiles: named.map((name) => profileOf(name, written.get(name))),
    node: text(spec.node),
    everyInterface: spec.interfaceName === '*',
  };
}

/** Calico's own let everything through; one that nobody wrote denies (felix/calc/active_rules_calculator.go DummyDropRules). */
function profileOf(name: string, resource: Resource | undefined): Profile {
  const own = name === 'projectcalico-default-allow' || name.startsWith('kns.');
  return { name, allows: own, ...(!own && resource !== undefined && { rules: profileRules(resource) }) };
}

function profileLabels(name: string, resource: Resource | undefined, inherited: Inherited): Labels {
  if (resource !== undefined) return new Map(textMap(fields(resource.spec).labelsToApply));
  const account = /^ksa\.([^.]+)\.(.+)$/.exec(name);
  const found = account
    ? inherited.serviceAccounts.get(`${account[1]}/${account[2]}`)
    : inherited.namespaces.get(name.replace(/^kns\./, ''));
  return found ?? new Map();
}
