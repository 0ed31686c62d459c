import { address6Number, addressNumber } from './cidr.ts';
import type { Finding } from './finding.ts';
import { isRecord, list, type Raw, record, refused } from './raw.ts';

/** What only shows across the nodes, in a raw value. */
export function nodeFindings(root: Raw): Finding[] {
  if (!isRecord(root.nodes)) return [];
  const nodes = Object.entries(root.nodes).map(([name, node]): [string, Raw] => [name, record(node)]);
  return [
    ...sharedAddresses(nodes, 'address', addressNumber),
    ...sharedAddresses(nodes, 'address6', address6Number),
    ...families(nodes, record(root.network).ipv6 !== undefined),
    ...missingRoles(nodes),
    ...nodes.flatMap(([name, node]) => repeatedTaints(name, node)),
    ...etcdMemberFindings(nodes),
    ...controllerFindings(nodes, record(root.kubespray).controller),
  ];
}

type Nodes = readonly (readonly [name: string, node: Raw])[];

/** Compared as numbers: an IPv6 address can be written in many ways. */
function sharedAddresses(
  nodes: Nodes,
  field: 'address' | 'address6',
  numberOf: (text: unknown) => number | bigint | undefined,
): Finding[] {
  const owner = new Map<number | bigint, string>();
  return nodes.flatMap(([name, node]) => {
    const number = numberOf(node[field]);
    if (number === undefined) return [];
    const first = owner.get(number);
    if (first === undefined) {
      owner.set(number, name);
      return [];
    }
    const message = `${name} has the address ${node[field]}, which ${first} has too`;
    return [refused('duplicate-address', `nodes.${name}.${field}`, message, 'Give every node its own address.')];
  });
}

/** Every node has an address of each stack, and none of a stack that is not there. */
function families(nodes: Nodes, dualStack: boolean): Finding[] {
  return nodes.flatMap(([name, { address6 }]) => {
    const path = `nodes.${name}.address6`;
    if (dualStack && address6 === undefined) {
      const hint = 'Write the IPv6 address of the node, or leave network.ipv6 out.';
      return [refused('address6-missing', path, `network.ipv6 is there, and ${name} has no IPv6 address`, hint)];
    }
    if (!dualStack && address6 !== undefined) {
      const hint = 'Leave it out, or write network.ipv6 for a dual-stack cluster.';
      return [refused('address6-unused', path, `${name} has an IPv6 address, and there is no network.ipv6`, hint)];
    }
    return [];
  });
}

function missingRoles(nodes: Nodes): Finding[] {
  return ['control-plane', 'etcd', 'worker']
    .filter((role) => !nodes.some(([, node]) => list(node.roles).includes(role)))
    .map((role) =>
      refused(`no-${role}`, 'nodes', `no node has the role ${role}`, `Add ${role} to the roles of at least one node.`),
    );
}

/** Members tell each other apart by their names. */
function etcdMemberFindings(nodes: Nodes): Finding[] {
  const owner = new Map<string, string>();
  return nodes.flatMap(([name, { roles, etcdMember }]) => {
    const path = `nodes.${name}.etcdMember`;
    if (!list(roles).includes('etcd')) {
      if (etcdMember === undefined) return [];
      const hint = 'Leave it out, or add etcd to its roles.';
      return [refused('etcd-member-unused', path, `${name} has a name for etcd, and not the role`, hint)];
    }
    const member = etcdMember ?? name;
    if (typeof member !== 'string') return [];
    const first = owner.get(member);
    if (first === undefined) {
      owner.set(member, name);
      return [];
    }
    const message = `${name} is the etcd member ${member}, as ${first} is`;
    return [refused('duplicate-etcd-member', path, message, 'Give every member a name of its own.')];
  });
}

/** kubespray hands all taints of a node to one `kubectl taint`, which takes one value for a key and effect. */
function repeatedTaints(name: string, { taints }: Raw): Finding[] {
  const keys = list(taints).map((taint) => (typeof taint === 'string' ? taint.replace(/=[^:]*:/, ':') : undefined));
  return keys.flatMap((key, i) =>
    key === undefined || keys.indexOf(key) === i
      ? []
      : [
          refused(
            'repeated',
            `nodes.${name}.taints[${i}]`,
            `${name} has a taint ${key} already`,
            'Leave one of them out: kubectl takes one value for a key and effect.',
            'kubespray v2.31.0 roles/kubernetes/node-taint/tasks/main.yml:34',
          ),
        ],
  );
}

function controllerFindings(nodes: Nodes, controller: unknown): Finding[] {
  if (typeof controller !== 'string' || nodes.some(([name]) => name === controller)) return [];
  return [
    refused(
      'unknown-controller',
      'kubespray.controller',
      `“${controller}” is not one of the nodes`,
      `Name one of ${nodes.map(([name]) => name).join(', ')}, or leave it out.`,
    ),
  ];
}
