/** A connection to a service: kube-proxy, or Felix in its place, sends it on to an endpoint before any policy of a pod is asked. */
import { formatAddress } from '../address.ts';
import type { Behind, Query, Verdict } from '../types.ts';
import type { Service } from './services.ts';
import type { Backend } from './sets.ts';
import { type Answer, protocolOf, type SentTo, type World } from './world.ts';

export function throughService(world: World, query: Query, name: string, service: Service): Answer {
  const protocol = protocolOf(query);
  const refuse = (error: string): Answer => ({ ok: false, error });
  if (protocol === undefined) return refuse(`${query.proto} is no protocol`);
  if (query.port === undefined) return refuse(`say which port of the service ${name}`);
  const port = service.ports.find((p) => p.port === query.port && p.protocol === protocol);
  if (port === undefined) return refuse(`the service ${name} has no port ${query.port} of this protocol`);
  const sentTo = { addresses: service.clusterIps, port: query.port };
  const answers = port.backends.map((backend) => ({ backend, answer: askBehind(world, query, backend, sentTo) }));
  const told = answers.flatMap(({ backend, answer }) => (answer.ok ? { backend, verdict: answer.verdict } : []));
  const first = told.find(({ verdict }) => verdict.verdict === 'deny') ?? told[0];
  if (first === undefined) return refuse(`nothing of a fitting family is behind the service ${name}`);
  const alike = told.every(({ verdict }) => verdict.verdict === first.verdict.verdict);
  const behind = told.map(({ backend, verdict }): Behind => {
    return { dst: nameOf(world, backend), port: backend.port, verdict: verdict.verdict };
  });
  const verdict: Verdict = { ...first.verdict, ...(!alike && { verdict: 'depends' }), behind };
  return { ok: true, verdict };
}

function askBehind(world: World, query: Query, { address, port }: Backend, sentTo: SentTo): Answer {
  return world.ask({ ...query, dst: formatAddress(address), port }, sentTo);
}

function nameOf(world: World, { address }: Backend): string {
  return world.universe.placeOf(address).endpoints[0]?.endpoint.id ?? formatAddress(address);
}
