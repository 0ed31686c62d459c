/** What pods rely on beside each other: names, Services, the way out, and policies that hold. */
import { coreDnsOf, serviceAddress } from '../../../cluster/index.ts';
import type { Node } from '../../../cluster/types.ts';
import { constants } from '../../fields.ts';
import {
  byFamily,
  type Checks,
  counted,
  type Draft,
  type Family,
  familyOf,
  type Ground,
  namesOf,
  subjectOf,
} from '../ground.ts';

/** Asked of the server that pods are given: the cache on the node, else CoreDNS, else one of the stack's own. */
export const dnsChecks: Checks = ({ cluster, nodes }) => {
  const server = nameserverOf(cluster);
  if (server === undefined) return [];
  const domain = cluster.kubespray.extraVariables.dns_domain ?? constants.dns_domain;
  const name = `kubernetes.default.svc.${String(domain)}`;
  const address = serviceAddress(cluster.network.services, 1);
  return (['udp', 'tcp'] as const).map(
    (transport): Draft => ({
      group: `dns-${transport}`,
      nodes: [],
      sentence: `A pod on every node resolves ${name} at ${server} over ${transport.toUpperCase()}.`,
      kind: 'dns',
      with: { nodes: namesOf(nodes), transport, server, name, address },
      expected: address,
      seconds: 30,
    }),
  );
};

function nameserverOf(cluster: Ground['cluster']): string | undefined {
  const { nodeLocalCache, address } = cluster.network.dns;
  if (nodeLocalCache) return address;
  const { manual_dns_server: manual } = cluster.kubespray.extraVariables;
  return coreDnsOf(cluster)[0]?.clusterIp ?? (typeof manual === 'string' ? manual : undefined);
}

export const serviceChecks: Checks = ({ nodes }) => [
  {
    group: 'service',
    nodes: [],
    sentence: 'A pod on every node reaches a Service by its address.',
    kind: 'service',
    with: { nodes: namesOf(nodes) },
    expected: `reached from ${counted(nodes.length, 'node')}`,
    seconds: 30,
  },
];

/** From each node to the next one, so that every node is a sender and a receiver. */
export const outsideChecks: Checks = (ground) => [
  ...(ground.nodes.length < 2 ? [] : ground.families.flatMap((family) => towardsNodes(ground, family))),
  ...ground.cluster.verify.outside.map(({ address, port }): Draft => {
    const called = port === undefined ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    return {
      group: 'outside-address',
      subject: called,
      nodes: [],
      sentence: `A pod on every node reaches ${called}, outside of the cluster.`,
      kind: 'outside-address',
      with: { nodes: namesOf(ground.nodes), address, ...(port === undefined ? {} : { port }) },
      expected: `reached from ${counted(ground.nodes.length, 'node')}`,
      seconds: 30,
    };
  }),
];

function towardsNodes({ cluster, nodes }: Ground, family: Family): Draft[] {
  const { pool, ipv6 } = cluster.network;
  const snat = family === 4 ? pool.natOutgoing : (ipv6?.pool.natOutgoing ?? false);
  return nodes.map((from, i): Draft => {
    const to = nodes[(i + 1) % nodes.length] as Node;
    const seen = family === 4 ? from.address : (from.address6 ?? from.name);
    return {
      group: 'outside',
      subject: subjectOf(from.name, family),
      nodes: [from.name],
      sentence: snat
        ? `A pod on ${from.name} reaches ${to.name} itself${byFamily(family)}, which sees the address of ${from.name}.`
        : `A pod on ${from.name} reaches ${to.name} itself${byFamily(family)}, which sees the pod's own address.`,
      kind: 'outside',
      with: { from: from.name, to: to.name, snat, ...familyOf(family) },
      expected: snat ? `sender ${seen}` : "sender: the pod's address",
      seconds: 20,
    };
  });
}

/** From one node to another where there are two: the way that most packets go. */
export const policyChecks: Checks = ({ cluster, nodes }) => {
  if (!cluster.calico.networkPolicy) return [];
  const workers = nodes.filter(({ roles }) => roles.includes('worker'));
  const both = (workers.length > 1 ? workers : nodes).slice(0, 2);
  return [
    {
      group: 'policy-enforced',
      nodes: [],
      sentence: 'A policy that lets nothing in keeps a pod from another.',
      kind: 'policy',
      // With etcd as its own datastore, Calico has none of its policies in the API.
      with: { nodes: namesOf(both), ...(cluster.calico.datastore === 'kdd' ? { calico: true } : {}) },
      expected: 'reached before it, and not after',
      seconds: 60,
    },
  ];
};
