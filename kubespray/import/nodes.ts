import { isAddress4, isAddress6 } from './addresses.ts';
import { type Peering, peersOfNode } from './bgp.ts';
import { sshOf, textOf, type WrittenSsh } from './connection.ts';
import type { Draft } from './draft.ts';
import { isDeepEqual } from './equal.ts';
import { show } from './given.ts';
import type { ImportedHost } from './hosts.ts';
import type { Reading } from './reading.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** What of the cluster decides about its nodes. */
export interface Shape {
  readonly peering: Peering;
  readonly isDualStack: boolean;
}

/** The hosts as nodes, how they are reached, and the order they joined in. */
export function readNodes(reading: Reading, draft: Draft, shape: Shape): void {
  const { nodes, order } = reading.hosts;
  const connections = nodes.map((host) => sshOf(reading, host));
  const common = shared(connections);
  if (Object.keys(common).length > 0) draft.set('ssh', common);
  if (nodes.length > 0 && connections.some(({ user }) => user === undefined)) {
    reading.say(
      'ssh.user',
      'advice',
      'assumed',
      'the inventory names no user for SSH: root is taken',
      'Write ssh.user if it is another.',
    );
  }
  const written = nodes.map((host, i): [string, unknown] => [
    host.name,
    nodeOf(reading, host, less(connections[i] ?? {}, common), shape),
  ]);
  draft.set('nodes', Object.fromEntries(written));
  if (order.length > 1) draft.set('kubespray.order', order);
}

/** What is the same for all of them. */
function shared(connections: readonly WrittenSsh[]): WrittenSsh {
  const [first = {}, ...others] = connections;
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) =>
      others.every((other) => isDeepEqual(other[key as keyof WrittenSsh], value)),
    ),
  );
}

function less(ssh: WrittenSsh, common: WrittenSsh): WrittenSsh {
  return Object.fromEntries(Object.entries(ssh).filter(([key]) => !Object.hasOwn(common, key)));
}

function nodeOf(reading: Reading, host: ImportedHost, ssh: WrittenSsh, shape: Shape): Record<string, unknown> {
  if (!LABEL.test(host.name)) {
    reading.say(
      host.place,
      'refused',
      'host-name',
      `“${show(host.name)}” is no name that a node can have here: lower case letters, digits and inner hyphens`,
      'A node keeps its name for life: give the machine another and let it join anew, or leave it out.',
    );
  }
  const etcdMember = memberOf(reading, host);
  const address = addressOf(reading, host);
  const address6 = address6Of(reading, host, shape.isDualStack);
  const as = reading.takeOf(host, 'local_as');
  const number = as === undefined ? undefined : reading.asInt('local_as', as);
  const peers = peersOfNode(reading, host, shape.peering);
  const bgp = { ...(number === undefined ? {} : { as: number }), ...(peers.length === 0 ? {} : { peers }) };
  const labels = labelsOf(reading, host);
  const taints = taintsOf(reading, host);
  return {
    ...(address === undefined ? {} : { address }),
    ...(address6 === undefined ? {} : { address6 }),
    roles: host.roles,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(taints.length === 0 ? {} : { taints }),
    ...(etcdMember === undefined ? {} : { etcdMember }),
    ...(Object.keys(bgp).length === 0 ? {} : { bgp }),
    ...(Object.keys(ssh).length === 0 ? {} : { ssh }),
  };
}

/** kubespray takes `ip`, else what it connects to (kubespray v2.31.0 roles/network_facts/tasks/main.yaml:10-32). */
function addressOf(reading: Reading, host: ImportedHost): string | undefined {
  const [ip, access] = [textOf(reading, host, 'ip'), textOf(reading, host, 'access_ip')];
  const connect = textOf(reading, host, 'ansible_host', 'ansible_ssh_host');
  const address = [ip, access, connect, host.name].find(isAddress4);
  if (address === undefined) {
    reading.say(
      host.place,
      'refused',
      'no-address',
      `${host.name} has no IPv4 address in the inventory`,
      'Write ip (or ansible_host) with the address that carries the traffic of the cluster.',
    );
    return undefined;
  }
  for (const [name, value] of [
    ['access_ip', access],
    ['ansible_host', connect],
    ['ansible_ssh_host', undefined],
  ] as const) {
    const place = host.variables.get(name)?.place;
    if (value === undefined || value === address || place === undefined) continue;
    reading.say(
      place,
      name === 'access_ip' ? 'harmful' : 'advice',
      'second-address',
      `${host.name} has ${name} ${show(value)} beside ${address}, and a node has one address here, for SSH too`,
      `${address} is taken; the workstation must reach it${name === 'access_ip' ? ', and so must the other nodes' : ', through ssh.jump if need be'}.`,
    );
  }
  return address;
}

/** Of two stacks alone: kubespray passes over it in a cluster of one. */
function address6Of(reading: Reading, host: ImportedHost, isDualStack: boolean): string | undefined {
  const given = ['ip6', 'access_ip6'].flatMap((name) => {
    const found = reading.takeOf(host, name);
    return found === undefined || found.value === null || found.value === '' ? [] : [{ name, ...found }];
  });
  const address = given.find(({ value }) => isAddress6(value))?.value;
  for (const { name, value, place } of given) {
    if (!isDualStack) {
      const message = `${name} of ${host.name} has no effect: ipv6_stack is not true`;
      reading.say(place, 'advice', 'without-effect', message, 'It is dropped.');
    } else if (value !== address) {
      const hint = address === undefined ? 'It is dropped.' : `It is dropped; ${address} is taken.`;
      reading.say(place, 'harmful', 'second-address', `${name} of ${host.name} is ${show(value)}`, hint);
    }
  }
  return isDualStack && isAddress6(address) ? address : undefined;
}

/**
 * The name of its etcd member, where that is not the node's. kubespray counts those that are not named (kubespray v2.31.0
 * roles/kubespray_defaults/defaults/main/main.yml:718-720).
 */
function memberOf(reading: Reading, host: ImportedHost): string | undefined {
  const given = reading.takeOf(host, 'etcd_member_name');
  if (!host.roles.includes('etcd')) return undefined;
  const member = given === undefined || given.value === '' ? `etcd${host.etcdPlace}` : given.value;
  if (member === host.name) return undefined;
  if (typeof member === 'string' && LABEL.test(member)) return member;
  reading.say(
    given?.place ?? host.place,
    'harmful',
    'etcd-member-name',
    `${host.name} is the etcd member ${show(member)}, and will be called ${host.name}`,
    'Look at `etcdctl member list` before and after the first `up` on a cluster that runs.',
  );
  return undefined;
}

function labelsOf(reading: Reading, host: ImportedHost): Record<string, string> {
  const given = reading.takeOf(host, 'node_labels');
  if (given === undefined || given.value === null) return {};
  if (typeof given.value !== 'object' || Array.isArray(given.value)) {
    reading.wrong('node_labels', given.value, given.place, 'a map');
    return {};
  }
  return Object.fromEntries(Object.entries(given.value).map(([key, value]) => [key, pythonText(value)]));
}

/** As Python's format writes it (kubespray v2.31.0 roles/kubernetes/node-label/tasks/main.yml). */
export function pythonText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function taintsOf(reading: Reading, host: ImportedHost): string[] {
  const given = reading.takeOf(host, 'node_taints');
  if (given === undefined || given.value === null) return [];
  if (Array.isArray(given.value)) return given.value.map(String);
  reading.wrong('node_taints', given.value, given.place, 'a list');
  return [];
}
