import { nearest } from '../../../cluster/nearest.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';

const GROUPS = [
  'all',
  'k8s_cluster',
  'kube_control_plane',
  'kube_node',
  'etcd',
  'calico_rr',
  'bastion',
  'no_floating',
  'ungrouped',
];

export const unreadFile: Rule = {
  code: 'unread-file',
  title: 'Every file of variables belongs to a group or a host of the inventory',
  class: 'harmful',
  description:
    'Ansible reads group_vars and host_vars beside the hosts file, each under the name of a group or a host: what stands elsewhere is passed over in silence, and the cluster comes up with kubespray’s defaults.',
  reference:
    'https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#organizing-host-and-group-variables',
  judge({ files = [], hosts }) {
    const groups = new Set([...GROUPS, ...hosts.flatMap((host) => host.groups)]);
    const names = new Set(hosts.map((host) => host.name));
    return files.flatMap((file) => {
      if (isTemplate(file)) return [];
      const at = (message: string, hint: string) => [against(unreadFile, file, message, hint)];
      const [folder = '', ...rest] = file.split('/').filter((piece) => piece !== '.');
      if (folder !== 'group_vars' && folder !== 'host_vars') {
        const within = rest.findIndex((piece) => piece === 'group_vars' || piece === 'host_vars');
        if (within === -1) return [];
        const here = rest.slice(within).join('/');
        return at(`${file} is not beside the hosts file, and is not read`, `Move it to ${here}.`);
      }
      const name = (rest[0] ?? '').replace(/\.(ya?ml|json)$/, '');
      const known = folder === 'group_vars' ? groups : names;
      if (rest.length === 0 || known.has(name)) return [];
      const what = folder === 'group_vars' ? 'group' : 'host';
      const meant = nearest(name, [...known], 3);
      const hint = meant === undefined ? `Name it after a ${what} of the inventory.` : `Perhaps ${meant} is meant.`;
      return at(`the inventory has no ${what} ${name}, and ${file} is not read`, hint);
    });
  },
};
