import { z } from 'zod';
import { field } from './documentation.ts';
import { nonEmpty } from './values.ts';

const WHERE_FROM = 'The playbook runs again from there; the cluster sees a difference only if the code differs.';

const source = z
  .strictObject({
    git: nonEmpty.optional().meta(
      field('A Git repository that the controller can clone; instead of `path`.', {
        otherwise: 'see `source`',
        example: 'https://github.com/kubernetes-sigs/kubespray.git',
        change: 'free',
        note: WHERE_FROM,
      }),
    ),
    path: nonEmpty.optional().meta(
      field('A folder or tar on the workstation, brought to a controller without internet; instead of `git`.', {
        otherwise: 'see `source`',
        example: './kubespray-bundle.tar',
        change: 'free',
        note: WHERE_FROM,
      }),
    ),
  })
  .refine((s) => (s.git === undefined) !== (s.path === undefined), {
    message: 'source needs exactly one of git and path',
    params: {
      code: 'bad-source',
      hint: 'Write { git: URL }, or { path: FOLDER OR TAR } for a controller without internet.',
    },
  });

export const kubespray = z.strictObject({
  version: nonEmpty.default('v2.31.0').meta(
    field('Tag of the kubespray release.', {
      example: 'v2.31.0',
      change: 'migration',
      note: 'Upgrade one minor after the other with kubespray’s upgrade-cluster.yml: `up` runs cluster.yml, which leaves the control plane at its version.',
    }),
  ),
  source: source.prefault({ git: 'https://github.com/kubernetes-sigs/kubespray.git' }).meta(
    field('Where kubespray comes from: exactly one of `git` and `path`.', {
      example: { path: './kubespray-bundle.tar' },
      change: 'free',
      note: WHERE_FROM,
    }),
  ),
  controller: z
    .string()
    .optional()
    .meta(
      field('Name of the node that runs Ansible.', {
        otherwise: 'the first control-plane node',
        example: 'masternode',
        change: 'free',
        note: 'The new one is made ready and the playbook runs again; logs of earlier runs stay on the old one.',
      }),
    ),
  order: z
    .array(nonEmpty)
    .optional()
    .meta(
      field('Control-plane and etcd nodes in the order they joined; needed where there is more than one.', {
        otherwise: 'the only such node',
        example: ['masternode'],
        change: 'never',
        note: 'New names go last: the first node can never be removed (kubespray docs/operations/nodes.md).',
      }),
    ),
  extraVariables: z
    .record(nonEmpty, z.unknown())
    .default({})
    .meta(
      field('Variables of kubespray that have no field here, judged like ours; one that has a field is refused.', {
        example: { helm_enabled: true },
        change: 'migration',
        note: 'It depends on the variable: look it up in kubespray’s documentation. One that is taken out is not undone in the cluster.',
      }),
    ),
});
