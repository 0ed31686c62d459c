import { z } from 'zod';
import { calico } from './schema/calico.ts';
import { field, section } from './schema/documentation.ts';
import { expect } from './schema/expect.ts';
import { felix } from './schema/felix.ts';
import { kubernetes } from './schema/kubernetes.ts';
import { kubespray } from './schema/kubespray.ts';
import { migrate } from './schema/migrate.ts';
import { monitoring } from './schema/monitoring.ts';
import { network } from './schema/network.ts';
import { nodes } from './schema/nodes.ts';
import { policies } from './schema/policies.ts';
import { ssh } from './schema/ssh.ts';
import { dnsName } from './schema/values.ts';
import { verify } from './schema/verify.ts';
import { workloads } from './schema/workloads.ts';

/**
 * The shape of a stack file's `calispray:cluster`, section by section in schema/, each field with its documentation.
 * Cross-field defaults are filled by resolve.ts; what can only be seen across fields (two nodes with one address) is in
 * consistency.ts; whether it makes a working cluster is for the rules.
 */
export const clusterSchema = z.strictObject({
  apiVersion: z.literal('calispray/v1').meta(
    field('Version of this format.', {
      example: 'calispray/v1',
      change: 'free',
      note: 'The cluster does not see it.',
    }),
  ),
  name: dnsName.meta(
    field('Names the cluster, its folder on the controller and the context of its kubeconfig.', {
      example: 'vmstation',
      change: 'never',
      note: 'Another name is another cluster to Pulumi: what it manages would be made anew.',
    }),
  ),
  kubespray: kubespray.prefault({}).meta(section('Which kubespray builds the cluster, and from where.')),
  kubernetes: kubernetes.prefault({}).meta(section('What of Kubernetes matters to the network.')),
  ssh: ssh.prefault({}).meta(section('How the workstation reaches the nodes.')),
  nodes,
  network: network.meta(section('The ranges, and how packets travel.')),
  calico: calico.prefault({}).meta(section('Calico itself and its parts.')),
  felix: felix.prefault({}).meta(section("Calico's agent on every node.")),
  policies: policies.prefault({}).meta(section('Namespaces and network policies.')),
  workloads,
  expect,
  monitoring,
  verify: verify.prefault({}).meta(section('What is proved of the cluster once it is carried out.')),
  migrate: migrate
    .optional()
    .meta(section('Changes of a running cluster that take several steps: carried out where they are declared.')),
});

/** What the schema gives: shape right, defaults of single fields filled. */
export type Written = z.output<typeof clusterSchema>;
