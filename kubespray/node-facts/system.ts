import { type Finding, release } from '../../cluster/index.ts';
import { wireguardPackages } from '../wireguard.ts';
import { type Asked, asserted, atLeast, extra, finding, isIn, isOn, SETTINGS } from './facts.ts';

/** The os-release IDs of kubespray v2.31.0 roles/kubernetes/preinstall/defaults/main.yml supported_os_distributions. */
const SYSTEMS = [
  ...['debian', 'ubuntu', 'rhel', 'centos', 'fedora', 'rocky', 'almalinux', 'ol', 'amzn'],
  ...['opensuse-leap', 'opensuse-tumbleweed', 'sles', 'flatcar', 'clear-linux-os', 'kylin', 'uos', 'openEuler'],
];

/** What kubespray v2.31.0 roles/kubespray_defaults/vars/main/checksums.yml has a kubelet for, as the kernel calls it. */
const ARCHITECTURES = ['x86_64', 'aarch64', 'ppc64le'];

/** Largest difference of clocks, in milliseconds, that etcd's and Kubernetes' certificates and leases bear well. */
const CLOCK_DIFFERENCE = 5000;

/** What the node is: its system, its size, who may do what on it. */
export function systemFindings(asked: Asked): Finding[] {
  return [
    ...system(asked),
    ...declaredSystem(asked),
    ...privileges(asked),
    ...memory(asked),
    ...cgroups(asked),
    ...python(asked),
    ...clock(asked),
  ];
}

function system(asked: Asked): Finding[] {
  const { cluster, facts } = asked;
  const at = `nodes.${asked.node.name}`;
  const found: Finding[] = [];
  if (!SYSTEMS.includes(facts.os) && !isOn(extra(cluster, 'allow_unsupported_distribution_setup'))) {
    found.push(
      finding(asked, {
        code: 'node-os',
        class: asserted(asked),
        path: at,
        message: `runs ${facts.os} ${facts.osVersion}`,
        hint: `Install one of ${SYSTEMS.join(', ')}.`,
        reference: `${SETTINGS}:21`,
      }),
    );
  }
  if (!facts.systemd) {
    found.push(
      finding(asked, {
        code: 'node-systemd',
        class: asserted(asked),
        path: at,
        message: 'is not run by systemd',
        hint: 'Boot it with systemd.',
        reference: `${SETTINGS}:16`,
      }),
    );
  }
  const { architecture } = facts;
  if (architecture && !ARCHITECTURES.includes(architecture)) {
    found.push(
      finding(asked, {
        code: 'node-architecture',
        class: 'refused',
        path: at,
        message: `is of ${architecture}, for which kubespray has no Kubernetes`,
        hint: `Take a machine of ${ARCHITECTURES.join(', ')}.`,
        reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:217',
      }),
    );
  }
  const once = ['download_run_once', 'download_force_cache'].find((name) => isOn(extra(cluster, name)));
  if (facts.os === 'flatcar' && once !== undefined) {
    found.push(
      finding(asked, {
        code: 'node-flatcar-download',
        class: 'refused',
        path: `kubespray.extraVariables.${once}`,
        message: `runs Flatcar, where ${once} does not work`,
        hint: 'Leave it away: every node then downloads for itself.',
        reference: `${SETTINGS}:93`,
      }),
    );
  }
  return found;
}

/** The declared system decides which packages of WireGuard are installed, so it must be the real one. */
function declaredSystem(asked: Asked): Finding[] {
  const { node, cluster, facts } = asked;
  const real = facts.osVersion === '' ? facts.os : `${facts.os}-${facts.osVersion}`;
  if (node.os !== undefined && node.os !== real && !real.startsWith(`${node.os}.`)) {
    return [
      finding(asked, {
        code: 'node-os-declared',
        class: cluster.network.wireguard ? 'harmful' : 'advice',
        path: `nodes.${node.name}.os`,
        message: `runs ${real}, not the declared ${node.os}`,
        hint: `Write os: ${real}.`,
      }),
    ];
  }
  const needed = wireguardPackages({ ...cluster, nodes: [{ ...node, os: real }] });
  if (node.os !== undefined || needed === undefined || wireguardPackages(cluster) !== undefined) return [];
  return [
    finding(asked, {
      code: 'node-os-declared',
      class: 'refused',
      path: `nodes.${node.name}.os`,
      message: `runs ${real}, where kubespray would install the wrong packages of WireGuard`,
      hint: `Write os: ${real}: then the right ones are named (${needed.join(', ')}).`,
      reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/pre.yml:22',
    }),
  ];
}

