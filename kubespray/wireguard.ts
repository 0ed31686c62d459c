import type { Cluster } from '../cluster/index.ts';

/**
 * kubespray v2.31.0 (and all since v2.28.0) takes the packages of WireGuard from the first file of
 * roles/network_plugin/calico/vars/ that is named after the node's distribution or its family (tasks/pre.yml:22-35).
 * Systems of which that is the wrong one, by ID and major version of /etc/os-release (`*`: any).
 */
const WRONG: readonly string[] = [
  // redhat.yml: wireguard-dkms from a repository that is added to releases below 9 alone (tasks/repos.yml:18-21).
  ...['almalinux-9', 'ol-9', 'rhel-10', 'centos-10', 'rocky-10', 'almalinux-10', 'ol-10'],
  // amazon.yml: the same package, built for Amazon Linux 2.
  'amzn-2023',
  // None: no file is named after `openSUSE Leap`, nor after the family, Suse.
  ...['opensuse-leap-*', 'opensuse-tumbleweed-*', 'opensuse-*', 'sles-*'],
];

/** Systems whose kernel has no WireGuard, and for which kubespray's list is right: one list cannot serve them and the others. */
const NEED_MODULE: readonly string[] = ['rhel-8', 'centos-8', 'rocky-8', 'almalinux-8', 'ol-8', 'amzn-2'];

/**
 * The packages to install on every node, where kubespray would install the wrong ones on a declared system; the kernels
 * of these have WireGuard built in. Must be an extra variable of the command line: kubespray's own list comes from
 * include_vars, which wins over an inventory. Undefined too where another node needs the module besides: the rule
 * `wireguard-packages` speaks then.
 */
export function wireguardPackages({ network, nodes }: Cluster): string[] | undefined {
  const systems = nodes.flatMap(({ os }) => (os === undefined ? [] : [os]));
  const wanted = systems.some((os) => isOf(WRONG, os)) && !systems.some((os) => isOf(NEED_MODULE, os));
  return network.wireguard && wanted ? ['wireguard-tools'] : undefined;
}

/** `rocky-10.1` is of `rocky-10`; a system without a version (a rolling release) is its ID alone. */
function isOf(systems: readonly string[], os: string): boolean {
  const id = os.replace(/-\d.*$/, '');
  const major = /-(\d+)[^-]*$/.exec(os)?.[1] ?? '';
  return systems.includes(`${id}-${major}`) || systems.includes(`${id}-*`);
}
