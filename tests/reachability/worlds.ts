/** Small worlds to ask. */
import { type Answer, type Query, type Resource, World, type WorldOptions } from '../../reachability/index.ts';

export function namespace(name: string, labels: Record<string, string> = {}): Resource {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

let addresses = 0;

/** `namespace/name` with labels; each has an address of its own. */
export function pod(
  id: string,
  labels: Record<string, string> = {},
  more: { spec?: object; status?: object } = {},
): Resource {
  const [ns = '', name = ''] = id.split('/');
  addresses += 1;
  const podIP = `10.244.${addresses >> 8}.${addresses & 255}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: ns, labels },
    spec: { containers: [{ name: 'c', ports: [{ containerPort: 8080, name: 'http' }] }], ...more.spec },
    status: more.status ?? { podIP },
  };
}

export function kubernetes(id: string, spec: object): Resource {
  const [ns = '', name = ''] = id.split('/');
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: ns }, spec };
}

/** A GlobalNetworkPolicy, or, with `namespace/name`, a NetworkPolicy. */
export function calico(id: string, spec: object, apiVersion = 'projectcalico.org/v3'): Resource {
  const [name = '', ns] = id.split('/').reverse();
  const kind = ns === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy';
  return { apiVersion, kind, metadata: { name, ...(ns !== undefined && { namespace: ns }) }, spec };
}

export function resource(kind: string, name: string, spec: object, more: object = {}): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name, ...more }, spec };
}

/** `a -> b tcp/80`; the verdict, or both halves' where one is not plain. */
export function ask(resources: readonly Resource[], question: string | Query, options: WorldOptions = {}): Answer {
  return new World(resources, options).ask(typeof question === 'string' ? queryOf(question) : question);
}

export function verdict(resources: readonly Resource[], question: string | Query, options: WorldOptions = {}): string {
  const answer = ask(resources, question, options);
  return answer.ok ? answer.verdict.verdict : answer.error;
}

function queryOf(question: string): Query {
  const [, src = '', dst = '', proto = '', port] = /^(\S+) -> (\S+) (\w+)(?:\/(\d+))?$/.exec(question) ?? [];
  return { src, dst, proto, ...(port !== undefined && { port: Number(port), srcPort: 40000 }) };
}
