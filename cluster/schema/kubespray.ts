import { z } from 'zod';
import { field, section } from './documentation.ts';
import { dnsName, nonEmpty } from './values.ts';

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

const runs = z.strictObject({
  limitMinutes: z
    .int()
    .min(1)
    .max(10080)
    .default(90)
    .meta(
      field('Time after which a run is stopped, whatever it does.', {
        unit: 'minutes',
        example: 180,
        change: 'free',
        note: 'It counts for the next run.',
      }),
    ),
  keep: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .meta(
      field('Newest runs whose logs stay on the controller; the last one that succeeded always does.', {
        unit: 'runs',
        example: 50,
        change: 'free',
        note: 'It counts from the next run on.',
      }),
    ),
});

export const kubespray = z.strictObject({
  version: nonEmpty.default('v2.31.0').meta(
    field('Tag of the kubespray release.', {
      example: 'v2.31.0',
      change: 'migration',
      note: 'Nothing else at once, and one minor after the other: `up` runs upgrade-cluster.yml, which drains node by node.',
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
        note: 'The new one does not know what was carried out: the whole playbook runs again. Take no node out with the same `up`; logs of earlier runs stay on the old one.',
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
        note: 'New names go last: the first node can never be removed (kubespray docs/operations/nodes.md). The order of the others is free.',
      }),
    ),
  runs: runs.prefault({}).meta(section('Runs of kubespray, which the controller carries out.')),
  removeDead: z
    .array(dnsName)
    .default([])
    .meta(
      field(
        'Hosts that are gone for good: taken out of the cluster without being asked, once they are not in `nodes`.',
        {
          example: ['homelab'],
          change: 'free',
          note: 'Its pods are made anew elsewhere; nothing is reset on the host itself. Leave the name out again afterwards.',
        },
      ),
    ),
  extraVariables: z
    .record(nonEmpty, z.unknown())
    .default({})
    .meta(
      field('Variables of kubespray that have no field here, judged like ours; one that has a field is refused.', {
        example: { helm_enabled: true },
        change: 'migration',
        note: 'It depends on the variable: look it up in kubespray’s documentation. One that is taken out is not undone in the cluster; flags of the control plane reach a cluster that is there with its next upgrade.',
      }),
    ),
});
