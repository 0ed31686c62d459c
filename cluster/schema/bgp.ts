import { z } from 'zod';
import { field, section } from './documentation.ts';
import { address, anyAddress, anyCidr, asNumber, dnsName, port } from './values.ts';

/** kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml applies BGPPeers and deletes none: `up` does. */
const PEER = 'A session comes up under the new terms; a BGPPeer of another name is deleted after the new one is there.';
const LIVE = 'BGPConfiguration is applied with calicoctl, and BIRD takes it up without a restart.';

const peer = z.strictObject({
  address: anyAddress.meta(
    field('IPv4 or IPv6 address of the router.', { example: '192.168.4.9', change: 'free', note: PEER }),
  ),
  as: asNumber.meta(field('AS number of the router.', { example: 64700, change: 'free', note: PEER })),
  name: dnsName.optional().meta(
    field('What the BGPPeer is called, behind `global-` or the name of its node.', {
      otherwise: 'the address',
      example: 'rack-9',
      change: 'free',
      note: PEER,
    }),
  ),
  filters: z
    .array(dnsName)
    .default([])
    .meta(
      field('Names of BGPFilters that are in the cluster, in the order they apply.', {
        example: ['no-default-route'],
        change: 'free',
        note: 'Routes are exchanged anew; make the BGPFilter first.',
      }),
    ),
  sourceAddress: z
    .enum(['node-ip', 'none'])
    .default('node-ip')
    .meta(
      field("Whether the session starts from the node's own address or from whatever the kernel picks.", {
        example: 'none',
        change: 'free',
        note: PEER,
      }),
    ),
  allowedLocalAs: z
    .int()
    .min(1)
    .max(255)
    .optional()
    .meta(
      field("How often the node's own AS may stand in a route that it takes.", {
        otherwise: 'never',
        example: 1,
        change: 'free',
        note: PEER,
      }),
    ),
});

/** Peers of every node, or of one. */
export function peers(description: string, address: string) {
  return z
    .array(peer)
    .default([])
    .meta(
      field(description, {
        example: [{ address, as: 64700 }],
        change: 'free',
        note: 'The first switches the mesh of nodes off: `network.bgp.topology` has to say so. One that is taken out is deleted.',
      }),
    );
}

const reflectors = z.strictObject({
  clusterId: address.default('244.0.0.1').meta(
    field(
      'Cluster id of the route reflectors, written as an IPv4 address; no other cluster of reflectors nearby has it.',
      {
        example: '244.0.0.2',
        change: 'rolling restart',
        note: 'The sessions of the reflectors are set up anew.',
      },
    ),
  ),
});

const topology = z.union(
  [
    z.enum(['full-mesh', 'routers']),
    z.strictObject({
      reflectors: reflectors.meta(section('The nodes with the role route-reflector tell all others the routes.')),
    }),
  ],
  { error: 'Write full-mesh, routers or { reflectors: { clusterId: 244.0.0.1 } }.' },
);

const advertise = z.strictObject({
  clusterIps: z
    .boolean()
    .default(false)
    .meta(field('Whether peers learn the range `network.services`.', { example: true, change: 'free', note: LIVE })),
  externalIps: z
    .array(anyCidr)
    .default([])
    .meta(
      field('Ranges of external addresses of Services that peers learn.', {
        example: ['203.0.113.0/24'],
        change: 'free',
        note: LIVE,
      }),
    ),
  loadBalancerIps: z
    .array(anyCidr)
    .default([])
    .meta(
      field('Ranges of load balancer addresses of Services that peers learn.', {
        example: ['198.51.100.0/24'],
        change: 'free',
        note: LIVE,
      }),
    ),
});

export const bgp = z.strictObject({
  as: asNumber.default(64512).meta(
    field('AS number of every node.', {
      example: 64513,
      change: 'rolling restart',
      note: 'All BGP sessions are set up anew at once, with routers outside too, which must expect the new number.',
    }),
  ),
  topology: topology.default('full-mesh').meta(
    field('Who tells nodes the routes: each other, their routers alone, or nodes with the role route-reflector.', {
      example: { reflectors: { clusterId: '244.0.0.1' } },
      change: 'migration',
      note: 'Have the new sessions up before the old ones go: kubespray switches the mesh off in one step; what made the old ones is deleted last.',
    }),
  ),
  peers: peers('Routers that every node peers with.', '192.168.4.1'),
  listenPort: port.default(179).meta(
    field('TCP port that BIRD listens on.', {
      example: 1790,
      change: 'rolling restart',
      note: 'All BGP sessions are set up anew at once; routers outside must use the new port.',
    }),
  ),
  advertise: advertise.prefault({}).meta(section('Addresses of Services that peers learn.')),
});
