import { z } from 'zod';
import { field } from './documentation.ts';
import { hostKey, nonEmpty, port } from './values.ts';

const CONNECTION = 'It only says how a node is reached.';

const jump = z.strictObject({
  host: nonEmpty.meta(
    field('Name or address of the host that the workstation reaches first.', {
      example: 'bastion.example.com',
      change: 'free',
      note: CONNECTION,
    }),
  ),
  port: port.default(22).meta(field('TCP port of its sshd.', { example: 2222, change: 'free', note: CONNECTION })),
  user: nonEmpty.optional().meta(
    field('User to log in there as; it needs no rights but to forward.', {
      otherwise: 'the `user` of the node',
      example: 'jump',
      change: 'free',
      note: CONNECTION,
    }),
  ),
  hostKey: hostKey.optional().meta(
    field('Its host key, or accept-new, as at a node.', {
      otherwise: 'looked up in `knownHosts`',
      example: 'accept-new',
      change: 'free',
      note: CONNECTION,
    }),
  ),
  key: nonEmpty.optional().meta(
    field('Path of the private key file on the workstation; the same expansions as at a node.', {
      otherwise: 'the `key` of the node',
      example: '~/.ssh/jump',
      change: 'free',
      note: CONNECTION,
    }),
  ),
});

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
  become: z
    .boolean()
    .optional()
    .meta(
      field('Whether commands that need root go through sudo.', {
        otherwise: "that of the cluster's `ssh`, else true unless the user is root",
        example: true,
        change: 'free',
        note: CONNECTION,
      }),
    ),
  jump: jump.optional().meta(
    field("A host between the workstation and the node; that of a node replaces the cluster's whole.", {
      otherwise: "that of the cluster's `ssh`, else none",
      example: { host: 'bastion.example.com' },
      change: 'free',
      note: CONNECTION,
    }),
  ),
});
