import type { Finding, FindingClass } from '../../cluster/index.ts';
import { type Asked, asserted, atLeast, finding, isIn, type KernelModule, SETTINGS } from './facts.ts';

const KUBELET = 'kubespray v2.31.0 roles/kubernetes/node/tasks/main.yml';
const PREINSTALL = 'kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0080-system-configurations.yml';
const REQUIREMENTS = 'Calico v3.31 docs: System requirements';

/** Systems whose kernels are old by number and have what newer ones brought. */
const RED_HAT = ['rhel', 'centos', 'rocky', 'almalinux', 'ol'];

/** What the kernel must be new enough for, and what it must have. */
export function kernelFindings(asked: Asked): Finding[] {
  if (!isIn(asked.node, 'control-plane', 'worker', 'route-reflector')) return [];
  return [...versions(asked), ...modules(asked), ...wireguardTools(asked)];
}

interface Need {
  readonly least: readonly number[];
  readonly what: string;
  readonly class: FindingClass;
  readonly path: string;
  readonly reference: string;
}

function versions(asked: Asked): Finding[] {
  const { node, cluster, facts } = asked;
  const { kernel } = facts;
  if (kernel === undefined || kernel === null) return [];
  const backported = RED_HAT.includes(facts.os);
  const { kind } = cluster.network.dataplane;
  const needs: Need[] = [];
  if (cluster.kubernetes.proxy === 'nftables') {
    needs.push({
      least: [5, 13],
      what: 'kube-proxy with nftables',
      class: asserted(asked),
      path: 'kubernetes.proxy',
      reference: `${SETTINGS}:71`,
    });
  }
  if (kind === 'nftables') {
    needs.push({
      least: [5, 13],
      what: "Calico's nftables dataplane",
      class: 'harmful',
      path: 'network.dataplane',
      reference: 'Calico v3.31 docs: Calico nftables data plane',
    });
  }
  if (kind === 'ebpf') {
    // Without what it needs, Felix says so in its log and goes on with iptables.
    const ebpf = { what: "Calico's eBPF dataplane", path: 'network.dataplane' };
    const least = backported ? [4, 18, 0, 193] : [5, 3];
    needs.push({ ...ebpf, least, class: 'harmful', reference: 'Calico v3.31 felix/bpf/bpf.go: distToVersionMap' });
    if (!backported && atLeast(kernel, 5, 3)) {
      needs.push({ ...ebpf, least: [5, 17], class: 'advice', reference: REQUIREMENTS });
    }
  }
  if (!backported && needs.length === 0) {
    needs.push({
      least: [5, 10],
      what: 'Calico',
      class: 'advice',
      path: `nodes.${node.name}`,
      reference: REQUIREMENTS,
    });
  }
  return needs
    .filter(({ least }) => !atLeast(kernel, ...least))
    .map(({ least, what, ...need }) =>
      finding(asked, {
        code: 'node-kernel',
        ...need,
        message: `runs kernel ${kernel}; ${what} needs ${versionText(least)}`,
        hint: 'Install a newer kernel, or a newer release of its system.',
      }),
    );
}

function versionText([major, minor, ...rest]: readonly number[]): string {
  return rest.length === 0 ? `${major}.${minor}` : `${major}.${minor}.${rest[0]}-${rest[1]}`;
}

/** Only a module that is known to be missing: of a kernel without a list of its modules nothing is said. */
function modules(asked: Asked): Finding[] {
  const { cluster, facts } = asked;
  const { network, kubernetes } = cluster;
  const ways = [network.encapsulation, ...network.furtherPools.map((pool) => pool.encapsulation)];
  const kinds = new Set([...ways.map(({ kind }) => kind), network.ipv6?.encapsulation.kind]);
  const needs: [KernelModule, boolean, FindingClass, string, string][] = [
    ['ipip', kinds.has('ipip'), 'harmful', 'network.encapsulation', REQUIREMENTS],
    // eBPF sends what came in by a NodePort on over VXLAN, whatever pods use.
    [
      'vxlan',
      kinds.has('vxlan') || network.dataplane.kind === 'ebpf',
      'harmful',
      'network.encapsulation',
      REQUIREMENTS,
    ],
    // Felix goes on without, and what was to be encrypted is not.
    ['wireguard', network.wireguard, 'harmful', 'network.wireguard', REQUIREMENTS],
    ['ip_vs', kubernetes.proxy === 'ipvs', 'refused', 'kubernetes.proxy', `${KUBELET}:111`],
    ['nf_tables', kubernetes.proxy === 'nftables', 'refused', 'kubernetes.proxy', `${KUBELET}:137`],
    ['dummy', network.dns.nodeLocalCache, 'refused', 'network.dns.nodeLocalCache', `${PREINSTALL}:149`],
  ];
  return needs
    .filter(([name, needed]) => needed && facts.modules?.[name] === 'absent')
    .map(([name, , level, path, reference]) =>
      finding(asked, {
        code: 'node-kernel-module',
        class: level,
        path,
        message: `has a kernel without the module ${name}`,
        hint: 'Install the modules of its kernel (linux-modules-extra on Ubuntu, kernel-modules-extra on Fedora and RHEL), or another kernel.',
        reference,
      }),
    );
}

function wireguardTools(asked: Asked): Finding[] {
  if (!asked.cluster.network.wireguard || asked.facts.wireguardTools !== 'missing') return [];
  return [
    finding(asked, {
      code: 'node-wireguard-tools',
      class: 'refused',
      path: 'network.wireguard',
      message: 'knows no package wireguard, which kubespray installs',
      hint: 'Add the repository that has it, or run apt-get update.',
      reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:2',
    }),
  ];
}
