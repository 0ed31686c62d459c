import type { Diagnosis, Trouble } from '../types.ts';

export const networkManager: Trouble = {
  code: 'network-manager',
  title: 'NetworkManager may take Calico’s interfaces for its own',
  judge({ nodes }) {
    return [...nodes]
      .filter(([, node]) => node.active.includes('NetworkManager') && node.networkManagerLeavesCalico === false)
      .map(
        ([name]): Diagnosis => ({
          code: networkManager.code,
          severity: 'risk',
          message: `NetworkManager runs on ${name} and is not told to leave cali* and the tunnels alone`,
          nodes: [name],
          evidence: [
            `${name}: NetworkManager is active; no unmanaged-devices of its configuration names Calico’s interfaces`,
          ],
          why: 'It changes routes and addresses of interfaces that it manages, and pods lose their network when it does.',
          mend: [
            {
              on: name,
              command: `printf '[keyfile]\\nunmanaged-devices+=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico;interface-name:vxlan-v6.calico;interface-name:wireguard.cali;interface-name:wg-v6.cali\\n' | sudo tee /etc/NetworkManager/conf.d/calico.conf && sudo systemctl reload NetworkManager`,
            },
          ],
          explains: [],
          reference: 'kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0062-networkmanager-unmanaged-devices.yml',
        }),
      );
  },
};
