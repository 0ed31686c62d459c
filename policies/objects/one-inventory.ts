import { valueIn } from '../rules/variables.ts';
import type { DeclaredInventory, ObjectFinding, ObjectRule } from './rule.ts';

export const oneInventory: ObjectRule = {
  code: 'one-inventory',
  title: 'A cluster has one inventory, and a node one cluster',
  class: 'harmful',
  description:
    'Two inventories of one name are written over each other on the controller; a node in two clusters is set up by both, each undoing the other’s etcd, kubelet and Calico.',
  reference: 'kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:154 cluster_name',
  fields: [],
  variables: ['cluster_name'],
  judge({ inventories }) {
    return inventories.flatMap((inventory, i) =>
      inventories
        .slice(0, i)
        .flatMap((earlier) => [...sameName(earlier, inventory), ...sharedNodes(earlier, inventory)]),
    );
  },
};

function sameName(earlier: DeclaredInventory, inventory: DeclaredInventory): ObjectFinding[] {
  const name = valueIn(inventory.subject, 'cluster_name');
  if (typeof name !== 'string' || name !== valueIn(earlier.subject, 'cluster_name')) return [];
  return [
    {
      urn: inventory.urn,
      path: 'cluster_name',
      message: `${nameOf(inventory)} and ${nameOf(earlier)} are both inventories of ${name}`,
      hint: 'Keep one of the two, or give the clusters names of their own.',
    },
  ];
}

function sharedNodes(earlier: DeclaredInventory, inventory: DeclaredInventory): ObjectFinding[] {
  const theirs = new Map(earlier.subject.hosts.map((host) => [host.address, host.name]));
  return inventory.subject.hosts.flatMap(({ address, name }, i) => {
    if (address === '' || !theirs.has(address)) return [];
    return [
      {
        urn: inventory.urn,
        path: `hosts[${i}].address`,
        message: `${name} of ${nameOf(inventory)} is ${theirs.get(address)} of ${nameOf(earlier)}: both have ${address}`,
        hint: 'Leave the node to one of the clusters.',
      },
    ];
  });
}

function nameOf({ urn }: DeclaredInventory): string {
  return urn.split('::').at(-1) ?? urn;
}
