import { covering, isAddress4, isInside, networkOf } from './addresses.ts';
import type { Draft } from './draft.ts';
import { show } from './given.ts';
import type { Reading } from './reading.ts';

/** kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:251-302 */
const PODS = '10.233.64.0/18';
const SERVICES = '10.233.0.0/18';
const PODS6 = 'fd85:ee78:d8a6:8607::1:0/112';
const SERVICES6 = 'fd85:ee78:d8a6:8607::1000/116';
const INSTALL = 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml';

/** Ranges and pools of one stack or two, and the DNS cache. */
export function readNetwork(reading: Reading, draft: Draft, dualStack: boolean): void {
  const pods = rangeIn(reading, 'kube_pods_subnet') ?? PODS;
  const services = rangeIn(reading, 'kube_service_addresses') ?? SERVICES;
  // They come first in the section; the first two have no default that is meant.
  draft.set('network.nodes', nodesRange(reading, [pods, services]));
  draft.set('network.pods', pods);
  draft.set('network.services', services);
  const pool = poolIn(reading, 'calico_pool_cidr', 'kube_pods_subnet', pods);
  if (pool !== undefined && pool !== pods) draft.set('network.pool.cidr', pool);
  readDns(reading, draft);
  readIpv6(reading, draft, dualStack);
}

/** A range, cut to its network where it names an address inside. */
function rangeIn(reading: Reading, name: string): string | undefined {
  const given = reading.take(name);
  if (given === undefined) return undefined;
  const range = networkOf(given.value);
  if (range === undefined) reading.wrong(name, given.value, given.place, 'a range like 10.233.64.0/18');
  else if (
    range !== given.value &&
    range.split('/')[0] !== networkOf(`${String(given.value).split('/')[0]}/128`)?.split('/')[0]
  ) {
    const written = String(given.value);
    const message = `${name} is ${show(written)}, which names an address inside its range`;
    reading.say(given.place, 'harmful', 'host-bits', message, `${range} is taken.`);
  }
  return range;
}

function poolIn(reading: Reading, name: string, outer: string, pods: string): string | undefined {
  const pool = rangeIn(reading, name);
  if (pool === undefined || isInside(pool, pods)) return pool;
  const place = reading.placeOf(name);
  const said =
    reading.placeOf(outer) === undefined ? `${outer} is not written, and ${pods} by default` : `${outer} is ${pods}`;
  const field = outer.endsWith('_ipv6') ? 'network.ipv6.pods' : 'network.pods';
  reading.say(
    place ?? name,
    'refused',
    'pool-outside-pods',
    `${name} ${pool} is not inside the range of the pods: ${said}`,
    `It is dropped, and the pool is all of ${pods}; write ${field}: ${pool} too where no cluster runs yet.`,
    `${INSTALL}:89`,
  );
  return undefined;
}

/** The inventory has no such thing: a usual network that holds every address. */
function nodesRange(reading: Reading, apart: readonly string[]): string | undefined {
  const { nodes } = reading.hosts;
  const addresses = nodes.flatMap((host) => {
    const known = ['ip', 'access_ip', 'ansible_host', 'ansible_ssh_host'].map(
      (name) => reading.takeOf(host, name)?.value,
    );
    return [...known, host.name].filter(isAddress4).slice(0, 1);
  });
  const range = covering(addresses, 24, apart);
  if (range === undefined) return undefined;
  // Addresses of different networks: the range would hold half of the Internet.
  const far = Number(range.split('/')[1]) < 8;
  reading.say(
    'network.nodes',
    far ? 'harmful' : 'advice',
    'assumed',
    `an inventory does not say which network the nodes are in: ${range} holds all their addresses`,
    far
      ? 'Look at the addresses: those that carry the traffic of the cluster are meant.'
      : 'Write the real range if it is larger: policies and rules go by it.',
  );
  return range;
}

function readDns(reading: Reading, draft: Draft): void {
  const cache = reading.bool('enable_nodelocaldns') ?? true;
  if (!cache) {
    draft.set('network.dns.nodeLocalCache', false);
    reading.without('nodelocaldns_ip', '169.254.25.10', 'enable_nodelocaldns is false');
    return;
  }
  const address = reading.text('nodelocaldns_ip');
  if (address !== undefined && address !== '169.254.25.10') draft.set('network.dns.address', address);
}

/** kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:281: the old name counts where the new one is not written. */
export function isDualStack(reading: Reading): boolean {
  const old = reading.bool('enable_dual_stack_networks') ?? false;
  return reading.bool('ipv6_stack') ?? old;
}

/** The second stack, where there is one. */
function readIpv6(reading: Reading, draft: Draft, dualStack: boolean): void {
  const first = reading.bool('ipv4_stack') ?? true;
  if (!first) {
    const message = 'ipv4_stack is false, and a cluster of IPv6 alone has no stack file';
    reading.say(
      reading.placeOf('ipv4_stack') ?? 'network',
      'refused',
      'ipv6-only',
      message,
      'Both stacks, or IPv4 alone, can be imported.',
    );
  }
  if (!dualStack) {
    const because = 'ipv6_stack is not true';
    for (const [name, fallback] of [
      ['kube_pods_subnet_ipv6', PODS6],
      ['kube_service_addresses_ipv6', SERVICES6],
      ['calico_pool_cidr_ipv6', undefined],
      ['calico_pool_blocksize_ipv6', 122],
      ['nat_outgoing_ipv6', false],
      ['calico_ipip_mode_ipv6', 'Never'],
      ['calico_vxlan_mode_ipv6', 'Always'],
      ['calico_ip6_auto_method', undefined],
      ['kube_network_node_prefix_ipv6', 120],
    ] as const) {
      reading.without(name, fallback, because);
    }
    return;
  }
  const pods = rangeIn(reading, 'kube_pods_subnet_ipv6') ?? PODS6;
  const services = rangeIn(reading, 'kube_service_addresses_ipv6') ?? SERVICES6;
  draft.set('network.ipv6.nodes', nodesRange6(reading, [pods, services]));
  draft.set('network.ipv6.pods', pods);
  draft.set('network.ipv6.services', services);
  const pool = poolIn(reading, 'calico_pool_cidr_ipv6', 'kube_pods_subnet_ipv6', pods);
  if (pool !== undefined && pool !== pods) draft.set('network.ipv6.pool.cidr', pool);
  const blockSize = reading.int('calico_pool_blocksize_ipv6');
  if (blockSize !== undefined && blockSize !== 122) draft.set('network.ipv6.pool.blockSize', blockSize);
  if (reading.bool('nat_outgoing_ipv6') === true) draft.set('network.ipv6.pool.natOutgoing', true);
}

function nodesRange6(reading: Reading, apart: readonly string[]): string | undefined {
  const addresses = reading.hosts.nodes.flatMap((host) =>
    ['ip6', 'access_ip6']
      .map((name) => reading.takeOf(host, name)?.value)
      .filter((value) => typeof value === 'string')
      .slice(0, 1),
  );
  const range = covering(addresses, 64, apart);
  if (range === undefined) return undefined;
  const message = `an inventory does not say which IPv6 network the nodes are in: ${range} holds all their addresses`;
  reading.say('network.ipv6.nodes', 'advice', 'assumed', message, 'Write the real range if it is larger.');
  return range;
}
