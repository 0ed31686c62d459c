/** Objects of the API as the tests of the lab's agent write them down. */
export type Made = Readonly<Record<string, unknown>>;

export interface Port {
  readonly port: number;
  readonly name?: string;
  readonly protocol?: 'TCP' | 'UDP';
}

/** A Service in the namespace `default`; `spec` besides its address and ports. */
export function service(name: string, clusterIP: string, ports: readonly Port[], spec: Made = {}): Made {
  return { metadata: { namespace: 'default', name }, spec: { clusterIP, ports, ...spec } };
}

/** An EndpointSlice of a Service in `default`; an endpoint is an address, or one that is said in full. */
export function slice(
  of: string,
  ports: readonly Port[],
  endpoints: readonly (string | Made)[],
  more: Made = {},
): Made {
  return {
    metadata: { namespace: 'default', name: `${of}-x`, labels: { 'kubernetes.io/service-name': of } },
    addressType: 'IPv4',
    ports,
    endpoints: endpoints.map((each) => (typeof each === 'string' ? { addresses: [each] } : each)),
    ...more,
  };
}
