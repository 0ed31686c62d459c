import type { CommandCall, PlaybookCall } from './types.ts';

/**
 * Calico alone. `preinstall` has the check part (`Run calico checks` carries no other tag: roles/kubernetes/preinstall/tasks/
 * main.yml), whose changes to the system bootstrap_os leaves out. `download`, since the network part copies calicoctl and
 * the CRDs from /tmp/releases (roles/network_plugin/calico/tasks/install.yml:14, :131), which the next boot may have emptied, and
 * another calico_version has files that are not there yet. kube-controllers are not of the network part.
 */
export const calicoCall: PlaybookCall = {
  playbook: 'cluster.yml',
  tags: ['preinstall', 'download', 'network', 'policy-controller'],
  skipTags: ['bootstrap_os'],
  sees: 'members',
};

/** `calicoctl.sh` and `kubectl` are where bin_dir is: /usr/local/bin, on Flatcar /opt/bin; sudo looks in neither everywhere. */
export function onControlPlane(
  name: string,
  command: readonly string[],
  patience?: Pick<CommandCall, 'tries' | 'delaySeconds'>,
): CommandCall {
  const path = ['env', 'PATH=/usr/local/bin:/opt/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
  return { name, command: [...path, ...command], on: 'kube_control_plane[0]', sees: 'members', ...patience };
}
