import { z } from 'zod';
import { field, section } from './documentation.ts';
import { address, cidr, dnsName } from './values.ts';

/** kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:163-169 compares the live pool with what is declared. */
const POOL = 'Fixed with the first `up`: kubespray stops when the live pool differs.';
const SWITCH =
  'Patch FelixConfiguration and the IPPool with calicoctl first (kubespray docs/CNI/calico.md:265), then change it here.';

/** `ipip` or `vxlan`, with when to use it. */
const mode = (tunnel: string) =>
  z.enum(['always', 'cross-subnet']).meta(
    field(`${tunnel}: for every packet between nodes, or only where sender and receiver are in different subnets.`, {
      example: 'cross-subnet',
      change: 'migration',
      note: SWITCH,
    }),
  );

const encapsulation = z.union([
  z.literal('none'),
  z.strictObject({ ipip: mode('IP-in-IP, 20 bytes a packet, routes by BGP') }),
  z.strictObject({ vxlan: mode('VXLAN, 50 bytes a packet, no BGP') }),
]);

const pool = z.strictObject({
  name: dnsName.default('default-pool').meta(
    field('Name of the IPPool that kubespray manages.', {
      example: 'default-pool',
      change: 'never',
      note: 'A new name is a second pool over the same range, which Calico refuses.',
    }),
  ),
  cidr: cidr.optional().meta(
    field('Range that pods get their addresses from; inside `network.pods`.', {
      otherwise: 'all of `network.pods`',
      example: '10.244.0.0/16',
      change: 'never',
      note: POOL,
    }),
  ),
  blockSize: z
    .int()
    .min(0)
    .max(32)
    .default(26)
    .meta(
      field('Size of the blocks in which nodes take addresses, 20 to 32: 26 is 64 addresses. A node takes several.', {
        unit: 'bits of prefix',
        example: 24,
        change: 'never',
        note: POOL,
      }),
    ),
  natOutgoing: z
    .boolean()
    .default(true)
    .meta(
      field('Whether pods leave the cluster with the address of their node.', {
        example: false,
        change: 'free',
        note: 'New connections go by it.',
      }),
    ),
});

const bgp = z.strictObject({
  as: z
    .int()
    .min(1)
    .max(4294967295)
    .default(64512)
    .meta(
      field('AS number of every node.', {
        example: 64513,
        change: 'rolling restart',
        note: 'BGP sessions are set up anew, with routers outside too, which must expect the new number.',
      }),
    ),
});

const dns = z.strictObject({
  nodeLocalCache: z
    .boolean()
    .default(true)
    .meta(
      field('Whether pods ask a DNS cache on their own node.', {
        example: false,
        change: 'rolling restart',
        note: 'Pods keep the resolver they started with until they are made anew; kubespray does not remove a cache that is there.',
      }),
    ),
  address: address.default('169.254.25.10').meta(
    field('Link-local IPv4 address that the cache listens on.', {
      example: '169.254.20.10',
      change: 'migration',
      note: 'Pods ask the old address until they are made anew: plan for making all of them anew.',
    }),
  ),
});

export const network = z.strictObject({
  nodes: cidr.meta(
    field("Range that holds every node's address; policies and rules go by it.", {
      example: '192.168.4.0/24',
      change: 'free',
      note: 'The addresses themselves are in `nodes`.',
    }),
  ),
  interfaceMtu: z
    .int()
    .min(576)
    .max(65535)
    .default(1500)
    .meta(
      field("MTU of the interface that carries the node's address; compared on every node before Ansible starts.", {
        unit: 'bytes',
        example: 9000,
        change: 'rolling restart',
        note: 'Raise it on the machines first; `mtu: auto` follows, and pods keep their MTU until they are made anew.',
      }),
    ),
  pods: cidr.default('10.233.64.0/18').meta(
    field('Range of all pods, which holds the pool; apart from `nodes` and `services`.', {
      example: '10.244.0.0/16',
      change: 'never',
      note: 'Fixed with the first `up`.',
    }),
  ),
  services: cidr.default('10.233.0.0/18').meta(
    field('Range of Service addresses; apart from `nodes` and `pods`.', {
      example: '10.233.0.0/18',
      change: 'never',
      note: 'Fixed with the first `up`.',
    }),
  ),
  pool: pool.prefault({}).meta(section("Calico's IP pool.")),
  encapsulation: encapsulation.meta(
    field('How packets get from node to node: none, { ipip: MODE } or { vxlan: MODE }.', {
      example: { ipip: 'cross-subnet' },
      change: 'migration',
      note: SWITCH,
    }),
  ),
  mtu: z
    .union([z.literal('auto'), z.int().min(68).max(65535)])
    .default('auto')
    .meta(
      field('MTU of pods and tunnels; auto is what the encapsulation leaves of `interfaceMtu`.', {
        unit: 'bytes',
        example: 1440,
        change: 'rolling restart',
        note: 'calico-node restarts node by node; pods keep their MTU until they are made anew.',
      }),
    ),
  bgp: bgp.prefault({}).meta(section('Routes between nodes.')),
  wireguard: z
    .boolean()
    .default(false)
    .meta(
      field('Whether pod traffic between nodes is encrypted with WireGuard, which takes 60 bytes a packet.', {
        example: true,
        change: 'rolling restart',
        note: 'It changes what `mtu: auto` gives; pods keep their MTU until they are made anew.',
      }),
    ),
  dns: dns.prefault({}).meta(section('How pods resolve names.')),
});
