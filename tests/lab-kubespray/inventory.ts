import { parseCluster } from '../../cluster/index.ts';
import { renderInventory } from '../../kubespray/index.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** `none`, or `{ vxlan: 'always' }` as in a stack file. */
export type Encapsulation = 'none' | Readonly<Record<string, string>>;

/** The lab's inventory as Calispray renders it, with some variables said otherwise by hand. */
export function inventory(
  variables: Variables,
  encapsulation: Encapsulation = 'none',
): Readonly<Record<string, string>> {
  const parsed = parseCluster({
    apiVersion: 'calispray/v1',
    name: 'test',
    kubespray: { version: 'v2.31.0', source: { path: '/unused.tar' } },
    ssh: { user: 'root', hostKey: 'accept-new' },
    nodes: {
      masternode: { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'] },
      storagenodet3500: { address: '192.168.4.61', roles: ['worker'] },
      homelab: { address: '192.168.4.62', roles: ['worker'] },
    },
    network: {
      nodes: '192.168.4.0/24',
      pods: '10.244.0.0/16',
      services: '10.233.0.0/18',
      pool: { cidr: '10.244.0.0/16', blockSize: 26 },
      encapsulation,
      mtu: 'auto',
      bgp: { as: 64512 },
    },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  const { files } = renderInventory(parsed.cluster);
  const byHand = Object.entries({ calico_apiserver_enabled: true, ...variables }).map(
    ([name, value]) => `${name}: ${JSON.stringify(value)}\n`,
  );
  // Read after the rendered files: within a group, files count in the order of their names.
  return { ...files, 'group_vars/k8s_cluster/zz-by-hand.yml': byHand.join('') };
}
