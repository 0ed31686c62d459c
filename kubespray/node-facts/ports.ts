import { type Cluster, derivePorts, type Finding, type Node } from '../../cluster/index.ts';
import { type Asked, finding, isIn, type Listener } from './facts.ts';

/** A port that something of the cluster will listen on, and who may be there already. */
export interface PortNeed {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly what: string;
  /** Processes of our own that a later run finds there, as the kernel names them; null for the kernel itself. */
  readonly owners: readonly (string | null)[];
}

/** By the first word of what a port is for. Others (sshd, NodePorts) are not looked at: nothing is in their way. */
const ownersOf: Readonly<Record<string, PortNeed['owners']>> = {
  'kube-apiserver': ['kube-apiserver'],
  etcd: ['etcd'],
  kubelet: ['kubelet'],
  // 15 letters are all that the kernel keeps.
  'kube-controller-manager': ['kube-controller'],
  'kube-scheduler': ['kube-scheduler'],
  'kube-proxy': ['kube-proxy'],
  BGP: ['bird', 'calico-node'],
  VXLAN: ['vxlan.calico', 'vxlan-v6.calico', 'vxlan.calico,vxlan-v6.calico'],
  eBPF: ['vxlan.calico', 'vxlan-v6.calico', 'vxlan.calico,vxlan-v6.calico'],
  WireGuard: [null],
  Typha: ['calico-typha'],
  "Typha's": ['calico-typha'],
  "Felix's": ['calico-node'],
};

/** Ports that the cluster needs and that somebody else has. */
export function portFindings(asked: Asked): Finding[] {
  const { node, cluster, facts } = asked;
  return portsOf(node, cluster).flatMap((need) =>
    facts.ports
      .filter((listener) => isAt(listener, need) && !need.owners.includes(listener.process))
      .map(({ process }) =>
        finding(asked, {
          code: 'node-port',
          class: 'refused',
          path: `nodes.${node.name}`,
          message: `has port ${need.port}/${need.protocol}, which ${need.what} needs, taken by ${process ?? 'a process that is not shown'}`,
          hint: 'Stop that, or move it to another port.',
        }),
      ),
  );
}

/** Each port once. */
export function portsOf(node: Node, cluster: Cluster): PortNeed[] {
  const needs = [...derivePorts(cluster).flatMap((port) => need(port, node)), ...localPorts(node)];
  const same = (one: PortNeed) => (other: PortNeed) => other.port === one.port && other.protocol === one.protocol;
  return needs.filter((one, at) => needs.findIndex(same(one)) === at);
}

function need({ protocol, port, what, nodes }: ReturnType<typeof derivePorts>[number], node: Node): PortNeed[] {
  const owners = ownersOf[what.split(/[ ,]/)[0] ?? ''];
  if (owners === undefined || protocol === 'ip' || !nodes.includes(node.name)) return [];
  return [{ port: Number(port), protocol, what, owners }];
}

/** What a node keeps for itself, and no firewall need let through. */
function localPorts(node: Node): PortNeed[] {
  return [
    // Also where it is the only member.
    ...(isIn(node, 'etcd') ? [{ port: 2380, protocol: 'tcp' as const, what: 'etcd', owners: ['etcd'] }] : []),
    // kubespray v2.31.0 roles/kubernetes/node/tasks/loadbalancer/: workers reach the API through a proxy of their own.
    ...(!isIn(node, 'control-plane') && isIn(node, 'worker', 'route-reflector')
      ? [
          {
            port: 6443,
            protocol: 'tcp' as const,
            what: 'the local proxy of kube-apiserver',
            owners: ['nginx', 'haproxy'],
          },
        ]
      : []),
  ];
}

function isAt(listener: Listener, { port, protocol }: PortNeed): boolean {
  return listener.port === port && listener.protocol === protocol;
}
