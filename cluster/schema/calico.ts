import { z } from 'zod';
import { calicoNode, kubeControllers, typha } from './calico-parts.ts';
import { field, section } from './documentation.ts';
import { absolutePath, version, word } from './texts.ts';
import { dnsName } from './values.ts';

const RESTART = 'calico-node restarts node by node.';
/** Nothing in the DaemonSet changes with the ConfigMap (roles/network_plugin/calico/templates/calico-config.yml.j2). */
const CNI =
  'kubespray writes it into a ConfigMap and restarts nothing: run `kubectl -n kube-system rollout restart daemonset/calico-node`. It counts for new pods.';

const cni = z.strictObject({
  name: dnsName.default('k8s-pod-network').meta(
    field("Name of the network in the CNI's configuration.", {
      example: 'k8s-pod-network',
      change: 'migration',
      note: `${CNI} Drain a node before its calico-node restarts: what a pod was made with is taken away under the same name.`,
    }),
  ),
  logFile: z
    .union([z.literal('none'), absolutePath], { error: 'Write the path of a file on the nodes, or none.' })
    .default('/var/log/calico/cni/cni.log')
    .meta(
      field('File on every node that the CNI plugin logs to; none is no file.', {
        example: 'none',
        change: 'migration',
        note: CNI,
      }),
    ),
  ipForwarding: z
    .boolean()
    .default(false)
    .meta(
      field('Whether pods may forward packets (`net.ipv4.ip_forward` inside them).', {
        example: true,
        change: 'migration',
        note: CNI,
      }),
    ),
  featureControl: z
    .record(z.string().min(1), z.union([z.boolean(), word], { error: 'Write true, false or a text.' }))
    .default({})
    .meta(
      field("`feature_control` of Calico's CNI plugin.", {
        example: { ip_addrs_no_ipam: true },
        change: 'migration',
        note: CNI,
      }),
    ),
});

/** What an image is of, and what is told where it differs. */
const image = (part: string) =>
  z
    .strictObject({
      repository: word.optional().meta(
        field(`Registry and path of the image of ${part}.`, {
          otherwise: "kubespray's",
          example: 'registry.example.com/calico/image',
          change: 'rolling restart',
          note: 'Its pods restart with the other image.',
        }),
      ),
      tag: word.optional().meta(
        field(`Tag of the image of ${part}.`, {
          otherwise: 'the version of Calico',
          example: 'v3.31.5',
          change: 'rolling restart',
          note: 'Its pods restart with the other image; keep it at the version of Calico.',
        }),
      ),
    })
    .optional()
    .meta(section(`Image of ${part}.`));

const images = z.strictObject({
  node: image('calico-node'),
  cni: image('the CNI plugins'),
  kubeControllers: image('kube-controllers'),
  typha: image('Typha'),
  apiServer: image('the API server'),
});

export const calico = z.strictObject({
  version: version.optional().meta(
    field('Version of Calico, one that the kubespray release can install.', {
      otherwise: 'that of the kubespray release',
      example: '3.31.5',
      change: 'rolling restart',
      note: `${RESTART} kubespray goes on from 3.27.0 or later; there is no way down.`,
    }),
  ),
  datastore: z
    .enum(['kdd', 'etcd'])
    .default('kdd')
    .meta(
      field('Where Calico keeps its objects: in the Kubernetes API (kdd), or in etcd itself.', {
        example: 'kdd',
        change: 'never',
        note: "Calico's own migration of a datastore is not kubespray's.",
      }),
    ),
  apiServer: z
    .union([z.literal('auto'), z.boolean()], { error: 'Write auto, true or false.' })
    .default('auto')
    .meta(
      field(
        'Whether kubectl is served projectcalico.org/v3; auto where a policy of Calico’s or a further pool needs it.',
        {
          example: true,
          change: 'free',
          note: 'The playbook runs again. kubespray does not remove an API server that is there.',
        },
      ),
    ),
  networkPolicy: z
    .boolean()
    .default(true)
    .meta(
      field('Whether policies of Kubernetes are enforced; false opens whatever they close.', {
        example: true,
        change: 'migration',
        note: `${CNI} kubespray leaves kube-controllers out with false, and does not remove them where they are.`,
      }),
    ),
  node: calicoNode.prefault({}).meta(section('The DaemonSet calico-node, which holds Felix and BIRD.')),
  cni: cni.prefault({}).meta(section('The plugin that gives a pod its interface.')),
  kubeControllers: kubeControllers
    .prefault({})
    .meta(section('The Deployment calico-kube-controllers, which tidies up after nodes and pods.')),
  typha: typha.optional().meta(
    field('Typha between calico-node and the Kubernetes API; Calico wants it from about 100 nodes on.', {
      otherwise: 'no Typha',
      example: { replicas: 3 },
      change: 'rolling restart',
      note: `${RESTART} kubespray does not remove a Typha that is there: delete its Deployment after taking it out.`,
    }),
  ),
  usageReporting: z
    .boolean()
    .default(false)
    .meta(
      field('Whether calico-node tells projectcalico.org its version and the size of the cluster.', {
        example: false,
        change: 'rolling restart',
        note: RESTART,
      }),
    ),
  images: images.prefault({}).meta(section('Images from a registry of one’s own.')),
});
