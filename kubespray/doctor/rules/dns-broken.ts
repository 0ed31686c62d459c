import { coreDnsOf } from '../../../cluster/policies/dns.ts';
import { apiNode, apiOf, controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { ApiPod, Diagnosis, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';

export const dnsBroken: Trouble = {
  code: 'dns-broken',
  title: 'Names are not answered',
  judge(subject) {
    return [...coreDns(subject), ...cache(subject), ...kubelets(subject)];
  },
};

const WHY =
  'Pods find Services by their names: what has no answer is reported as a failure of whatever was to be reached.';
const REFERENCE = 'kubespray v2.31.0 docs/advanced/dns-stack.md';

/** CoreDNS itself: none of its pods is ready. */
function coreDns(subject: Subject): Diagnosis[] {
  const pods = podsOf(subject, /^kube-system\/(coredns|kube-dns)-/);
  if (pods.length === 0 || pods.some(({ ready }) => ready)) return [];
  return [
    {
      code: dnsBroken.code,
      severity: 'broken',
      message: 'no pod of CoreDNS is ready',
      nodes: [...new Set(pods.map(({ node }) => node))].filter((node) => node !== ''),
      evidence: shortened(pods.map(podLine)),
      why: WHY,
      mend: [
        { on: controlPlane(subject), command: 'sudo kubectl -n kube-system describe pods -l k8s-app=kube-dns' },
        { on: controlPlane(subject), command: 'sudo kubectl -n kube-system logs -l k8s-app=kube-dns --tail 50' },
      ],
      explains: open(subject, pods),
      reference: REFERENCE,
    },
  ];
}

/** The cache of a node: its pods ask nobody else. */
function cache(subject: Subject): Diagnosis[] {
  if (!subject.cluster.network.dns.nodeLocalCache) return [];
  const pods = podsOf(subject, /^kube-system\/(nodelocaldns|node-local-dns)-/).filter(
    ({ ready, node }) => !ready && subject.nodes.has(node) && apiNode(subject, node)?.ready !== false,
  );
  if (pods.length === 0) return [];
  const nodes = [...new Set(pods.map(({ node }) => node))];
  return [
    {
      code: dnsBroken.code,
      severity: 'broken',
      message: `the node-local cache of names is not ready on ${listed(nodes)}`,
      nodes,
      evidence: shortened(pods.map(podLine)),
      why: `${WHY} Pods of that node ask ${subject.cluster.network.dns.address} there, and nobody else.`,
      mend: nodes.slice(0, 3).map((node) => ({
        on: controlPlane(subject),
        command: `sudo kubectl -n kube-system delete pod -l k8s-app=node-local-dns --field-selector spec.nodeName=${node}`,
      })),
      explains: open(subject, pods),
      reference: REFERENCE,
    },
  ];
}

/** Kubelets that tell pods another address than those that the stack comes to. */
function kubelets(subject: Subject): Diagnosis[] {
  const { nodeLocalCache, address } = subject.cluster.network.dns;
  const services = coreDnsOf(subject.cluster).map(({ clusterIp }) => clusterIp);
  const wanted = nodeLocalCache ? [address] : services;
  if (wanted.length === 0) return [];
  return [...subject.nodes].flatMap(([name, { clusterDns }]): Diagnosis[] => {
    const fours = clusterDns.filter((one) => !one.includes(':'));
    if (fours.length === 0 || fours.some((one) => wanted.includes(one) || services.includes(one))) return [];
    return [
      {
        code: dnsBroken.code,
        severity: 'failing',
        message: `the kubelet of ${name} tells pods to ask ${listed(fours)} for names, where ${listed(wanted)} answers`,
        nodes: [name],
        evidence: [`${name}: clusterDNS of the kubelet's configuration: ${fours.join(', ')}`],
        why: WHY,
        mend: [
          { on: name, command: 'sudo grep -A2 clusterDNS /etc/kubernetes/kubelet-config.yaml' },
          { on: 'the workstation', command: 'calispray up --stack NAME' },
        ],
        explains: [],
        reference: 'kubespray v2.31.0 roles/kubernetes/node/templates/kubelet-config.v1beta1.yaml.j2:51',
      },
    ];
  });
}

function podsOf(subject: Subject, name: RegExp): ApiPod[] {
  return (apiOf(subject)?.pods ?? []).filter(
    ({ pod, phase }) => name.test(pod) && phase !== 'Succeeded' && !/autoscaler/.test(pod),
  );
}

function podLine({ pod, node, phase, restarts, why }: ApiPod): string {
  return `API: pod ${pod} on ${node === '' ? 'no node' : node}: ${phase}, not ready, ${restarts} restarts${why === '' ? '' : `: ${why}`}`;
}

function open(subject: Subject, pods: readonly ApiPod[]): string[] {
  const all = pods.flatMap(({ pod }) => [symptom.pod(pod), symptom.waiting(pod)]);
  return all.filter((one) => subject.symptoms.includes(one));
}
