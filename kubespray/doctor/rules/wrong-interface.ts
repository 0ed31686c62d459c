import { up } from '../mend.ts';
import { apiNode, controlPlane, linkWith, members } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { aboutNode, symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';

export const wrongInterface: Trouble = {
  code: 'wrong-interface',
  title: 'Calico or Kubernetes took another interface of a node',
  judge(subject) {
    return members(subject).flatMap(({ name, address }): Diagnosis[] => {
      const node = apiNode(subject, name);
      if (node === undefined) return [];
      const calico = node.annotations['projectcalico.org/IPv4Address']?.split('/')[0];
      const wrong = calico !== undefined && calico !== '' && calico !== address;
      const internal = node.internal.filter((one) => !one.includes(':'));
      const elsewhere = internal.length > 0 && !internal.includes(address);
      if (!wrong && !elsewhere) return [];
      const taken = (wrong ? calico : internal[0]) as string;
      const explains = explained(subject, name, taken);
      return [
        {
          code: wrongInterface.code,
          severity: explains.length > 0 ? 'broken' : 'failing',
          message: `${wrong ? 'Calico' : 'Kubernetes'} knows ${name} by ${taken}${onLink(subject, name, taken)}, and the stack by ${address}`,
          nodes: [name],
          evidence: [
            ...(wrong
              ? [
                  `API: node ${name}: projectcalico.org/IPv4Address = ${node.annotations['projectcalico.org/IPv4Address']}`,
                ]
              : []),
            ...(elsewhere ? [`API: node ${name}: InternalIP = ${internal.join(', ')}`] : []),
            ...(subject.nodes.has(name)
              ? [`${name}: ${address} is${onLink(subject, name, address) || ' on no interface'}`]
              : []),
          ],
          why: 'Other nodes send to that address: BGP sessions and tunnels to it fail where it is not one that all nodes share.',
          mend: wrong
            ? [
                { on: name, command: 'ip -br addr' },
                {
                  on: controlPlane(subject),
                  command: 'sudo kubectl -n kube-system get ds calico-node -o yaml | grep -A1 IP_AUTODETECTION_METHOD',
                },
                up,
              ]
            : [
                {
                  on: name,
                  command: `grep -rs node-ip /etc/kubernetes/kubelet.env /var/lib/kubelet/kubeadm-flags.env`,
                },
                up,
              ],
          ...(wrong ? { stack: change(subject) } : {}),
          explains,
          reference:
            'https://docs.tigera.io/calico/latest/networking/ipam/ip-autodetection; kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2 (IP_AUTODETECTION_METHOD)',
        },
      ];
    });
  },
};

/** The one method that needs no name of an interface and no reachable address. */
function change({ cluster }: Subject): NonNullable<Diagnosis['stack']> {
  const { autodetection, nodes } = cluster.network;
  if (autodetection === 'kubernetes-internal-ip')
    return { path: 'network.autodetection', from: 'kubernetes-internal-ip', to: `{ cidr: [${nodes}] }` };
  const from = typeof autodetection === 'string' ? autodetection : JSON.stringify(autodetection);
  return { path: 'network.autodetection', from, to: 'kubernetes-internal-ip' };
}

function onLink({ nodes }: Subject, name: string, address: string): string {
  const node = nodes.get(name);
  const link = node && linkWith(node, address);
  return link === undefined ? '' : ` on ${link.name}`;
}

function explained(subject: Subject, name: string, taken: string): string[] {
  const sessions = new Set(members(subject).map((other) => symptom.session(other.name, taken)));
  const mine = aboutNode(subject, name).filter((one) => !one.startsWith('node ') && !one.startsWith('api '));
  return [...new Set([...mine, ...subject.symptoms.filter((one) => sessions.has(one))])];
}
