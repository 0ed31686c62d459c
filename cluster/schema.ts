import { z } from 'zod';
import { field, section } from './schema/documentation.ts';
import { kubespray } from './schema/kubespray.ts';
import { network } from './schema/network.ts';
import { nodes, ssh } from './schema/nodes.ts';
import { policies } from './schema/policies.ts';
import { dnsName, port } from './schema/values.ts';

const metrics = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .meta(
      field('Whether Felix answers Prometheus on every node.', {
        example: true,
        change: 'rolling restart',
        note: 'calico-node restarts node by node.',
      }),
    ),
  port: port.default(9091).meta(
    field('TCP port on the host network.', {
      example: 9091,
      change: 'rolling restart',
      note: 'calico-node restarts node by node.',
    }),
  ),
});

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
  ssh: ssh.prefault({}).meta(section('How the workstation reaches the nodes.')),
  nodes,
  network: network.meta(section('The ranges, and how packets travel.')),
  felix: z
    .strictObject({ metrics: metrics.prefault({}).meta(section('What Felix tells Prometheus.')) })
    .prefault({})
    .meta(section("Calico's agent on every node.")),
  policies: policies.prefault({}).meta(section('Namespaces and network policies.')),
  monitoring: z
    .enum(['prometheus', 'none'])
    .default('prometheus')
    .meta(
      field("Whether Felix's metrics get a Service and a ServiceMonitor; that needs the Prometheus operator.", {
        example: 'none',
        change: 'free',
        note: 'Both are objects in the API.',
      }),
    ),
});

/** What the schema gives: shape right, defaults of single fields filled. */
export type Written = z.output<typeof clusterSchema>;
