import { z } from 'zod';
import { type Change, field } from './documentation.ts';
import { cidr, dnsName, nonEmpty, port } from './values.ts';

/** kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:163-169 compares the live pool with what is declared. */
export const POOL = 'Fixed with the first `up`: kubespray stops when the live pool differs.';
export const SWITCH =
  'Refused, unless `migrate.encapsulation.from` says what the cluster has until now: then `up` goes over in steps.';

/** `ipip` or `vxlan`, with when to use it. */
export const tunnelMode = (tunnel: string, change: Change = 'migration', note = SWITCH) =>
  z.enum(['always', 'cross-subnet']).meta(
    field(`${tunnel}: for every packet between nodes, or only where sender and receiver are in different subnets.`, {
      example: 'cross-subnet',
      change,
      note,
    }),
  );

const vxlan = (change: Change, note: string) =>
  z.strictObject({
    vxlan: tunnelMode('VXLAN, 50 bytes a packet, which needs no BGP', change, note),
    vni: z
      .int()
      .min(1)
      .max(16777215)
      .default(4096)
      .meta(
        field(
          'VXLAN network identifier, its own in each of two clusters that share a network; read only where nothing needs BGP.',
          {
            example: 4097,
            change: 'rolling restart',
            note: 'Nodes with the old and the new number do not hear each other until calico-node has restarted everywhere.',
          },
        ),
      ),
    port: port.default(4789).meta(
      field('UDP port of VXLAN, open between all nodes; read only where nothing needs BGP.', {
        example: 8472,
        change: 'rolling restart',
        note: 'Nodes with the old and the new port do not hear each other until calico-node has restarted everywhere.',
      }),
    ),
  });

/** With what changing the way does. */
const encapsulationWith = (change: Change, note: string) =>
  z.union(
    [
      z.literal('none'),
      z.strictObject({ ipip: tunnelMode('IP-in-IP, 20 bytes a packet, routes by BGP', change, note) }),
      vxlan(change, note),
    ],
    {
      error:
        'Write none, { ipip: always }, { ipip: cross-subnet }, { vxlan: always } or { vxlan: cross-subnet }: one of them.',
    },
  );

export const encapsulation = encapsulationWith('migration', SWITCH);

/** As it was, beside what it shall be. */
export const formerEncapsulation = encapsulationWith('free', 'It only says where a migration begins.');

const APPLIED = 'Applied through the API.';
const REROUTED = `${APPLIED} Routes to its pods are set anew, which may cost a few packets.`;

/** VNI and port are Felix's, one for all pools. */
const poolEncapsulation = z.union(
  [
    z.literal('none'),
    z.strictObject({ ipip: tunnelMode('IP-in-IP, 20 bytes a packet', 'free', REROUTED) }),
    z.strictObject({ vxlan: tunnelMode('VXLAN, 50 bytes a packet', 'free', REROUTED) }),
  ],
  { error: 'Write none, or the tunnel of the cluster with always or cross-subnet: { vxlan: cross-subnet }.' },
);

export const pool = z.strictObject({
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

const furtherPool = z.strictObject({
  name: dnsName.meta(
    field('Name of the IPPool.', {
      example: 'rack-2',
      change: 'migration',
      note: 'The old pool is deleted and a new one made: move its pods to another pool first, with `disabled: true`.',
    }),
  ),
  cidr: cidr.meta(
    field('Range of the pool; inside `network.pods`, apart from every other pool.', {
      example: '10.245.0.0/16',
      change: 'migration',
      note: 'Add a new pool, disable this one, make its pods anew, and then take it out.',
    }),
  ),
  blockSize: z
    .int()
    .min(20)
    .max(32)
    .default(26)
    .meta(
      field('Size of its blocks: 26 is 64 addresses.', {
        unit: 'bits of prefix',
        example: 28,
        change: 'migration',
        note: 'Calico refuses another size: add a new pool, disable this one, make its pods anew, and then take it out.',
      }),
    ),
  natOutgoing: z
    .boolean()
    .default(true)
    .meta(
      field('Whether its pods leave the cluster with the address of their node.', {
        example: false,
        change: 'free',
        note: `${APPLIED} New connections go by it.`,
      }),
    ),
  encapsulation: poolEncapsulation.optional().meta(
    field('How packets get to its pods: none, or the tunnel of the cluster in a mode of its own.', {
      otherwise: 'that of the cluster',
      example: { vxlan: 'cross-subnet' },
      change: 'free',
      note: REROUTED,
    }),
  ),
  nodeSelector: nonEmpty.default('all()').meta(
    field('Calico selector of the nodes that take addresses from it.', {
      example: "rack == '2'",
      change: 'free',
      note: `${APPLIED} It counts for new pods.`,
    }),
  ),
  disabled: z
    .boolean()
    .default(false)
    .meta(
      field('Whether new pods get no address from it any more.', {
        example: true,
        change: 'free',
        note: `${APPLIED} Pods keep the address they have.`,
      }),
    ),
});

export const furtherPools = z
  .array(furtherPool)
  .default([])
  .meta(
    field("IPPools beside the one that kubespray manages; applied through Calico's API server, which they bring.", {
      example: [{ name: 'rack-2', cidr: '10.245.0.0/16' }],
      change: 'free',
      note: 'A new pool is there for new pods; before one is taken out, disable it and make its pods anew.',
    }),
  );
