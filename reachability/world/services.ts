/** Who is behind a service: its EndpointSlices, or, where a world of manifests has none, the pods that its selector takes. */
import { type Address, parseAddress } from '../address.ts';
import { protocolNumber, protocols } from '../policy/policy.ts';
import { namespaceLabel } from '../policy/selectors.ts';
import { fields, isFields, list, type Resource, text, textMap, texts } from '../raw.ts';
import type { Endpoint } from './endpoint.ts';
import { type Backend, ServiceSet } from './sets.ts';

export interface Service {
  readonly ports: readonly ServicePort[];
  /** Its own, which no policy of a pod ever sees. */
  readonly clusterIps: readonly Address[];
  readonly addresses: readonly Address[];
  readonly backends: readonly Backend[];
}

export interface ServicePort {
  readonly port: number;
  readonly protocol: number;
  /** What stands behind this port. */
  readonly backends: readonly Backend[];
}

/** By `namespace/name`. */
export function servicesOf(
  services: readonly Resource[],
  slices: readonly Resource[],
  endpoints: readonly Endpoint[],
): ReadonlyMap<string, Service> {
  const behind = Map.groupBy(
    slices,
    ({ metadata }) => `${metadata.namespace}/${text(metadata.labels?.['kubernetes.io/service-name'])}`,
  );
  const declared = new Map(
    services.map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service]),
  );
  return new Map(
    [...new Set([...behind.keys(), ...declared.keys()])].map((name) => [
      name,
      serviceOf(declared.get(name), behind.get(name), endpoints),
    ]),
  );
}

export function serviceSets(services: ReadonlyMap<string, Service>): ReadonlyMap<string, ServiceSet> {
  return new Map([...services].map(([name, { addresses, backends }]) => [name, new ServiceSet(addresses, backends)]));
}

interface Named extends Backend {
  readonly name: string;
}

function serviceOf(
  service: Resource | undefined,
  slices: readonly Resource[] | undefined,
  endpoints: readonly Endpoint[],
): Service {
  const spec = fields(service?.spec);
  const selected = slices === undefined ? selectedBy(spec, service?.metadata.namespace ?? '', endpoints) : [];
  const fromSlices = (slices ?? []).flatMap(backendsOfSlice);
  const ports = list(spec.ports).map((entry): ServicePort => {
    const { name, port, protocol, targetPort } = fields(entry);
    const proto = protocolOf(protocol);
    return {
      port: Number(port),
      protocol: proto,
      backends:
        slices === undefined
          ? selected.flatMap((pod) => backendsOfPod(pod, targetPort ?? port, proto))
          : // A slice repeats the service's name of the port; a service with one port need not name it.
            fromSlices.filter((b) => b.protocol === proto && (b.name === text(name) || list(spec.ports).length === 1)),
    };
  });
  return {
    ports,
    clusterIps: [...texts(spec.clusterIPs), text(spec.clusterIP)].flatMap((ip) => parseAddress(ip) ?? []),
    addresses: slices === undefined ? selected.flatMap(({ addresses }) => addresses) : slices.flatMap(addressesOfSlice),
    backends: slices === undefined ? ports.flatMap(({ backends }) => backends) : fromSlices,
  };
}

function protocolOf(value: unknown): number {
  return text(value) === '' ? protocols.tcp : (protocolNumber(text(value)) ?? protocols.tcp);
}

/** A service without a selector has the slices that somebody writes for it, or nothing. */
function selectedBy(spec: ReturnType<typeof fields>, namespace: string, endpoints: readonly Endpoint[]): Endpoint[] {
  const wanted = textMap(spec.selector);
  if (wanted.length === 0) return [];
  return endpoints.filter(
    ({ kind, labels }) =>
      kind === 'pod' &&
      labels.get(namespaceLabel) === namespace &&
      wanted.every(([key, value]) => labels.get(key) === value),
  );
}

function backendsOfPod(pod: Endpoint, target: unknown, protocol: number): Backend[] {
  const named = pod.ports.find((at) => at.name === target && at.protocol === protocol)?.port;
  const port = typeof target === 'number' ? target : named;
  return port === undefined ? [] : pod.addresses.map((address) => ({ address, protocol, port }));
}

function addressesOfSlice(slice: Resource): Address[] {
  return list(slice.endpoints).flatMap((entry) =>
    texts(fields(entry).addresses).flatMap((ip) => parseAddress(ip) ?? []),
  );
}

/** A port without a number is none (felix/serviceindex/serviceindex.go membersFromEndpointSlice). */
function backendsOfSlice(slice: Resource): Named[] {
  const ports = list(slice.ports).filter(isFields);
  return addressesOfSlice(slice).flatMap((address) =>
    ports.flatMap(({ name, port, protocol }) =>
      typeof port === 'number' ? { address, protocol: sliceProtocol(protocol), port, name: text(name) } : [],
    ),
  );
}

function sliceProtocol(value: unknown): number {
  if (value === 'UDP') return protocols.udp;
  return value === 'SCTP' ? protocols.sctp : protocols.tcp;
}
