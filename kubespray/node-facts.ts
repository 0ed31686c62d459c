import { type Cluster, deriveNetwork, type Finding, type FindingClass, type Node } from '../cluster/index.ts';

/** What the probe says of a node; null where it could not find out (most of it without Python). */
export interface NodeFacts {
  /** ID and VERSION_ID of /etc/os-release: `debian`, `12`. */
  readonly os: string;
  readonly osVersion: string;
  readonly systemd: boolean;
  /** `3.11.2` */
  readonly python: string | null;
  /** MemTotal, as Ansible's ansible_memtotal_mb. */
  readonly memoryMiB: number | null;
  /** The interface that carries the node's address; null where none does. */
  readonly interface: string | null;
  readonly interfaceMtu: number | null;
  /** Clock of the node, milliseconds since 1970. */
  readonly time: number | null;
  readonly root: boolean;
  /** sudo works without a password (or is not needed: root). */
  readonly sudo: boolean;
  /** Who listens on the ports that the cluster needs; process is null where the probe may not see it. */
  readonly ports: readonly Listener[];
}

export interface Listener {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Name of the process (15 letters at most, as the kernel keeps it), or of the VXLAN interface. */
  readonly process: string | null;
}

const SETTINGS = 'kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0040-verify-settings.yml';

/** The os-release IDs of kubespray v2.31.0 roles/kubernetes/preinstall/defaults/main.yml supported_os_distributions. */
const SYSTEMS = [
  ...['debian', 'ubuntu', 'rhel', 'centos', 'fedora', 'rocky', 'almalinux', 'ol', 'amzn'],
  ...['opensuse-leap', 'opensuse-tumbleweed', 'sles', 'flatcar', 'clear-linux-os', 'kylin', 'uos', 'openEuler'],
];

/** Largest difference of clocks, in milliseconds, that etcd's and Kubernetes' certificates and leases bear well. */
const CLOCK_DIFFERENCE = 5000;

/**
 * What would stop or break kubespray on this node, found in one go before it starts. `nowMs` is the workstation's clock
 * when the facts arrived.
 */
export function judgeNodeFacts(node: Node, cluster: Cluster, facts: NodeFacts, nowMs: number): Finding[] {
  const at = `nodes.${node.name}`;
  const found: Finding[] = [];
  const say = (code: string, level: FindingClass, path: string, message: string, hint: string, reference?: string) =>
    found.push({ code, class: level, path, message: `${node.name} ${message}`, hint, ...(reference && { reference }) });
  const refuse = (code: string, path: string, message: string, hint: string, reference?: string) =>
    say(code, 'refused', path, message, hint, reference);

  if (!SYSTEMS.includes(facts.os)) {
    refuse(
      'node-os',
      at,
      `runs ${facts.os} ${facts.osVersion}`,
      `Install one of ${SYSTEMS.join(', ')}.`,
      `${SETTINGS}:21`,
    );
  }
  if (!facts.systemd) refuse('node-systemd', at, 'is not run by systemd', 'Boot it with systemd.', `${SETTINGS}:16`);
  if (!facts.root && !facts.sudo) {
    refuse(
      'node-privileges',
      `${at}.ssh.user`,
      `lets ${node.ssh.user} neither be root nor use sudo without a password`,
      `Log in as root, or give ${node.ssh.user} a NOPASSWD line in /etc/sudoers.d.`,
    );
  }
  for (const finding of memoryFindings(node, facts))
    refuse('node-memory', at, finding.message, finding.hint, `${SETTINGS}:27`);
  if (facts.python === null || !atLeast(facts.python, [3, 8])) {
    const what = facts.python === null ? 'has no python3' : `has Python ${facts.python}`;
    refuse(
      'node-python',
      at,
      what,
      'Install Python 3.8 or later (apt install python3).',
      'ansible-core 2.18 porting guide: target nodes',
    );
    if (facts.python === null) return found;
  }
  if (facts.interface === null) {
    refuse(
      'node-address',
      `${at}.address`,
      `does not have the address ${node.address}`,
      'Write an address that `ip addr` on it shows.',
      `${SETTINGS}:48`,
    );
  }
  const { interfaceMtu } = cluster.network;
  if (facts.interfaceMtu !== null && facts.interfaceMtu !== interfaceMtu) {
    const smaller = facts.interfaceMtu < interfaceMtu;
    say(
      'node-mtu',
      smaller ? 'harmful' : 'advice',
      'network.interfaceMtu',
      `has MTU ${facts.interfaceMtu} on ${facts.interface}, ${smaller ? 'less' : 'more'} than the declared ${interfaceMtu}`,
      smaller
        ? `Write interfaceMtu: ${facts.interfaceMtu}, or raise it on the node (ip link set ${facts.interface} mtu ${interfaceMtu}).`
        : 'Declare it where every node has it: larger packets cost less.',
    );
  }
  if (facts.time !== null && Math.abs(facts.time - nowMs) > CLOCK_DIFFERENCE) {
    const seconds = Math.round((facts.time - nowMs) / 1000);
    refuse(
      'node-clock',
      at,
      `has a clock ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} this machine's`,
      'Let an NTP client set both clocks: fresh certificates would not be valid yet.',
    );
  }
  for (const need of portsOf(node, cluster)) {
    for (const listener of facts.ports) {
      if (listener.port !== need.port || listener.protocol !== need.protocol || isOurs(listener, need.owners)) continue;
      refuse(
        'node-port',
        at,
        `has port ${need.port}/${need.protocol}, which ${need.what} needs, taken by ${listener.process ?? 'a process that is not shown'}`,
        'Stop that, or move it to another port.',
      );
    }
  }
  return found;
}

/** kubespray v2.31.0 roles/kubernetes/preinstall/defaults: minimal_master_memory_mb, minimal_node_memory_mb */
function memoryFindings(node: Node, { memoryMiB }: NodeFacts): { message: string; hint: string }[] {
  if (memoryMiB === null) return [];
  const needs = node.roles.includes('control-plane') ? 1500 : node.roles.includes('worker') ? 1024 : 0;
  if (memoryMiB >= needs) return [];
  return [{ message: `has ${memoryMiB} MiB of memory`, hint: `Give it ${needs} MiB at least.` }];
}

interface PortNeed {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly what: string;
  /** Processes of our own that a later run finds there. */
  readonly owners: readonly string[];
}

function portsOf(node: Node, cluster: Cluster): PortNeed[] {
  const inKubernetes = node.roles.includes('control-plane') || node.roles.includes('worker');
  const { backend } = deriveNetwork(cluster);
  const tcp = (port: number, what: string, ...owners: string[]): PortNeed => ({ port, protocol: 'tcp', what, owners });
  return [
    // On a worker kubespray's local load balancer (nginx or haproxy) listens on 6443 too.
    ...(inKubernetes ? [tcp(6443, 'kube-apiserver', 'kube-apiserver', 'nginx', 'haproxy')] : []),
    ...(inKubernetes ? [tcp(10250, 'kubelet', 'kubelet')] : []),
    ...(node.roles.includes('etcd') ? [tcp(2379, 'etcd', 'etcd'), tcp(2380, 'etcd', 'etcd')] : []),
    ...(inKubernetes && backend === 'bird' ? [tcp(179, 'BGP', 'bird', 'calico-node')] : []),
    ...(inKubernetes && backend === 'vxlan'
      ? [{ port: 4789, protocol: 'udp' as const, what: 'VXLAN', owners: ['vxlan.calico'] }]
      : []),
  ];
}

function isOurs({ process }: Listener, owners: readonly string[]): boolean {
  return process !== null && owners.includes(process);
}

function atLeast(version: string, least: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}
