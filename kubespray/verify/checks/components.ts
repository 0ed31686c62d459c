/** Whether what kubespray and Calico run is there, ready and of the version that the stack says. */
import { coreDnsOf, needsCalicoApiServer, release } from '../../../cluster/index.ts';
import { type Checks, counted, type Draft, type Ground, namesOf } from '../ground.ts';

export const nodeChecks: Checks = ({ nodes }) =>
  nodes.map(({ name }) => ({
    group: 'nodes-ready',
    subject: name,
    nodes: [name],
    sentence: `${name} lets the controller in, and is a node of the cluster.`,
    kind: 'node',
    with: { node: name },
    expected: 'Ready',
    seconds: 20,
  }));

/** Labels are those of kubespray's manifests (v2.31.0 roles/network_plugin/calico/templates, roles/kubernetes-apps). */
export const componentChecks: Checks = (ground) => {
  const { cluster, nodes } = ground;
  const { calico, network } = cluster;
  const everywhere = { nodes: namesOf(nodes) };
  const apiServer = calico.apiServer === 'auto' ? needsCalicoApiServer(cluster) : calico.apiServer;
  return [
    component('calico-node', { 'k8s-app': 'calico-node' }, { nodes: namesOf(withCalicoNode(ground)) }),
    // roles/kubernetes-apps/policy_controller/meta/main.yml
    ...(calico.networkPolicy
      ? [component('calico-kube-controllers', { 'k8s-app': 'calico-kube-controllers' }, { least: 1 })]
      : []),
    ...(calico.typha === undefined
      ? []
      : [component('calico-typha', { 'k8s-app': 'calico-typha' }, { least: calico.typha.replicas })]),
    ...(apiServer
      ? [component('calico-apiserver', { 'k8s-app': 'calico-apiserver' }, { least: 1 }, 'calico-apiserver')]
      : []),
    ...coreDnsOf(cluster).map(({ name, labels }) => component(name, labels, { least: 1 })),
    ...(network.dns.nodeLocalCache ? [component('nodelocaldns', { 'k8s-app': 'node-local-dns' }, everywhere)] : []),
  ];
};

function component(
  called: string,
  labels: Readonly<Record<string, string>>,
  where: { readonly nodes: readonly string[] } | { readonly least: number },
  namespace = 'kube-system',
): Draft {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const many = 'nodes' in where;
  const number = many ? where.nodes.length : where.least;
  return {
    group: 'components-ready',
    subject: called,
    nodes: [],
    sentence: many ? `${called} is ready on every node.` : `${called} is ready.`,
    kind: 'component',
    with: { namespace, selector: selector.join(','), called, ...where },
    expected: many ? `ready on ${counted(number, 'node')}` : `${counted(number, 'pod')} ready`,
    seconds: 30,
  };
}

/** What a DaemonSet with that node selector runs on; of labels that the kubelet gives by itself nothing is known here. */
function withCalicoNode({ cluster, nodes }: Ground): Ground['nodes'] {
  const [, key = '', value = ''] =
    /^\s*["']?([^:"']+)["']?\s*:\s*["']?([^"']*?)["']?\s*$/.exec(cluster.calico.node.nodeSelector) ?? [];
  if (key === '' || /(^|\.)(kubernetes|k8s)\.io\//.test(key)) return nodes;
  const labelled = nodes.filter(({ labels }) => labels[key] === value);
  // Labels that nobody declares were given by hand.
  return labelled.length === 0 ? nodes : labelled;
}

export const versionChecks: Checks = ({ cluster, nodes }) => {
  const known = release(cluster.kubespray.version);
  const kubernetes = cluster.kubernetes.version ?? known?.kubernetes;
  const calico = cluster.calico.version ?? known?.calico;
  return [
    ...(kubernetes === undefined
      ? []
      : nodes.map(
          ({ name }): Draft => ({
            group: 'versions',
            subject: name,
            nodes: [name],
            sentence: `${name} runs the Kubernetes that the stack says.`,
            kind: 'kubelet-version',
            with: { node: name, version: kubernetes },
            expected: kubernetes,
            seconds: 20,
          }),
        )),
    // A tag of the stack's own says what it says.
    ...(calico === undefined ||
    cluster.calico.images.node?.tag !== undefined ||
    cluster.calico.images.cni?.tag !== undefined
      ? []
      : [
          {
            group: 'versions',
            subject: 'calico',
            nodes: [],
            sentence: 'Calico is of the version that the stack says.',
            kind: 'calico-version',
            with: { namespace: 'kube-system', daemonSet: 'calico-node', version: calico },
            expected: calico,
            seconds: 20,
          } satisfies Draft,
        ]),
  ];
};
