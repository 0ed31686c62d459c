import { z } from 'zod';
import { autodetection } from './dataplane.ts';
import { field, section } from './documentation.ts';
import { tunnelMode } from './pools.ts';
import { cidr6 } from './values.ts';

/** The comparison with the live pool of IPv6 never runs (roles/network_plugin/calico/tasks/check.yml:192). */
const LIVE =
  'kubespray changes the live pool unasked, and calico-node restarts where the MTU follows: IPv6 between nodes is lost until every node has it.';

const pool = z.strictObject({
  cidr: cidr6.optional().meta(
    field('Range that pods get their IPv6 addresses from; inside `network.ipv6.pods`.', {
      otherwise: 'all of `network.ipv6.pods`',
      example: 'fd00:244::/108',
      change: 'never',
      note: 'Fixed with the first `up`.',
    }),
  ),
  blockSize: z
    .int()
    .min(116)
    .max(128)
    .default(122)
    .meta(
      field('Size of the blocks in which nodes take IPv6 addresses: 122 is 64 addresses.', {
        unit: 'bits of prefix',
        example: 120,
        change: 'never',
        note: 'Fixed with the first `up`: kubespray keeps the live size.',
      }),
    ),
  natOutgoing: z
    .boolean()
    .default(false)
    .meta(
      field('Whether pods leave the cluster with the IPv6 address of their node.', {
        example: true,
        change: 'free',
        note: 'New connections go by it.',
      }),
    ),
});

/** Its presence makes the cluster dual stack. */
export const ipv6 = z.strictObject({
  nodes: cidr6.meta(
    field("Range that holds every node's `address6`; policies and rules go by it.", {
      example: 'fd00:4::/64',
      change: 'free',
      note: 'The addresses themselves are in `nodes`.',
    }),
  ),
  pods: cidr6.default('fd85:ee78:d8a6:8607::1:0/112').meta(
    field('Range of the IPv6 addresses of all pods, which holds the pool.', {
      example: 'fd00:244::/104',
      change: 'never',
      note: 'Fixed with the first `up`.',
    }),
  ),
  services: cidr6.default('fd85:ee78:d8a6:8607::1000/116').meta(
    field('Range of the IPv6 addresses of Services; apart from `nodes` and `pods`.', {
      example: 'fd00:233::/112',
      change: 'never',
      note: 'Fixed with the first `up`.',
    }),
  ),
  pool: pool.prefault({}).meta(section("Calico's IPv6 pool, called like that of IPv4 with `-ipv6` behind.")),
  encapsulation: z
    .union(
      [
        z.literal('none'),
        z.strictObject({ vxlan: tunnelMode('VXLAN over IPv6, 70 bytes a packet', 'rolling restart', LIVE) }),
      ],
      {
        error: 'Write none, { vxlan: always } or { vxlan: cross-subnet }: Calico has no IP-in-IP for IPv6.',
      },
    )
    .meta(
      field('How IPv6 packets get from node to node: none or { vxlan: MODE }.', {
        example: { vxlan: 'always' },
        change: 'rolling restart',
        note: LIVE,
      }),
    ),
  autodetection: autodetection(6),
});
