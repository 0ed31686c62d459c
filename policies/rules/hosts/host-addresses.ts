import type { Finding } from '../../../cluster/finding.ts';
import { addressIn, type Family, ipv4, rangeIn } from '../ranges/family.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';

export const hostAddresses: Rule = {
  code: 'host-addresses',
  title: 'Every node has an address of its own, inside the node range',
  class: 'harmful',
  description:
    'Two nodes with one address fight for it. One outside the node range is not covered by what is derived from it: the allow-cluster-internal policy and the check for overlapping ranges.',
  reference: 'kubespray v2.31.0 compares no addresses; roles/kubernetes/preinstall/tasks/0040-verify-settings.yml:48',
  judge: (subject) => wrongAddresses(hostAddresses, subject, ipv4),
};

export function wrongAddresses(rule: Rule, subject: Subject, family: Family): Finding[] {
  const text = family.nodesOf(subject);
  const nodes = rangeIn(family, text);
  const owner = new Map<bigint | string, string>();
  return subject.hosts.flatMap((host) => {
    const address = family.addressOf(host);
    if (address === undefined || address === '' || isTemplate(address)) return [];
    const path = `nodes.${host.name}.${family.address}`;
    const number = addressIn(family, address);
    const first = owner.get(number ?? address);
    if (first !== undefined) {
      return [against(rule, path, `${host.name} has the address ${address} of ${first}`, 'Give it its own.')];
    }
    owner.set(number ?? address, host.name);
    if (nodes === undefined || number === undefined || (number >= nodes.first && number <= nodes.last)) return [];
    const message = `${host.name}’s address ${address} is outside the node range ${text}`;
    return [against(rule, path, message, `Widen ${family.nodes} so that it holds every node.`)];
  });
}