function privileges(asked: Asked): Finding[] {
  const { node, facts } = asked;
  const { user, become } = node.ssh;
  if (become ? facts.sudo : facts.root) return [];
  const wrong = become
    ? facts.root
      ? [`has no sudo, which ssh.become asks for`, 'Leave ssh.become away: root needs no sudo.']
      : [
          `lets ${user} neither be root nor use sudo without a password`,
          `Log in as root, or give ${user} a NOPASSWD line in /etc/sudoers.d.`,
        ]
    : [`lets ${user} in, who is not root, and ssh.become is false`, 'Log in as root, or set ssh.become: true.'];
  return [
    finding(asked, {
      code: 'node-privileges',
      class: 'refused',
      path: `nodes.${node.name}.ssh.${become && !facts.root ? 'user' : 'become'}`,
      message: wrong[0] as string,
      hint: wrong[1] as string,
    }),
  ];
}

/** kubespray v2.31.0 roles/kubernetes/preinstall/defaults/main.yml:37-38; a variable of the stack's own may say otherwise. */
function memory(asked: Asked): Finding[] {
  const { node, cluster, facts } = asked;
  if (facts.memoryMiB === null) return [];
  const needs = [
    ...(isIn(node, 'control-plane') ? [megabytes(extra(cluster, 'minimal_master_memory_mb'), 1500)] : []),
    ...(isIn(node, 'worker') ? [megabytes(extra(cluster, 'minimal_node_memory_mb'), 1024)] : []),
  ];
  const need = Math.max(0, ...needs);
  if (facts.memoryMiB >= need) return [];
  return [
    finding(asked, {
      code: 'node-memory',
      class: asserted(asked),
      path: `nodes.${node.name}`,
      message: `has ${facts.memoryMiB} MiB of memory`,
      hint: `Give it ${need} MiB at least.`,
      reference: `${SETTINGS}:27`,
    }),
  ];
}

/** 0 where the stack says what only Ansible can read, such as a template: then nothing is known to be too little. */
function megabytes(said: unknown, otherwise: number): number {
  return said === undefined ? otherwise : Number.isFinite(Number(said)) ? Number(said) : 0;
}

function cgroups(asked: Asked): Finding[] {
  const { node, cluster, facts } = asked;
  if (facts.cgroup === null) {
    return [
      finding(asked, {
        code: 'node-cgroup',
        class: asserted(asked),
        path: `nodes.${node.name}`,
        message: 'has nothing mounted at /sys/fs/cgroup',
        hint: 'Boot it with cgroups: systemd mounts them.',
        reference: `${SETTINGS}:43`,
      }),
    ];
  }
  const { kubernetes, kubespray } = cluster;
  const version = kubernetes.version ?? release(kubespray.version)?.kubernetes ?? '';
  const fails = extra(cluster, 'kubelet_fail_cgroup_v1');
  // Version 1 has a folder for each controller, all in a tmpfs.
  if (facts.cgroup !== 'tmpfs' || !atLeast(version, 1, 35) || !(fails === undefined || isOn(fails))) return [];
  return [
    finding(asked, {
      code: 'node-cgroup-v1',
      class: 'refused',
      path: `nodes.${node.name}`,
      message: `has cgroups of version 1, where the kubelet of Kubernetes ${version} does not start`,
      hint: 'Boot it with systemd.unified_cgroup_hierarchy=1, or set kubespray.extraVariables.kubelet_fail_cgroup_v1: false.',
      reference: 'kubespray v2.31.0 roles/kubernetes/node/templates/kubelet-config.v1beta1.yaml.j2:19',
    }),
  ];
}

function python(asked: Asked): Finding[] {
  const { facts } = asked;
  if (facts.python !== null && atLeast(facts.python, 3, 8)) return [];
  return [
    finding(asked, {
      code: 'node-python',
      class: 'refused',
      path: `nodes.${asked.node.name}`,
      message: facts.python === null ? 'has no python3' : `has Python ${facts.python}`,
      hint: 'Install Python 3.8 or later (apt install python3).',
      reference: 'ansible-core 2.18 porting guide: target nodes',
    }),
  ];
}

function clock(asked: Asked): Finding[] {
  const { facts, nowMs } = asked;
  if (facts.time === null || Math.abs(facts.time - nowMs) <= CLOCK_DIFFERENCE) return [];
  const seconds = Math.round((facts.time - nowMs) / 1000);
  return [
    finding(asked, {
      code: 'node-clock',
      class: 'refused',
      path: `nodes.${asked.node.name}`,
      message: `has a clock ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} this machine's`,
      hint: 'Let an NTP client set both clocks: fresh certificates would not be valid yet.',
    }),
  ];
}
