import { addressNumber, range } from '../../cluster/cidr.ts';
import type { Rule } from './subject.ts';
import { against } from './variables.ts';

export const hostAddresses: Rule = {
  code: 'host-addresses',
  title: 'Every node has an address of its own, inside the node range',
  class: 'harmful',
  description:
    'Two nodes with one address fight for it. One outside the node range is not covered by what is derived from it: the allow-cluster-internal policy and the check for overlapping ranges.',
  reference: 'kubespray v2.31.0 compares no addresses; roles/kubernetes/preinstall/tasks/0040-verify-settings.yml:48',
  judge(subject) {
    const nodes = range(subject.network.nodes);
    const owner = new Map<string, string>();
    return subject.hosts.flatMap(({ name, address }) => {
      const path = `nodes.${name}.address`;
      const first = owner.get(address);
      owner.set(address, first ?? name);
      if (first !== undefined) {
        return [against(hostAddresses, path, `${name} has the address ${address} of ${first}`, 'Give it its own.')];
      }
      const number = addressNumber(address);
      if (nodes === undefined || number === undefined || (number >= nodes.first && number <= nodes.last)) return [];
      const message = `${name}’s address ${address} is outside the node range ${subject.network.nodes}`;
      return [against(hostAddresses, path, message, 'Widen network.nodes so that it holds every node.')];
    });
  },
};
