import { z } from 'zod';
import { field, section } from './documentation.ts';
import { address, dnsName, hostKey, nonEmpty, port } from './values.ts';

const CONNECTION = 'It only says how a node is reached.';

/** Stands at the cluster, for every node, and at a node, whose fields win. */
export const ssh = z.strictObject({
  user: nonEmpty.optional().meta(
    field('User to log in as: root, or one with passwordless sudo.', {
      otherwise: "that of the cluster's `ssh`, else root",
      example: 'deploy',
      change: 'free',
      note: CONNECTION,
    }),
  ),
  port: port.optional().meta(
    field('TCP port of sshd.', {
      otherwise: "that of the cluster's `ssh`, else 22",
      example: 2222,
      change: 'free',
      note: CONNECTION,
    }),
  ),
  hostKey: hostKey
    .optional()
    .meta(
      field(
        "A node's host key as `calispray keyscan` writes it, for one node alone; or accept-new, which trusts whatever the host shows the first time.",
        { otherwise: 'looked up in `knownHosts`', example: 'accept-new', change: 'free', note: CONNECTION },
      ),
    ),
  key: nonEmpty.optional().meta(
    field('Path of the private key file on the workstation; `~` and the variable CALISPRAY_LAB_DIR are expanded.', {
      otherwise: "that of the cluster's `ssh`, else none",
      example: '~/.ssh/id_ed25519',
      change: 'free',
      note: CONNECTION,
    }),
  ),
  agent: z
    .boolean()
    .optional()
    .meta(
      field('Whether the ssh-agent is asked for keys.', {
        otherwise: "that of the cluster's `ssh`, else true where there is no `key`",
        example: true,
        change: 'free',
        note: CONNECTION,
      }),
    ),
  knownHosts: nonEmpty.optional().meta(
    field('Path of a known_hosts file, which gives the host key where `hostKey` is left out.', {
      otherwise: "that of the cluster's `ssh`, else none",
      example: '~/.ssh/known_hosts',
      change: 'free',
      note: CONNECTION,
    }),
  ),
});

const node = z.strictObject({
  address: address.meta(
    field("IPv4 address that carries the cluster's traffic, SSH included; inside `network.nodes`.", {
      example: '192.168.4.63',
      change: 'migration',
      note: 'Take the node out with kubespray’s remove-node.yml and add it again under the new address.',
    }),
  ),
  roles: z
    .array(z.enum(['control-plane', 'etcd', 'worker']))
    .min(1)
    .meta(
      field('What the node does: one role or several. etcd needs an odd number of nodes.', {
        example: ['control-plane', 'etcd', 'worker'],
        change: 'migration',
        note: 'Follow kubespray’s docs/operations/nodes.md: `up` runs cluster.yml, which takes no role away.',
      }),
    ),
  ssh: ssh.prefault({}).meta(section("How this node is reached, where it differs from the cluster's `ssh`.")),
});

export const nodes = z.record(dnsName, node).meta(
  field('The machines, each under its host name (a DNS label).', {
    example: { masternode: { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'] } },
    change: 'migration',
    note: 'A new node is added by the next `up`; run kubespray’s remove-node.yml before one is taken out of the file.',
  }),
);
