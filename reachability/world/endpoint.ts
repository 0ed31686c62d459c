/** Pods and host endpoints with every label that a selector may ask for (Calico v3.32.1 …/k8s/conversion/workload_endpoint_default.go). */
import { type Address, parseAddress } from '../address.ts';
import { protocolNumber, protocols } from '../policy/policy.ts';
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
  readonly addresses: readonly Address[];
  readonly ports: readonly NamedPort[];
  /** In the order in which they are asked, once every tier has passed. */
  readonly profiles: readonly Profile[];
  /** The node that it is on, where that is known. */
  readonly node: string;
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
        ...(account === '' ? [] : (inherited.serviceAccounts.get(`${namespace}/${account}`) ?? [])),
        ...(inherited.namespaces.get(namespace) ?? namespaceLabels(namespace, undefined)),
        ...own,
      ]),
      addresses,
      ports: [...list(spec.containers), ...list(spec.initContainers)].flatMap((container) =>
        namedPorts(fields(container)),
      ),
      profiles,
      node,
    },
  };
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
 * A host endpoint with its own labels alone; `kubernetes.io/…` of the node are copied into it by Calico's controllers where it is an
 * automatic one, so they stand in the resource.
 */
export function hostEndpoint(resource: Resource, nodeAddresses: ReadonlyMap<string, readonly Address[]>): Endpoint {
  const spec = fields(resource.spec);
  const node = text(spec.node);
  const expected = texts(spec.expectedIPs).flatMap((ip) => parseAddress(ip) ?? []);
  const everyInterface = spec.interfaceName === '*';
  return {
    id: `hostendpoint/${resource.metadata.name}`,
    kind: 'host',
    labels: new Map(textMap(resource.metadata.labels)),
    addresses: expected.length > 0 || !everyInterface ? expected : (nodeAddresses.get(node) ?? []),
    ports: list(spec.ports).flatMap((entry) => {
      const { name, port, protocol } = fields(entry);
      const number = protocolNumber(protocol);
      return typeof port === 'number' && number !== undefined ? { name: text(name), port, protocol: number } : [];
    }),
    profiles: texts(spec.profiles).map((name) => ({ name, allows: name === 'projectcalico-default-allow' })),
    node,
  };
}
