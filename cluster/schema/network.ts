import { z } from 'zod';
import { bgp } from './bgp.ts';
import { autodetection, dataplane, dataplaneFacts, ipam } from './dataplane.ts';
import { field, section } from './documentation.ts';
import { ipv6 } from './ipv6.ts';
import { encapsulation, furtherPools, pool, SWITCH } from './pools.ts';
import { address, cidr } from './values.ts';

const dns = z.strictObject({
  nodeLocalCache: z
    .boolean()
    .default(true)
    .meta(
      field('Whether pods ask a DNS cache on their own node.', {
        example: false,
        change: 'rolling restart',
        note: 'kubelet restarts; pods keep the resolver they started with until they are made anew, and kubespray does not remove a cache that is there.',
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
  furtherPools,
  encapsulation: encapsulation.meta(
    field('How packets get from node to node: none, { ipip: MODE } or { vxlan: MODE }.', {
      example: { ipip: 'cross-subnet' },
      change: 'migration',
      note: SWITCH,
    }),
  ),
  mtu: z
    .union([z.literal('auto'), z.int().min(68).max(65535)], { error: 'Write auto, or a number from 68 to 65535.' })
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
        note: 'Open UDP 51820 between nodes first. calico-node restarts where `mtu: auto` gives another number; pods keep their MTU until they are made anew.',
      }),
    ),
  dataplane: dataplane.default('iptables').meta(dataplaneFacts),
  ipam,
  autodetection: autodetection(4),
  ipv6: ipv6.optional().meta(
    field('The second stack: its presence makes the cluster dual stack.', {
      otherwise: 'single stack, IPv4',
      example: { nodes: 'fd00:4::/64', encapsulation: 'none' },
      change: 'never',
      note: 'Nodes, Services and the pool have their families from the first `up`.',
    }),
  ),
  dns: dns.prefault({}).meta(section('How pods resolve names.')),
});
