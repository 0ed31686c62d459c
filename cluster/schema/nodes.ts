import { z } from 'zod';
import { peers } from './bgp.ts';
import { field, section } from './documentation.ts';
import { ssh } from './ssh.ts';
import { labelKey, labelValue, operatingSystem, taint } from './texts.ts';
import { address, address6, asNumber, dnsName } from './values.ts';

const REBUILD = 'Refused: take the node out with one `up`, and add it again under the new address with the next.';

const node = z.strictObject({
  address: address.meta(
    field("IPv4 address that carries the cluster's traffic, SSH included; inside `network.nodes`.", {
      example: '192.168.4.63',
      change: 'migration',
      note: REBUILD,
    }),
  ),
  address6: address6.optional().meta(
    field('IPv6 address of the node, inside `network.ipv6.nodes`; needed with `network.ipv6`, and only there.', {
      otherwise: 'none: the cluster is single stack',
      example: 'fd00:4::63',
      change: 'migration',
      note: REBUILD,
    }),
  ),
  roles: z
    .array(z.enum(['control-plane', 'etcd', 'worker', 'route-reflector']))
    .min(1)
    .meta(
      field(
        'What the node does: one role or several. etcd needs an odd number of nodes; route-reflector goes with `network.bgp.topology`.',
        {
          example: ['control-plane', 'etcd', 'worker'],
          change: 'migration',
          note: 'No role is taken away, and a node that has joined becomes neither etcd nor control plane: take it out and add it again.',
        },
      ),
    ),
  labels: z
    .record(labelKey, labelValue)
    .default({})
    .meta(
      field('Labels of the Kubernetes node, beside those that it has anyway.', {
        example: { 'example.com/disk': 'ssd' },
        change: 'free',
        note: 'One that is taken out stays on the node: remove it with `kubectl label node NAME KEY-`.',
      }),
    ),
  taints: z
    .array(taint)
    .default([])
    .meta(
      field('Taints of the Kubernetes node, as `kubectl taint` takes them.', {
        example: ['example.com/dedicated=gpu:NoSchedule'],
        change: 'free',
        note: 'One that is taken out stays on the node: remove it with `kubectl taint node NAME KEY:EFFECT-`. NoExecute evicts pods at once.',
      }),
    ),
  os: operatingSystem.optional().meta(
    field("ID and VERSION_ID of the node's /etc/os-release; WireGuard's packages depend on it.", {
      otherwise: 'kubespray finds out, and is wrong about the packages of some systems',
      example: 'rocky-10',
      change: 'free',
      note: 'It changes nothing on the machine.',
    }),
  ),
  etcdMember: dnsName.optional().meta(
    field('Name of its etcd member, for a cluster whose members are called otherwise than their nodes: `etcd1`.', {
      otherwise: "the node's name",
      example: 'etcd1',
      change: 'never',
      note: 'etcd keeps the name a member joined with: another one keeps it from starting with the others.',
    }),
  ),
  bgp: z
    .strictObject({
      as: asNumber.optional().meta(
        field('AS number of this node alone; it counts where there are peers and no route reflectors.', {
          otherwise: '`network.bgp.as`',
          example: 64601,
          change: 'rolling restart',
          note: 'The BGP sessions of the node are set up anew; its peers must expect the new number.',
        }),
      ),
      peers: peers('Routers that this node alone peers with, beside `network.bgp.peers`.', '192.168.4.3'),
    })
    .prefault({})
    .meta(section("What is this node's own in BGP.")),
  ssh: ssh.prefault({}).meta(section("How this node is reached, where it differs from the cluster's `ssh`.")),
});

export const nodes = z.record(dnsName, node).meta(
  field('The machines, each under its host name (a DNS label).', {
    example: { masternode: { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'] } },
    change: 'migration',
    note: 'The next `up` joins a new one, and drains and removes one that is taken out.',
  }),
);
