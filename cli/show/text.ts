/** The resolved cluster as `calispray show` prints it: sections of aligned columns. */
import type { Cluster, Device, FamilyCapacity, Mtu, Port } from '../../cluster/index.ts';
import type { Facts, Version } from './facts.ts';

type Row = readonly string[];

/** Lines, without colours: what `facts` says of `cluster`. */
export function textOf(facts: Facts, cluster: Cluster): string[] {
  return [
    `${facts.name}`,
    ...section('Versions', versionRows(facts)),
    ...section(`Nodes (${facts.nodes.length})`, nodeRows(facts)),
    ...section('Network', networkRows(facts, cluster)),
    ...section('MTU', mtuRows(facts.mtu, cluster)),
    ...section('Addresses', addressRows(facts)),
    ...section('Ports', [['', 'at', 'from', 'for'], ...facts.ports.map(portRow)]),
  ];
}

/** An empty line, the title, and the rows in columns as wide as their widest cell; the last one is as long as it is. */
function section(title: string, rows: readonly Row[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const line = (row: Row) =>
    `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd();
  return ['', title, ...rows.map(line)];
}

function versionRows({ release, kubernetes, calico }: Facts): Row[] {
  const version = (name: string, { version: number, declared }: Version): Row => [
    name,
    number,
    declared ? 'declared' : `default of ${release.tag}`,
  ];
  return [
    ['kubespray', release.tag, `of ${release.date}, commit ${release.commit.slice(0, 12)}`],
    ['Ansible', release.ansible, 'on the controller'],
    version('Kubernetes', kubernetes),
    version('Calico', calico),
  ];
}

function nodeRows({ nodes, controller }: Facts): Row[] {
  return nodes.map(({ name, address, address6, roles }) => [
    name,
    address6 === undefined ? address : `${address}, ${address6}`,
    `${roles.join(', ')}${name === controller ? '; runs Ansible' : ''}`,
  ]);
}

function networkRows({ network, apiServer, autodetection }: Facts, cluster: Cluster): Row[] {
  const { nodes, pods, services, bgp, dataplane, wireguard, ipv6, interfaceMtu } = cluster.network;
  const modes = [`ipipMode ${network.ipipMode}`, `vxlanMode ${network.vxlanMode}`];
  const both = (four: string, six: string | undefined) => (six === undefined ? four : `${four}, ${six}`);
  return [
    ['nodes', `${both(nodes, ipv6?.nodes)}, interface MTU ${interfaceMtu}`],
    ['pods', both(pods, ipv6?.pods)],
    ['services', both(services, ipv6?.services)],
    ['encapsulation', `${encapsulationWords(cluster)} (${modes.join(', ')})`],
    ...(ipv6 === undefined ? [] : [['', `IPv6: ${tunnelWords(ipv6.encapsulation)} (vxlanMode ${network.vxlanMode6})`]]),
    ['backend', `${network.backend}: ${network.backendReason}`],
    ...(network.backend === 'bird' ? [['BGP', `AS ${bgp.as}, ${topologyWords(cluster)}`]] : []),
    ['WireGuard', wireguard ? 'on' : 'off'],
    ['dataplane', dataplaneWords(dataplane)],
    ['API server', `${apiServer.enabled ? 'on' : 'off'}, ${apiServer.reason}`],
    ['node address', both(autodetection.ipv4 ?? '', autodetection.ipv6)],
  ];
}

function encapsulationWords({ network: { encapsulation } }: Cluster): string {
  if (encapsulation.kind !== 'vxlan') return tunnelWords(encapsulation);
  return `${tunnelWords(encapsulation)}, VNI ${encapsulation.vni}`;
}

function tunnelWords(encapsulation: { readonly kind: string; readonly mode?: string }): string {
  if (encapsulation.kind === 'none') return 'none';
  return `${encapsulation.kind === 'ipip' ? 'IP-in-IP' : 'VXLAN'}, ${encapsulation.mode}`;
}

function topologyWords({ network: { bgp }, nodes }: Cluster): string {
  const peers = bgp.peers.length + nodes.reduce((sum, node) => sum + node.bgp.peers.length, 0);
  const words =
    typeof bgp.topology === 'object'
      ? `route reflectors of ${bgp.topology.reflectors.clusterId}`
      : { 'full-mesh': 'full mesh', routers: 'peers instead of a mesh' }[bgp.topology];
  return peers === 0 ? words : `${words}, ${peers} declared`;
}

function dataplaneWords(dataplane: Cluster['network']['dataplane']): string {
  if (dataplane.kind === 'ebpf') return `eBPF, Services in ${dataplane.serviceMode} mode`;
  if (dataplane.kind === 'nftables') return 'nftables';
  return dataplane.backend === 'auto' ? 'iptables, legacy or nft as Felix finds it' : `iptables, ${dataplane.backend}`;
}

/** What every device gets, and the sum that the largest MTU comes from. */
function mtuRows(mtu: Mtu, { network }: Cluster): Row[] {
  const [most, ...less] = mtu.takers;
  const fits =
    most === undefined
      ? `${mtu.maxMtu}: nothing is taken of ${network.interfaceMtu}`
      : `${mtu.maxMtu} = ${network.interfaceMtu} - ${most.bytes} ${most.what}`;
  const others =
    less.length === 0
      ? ''
      : `; ${less.map(({ what, bytes }) => `${bytes} ${what}`).join(', ')} does not add up with it`;
  return [
    ['fits', `${fits}${others}`],
    ['declared', network.mtu === 'auto' ? `auto: ${mtu.mtu}` : String(network.mtu)],
    ...mtu.devices.map((device) => [device.name, String(device.mtu), deviceWords(device, mtu, network.interfaceMtu)]),
  ];
}

function deviceWords({ what, overhead, mtu, setBy }: Device, all: Mtu, interfaceMtu: number): string {
  if (setBy === 'Felix') return `${what}: found out by Felix, ${interfaceMtu} - ${overhead}`;
  const room = interfaceMtu - overhead;
  if (mtu > room) return `${what}: more than the ${room} that fit`;
  return what === 'pods' || mtu === room ? what : `${what}: ${room} would fit; one value for all (${all.mtu})`;
}

function addressRows({ capacity }: Facts): Row[] {
  const { maxPods, workers, others, families } = capacity;
  const beside = others === 0 ? '' : `, beside ${others} that run no pods of anybody's`;
  return [
    ...families.flatMap((family) => familyRows(family, maxPods)),
    ['pods a node', `${capacity.podsPerNode} of kubelet's ${maxPods}`],
    [
      'room for',
      `${count(capacity.nodes)} full nodes${beside}; ${count(capacity.pods)} pods on the ${workers} declared`,
    ],
  ];
}

function familyRows(family: FamilyCapacity, maxPods: number): Row[] {
  const label = `IPv${family.family}`;
  const { tunnels, maxBlocksPerNode, blocksPerFullNode, podsPerNode, keptPerNode, ownBlocks, nodes } = family;
  const limited = podsPerNode < maxPods ? `, which hold ${podsPerNode} pods` : '';
  return [
    ...family.pools.map(({ name, cidr, blockSize, blocks, blockAddresses, addresses, nodeSelector, disabled }) => [
      label,
      `${name} ${cidr}: ${count(blocks)} blocks of ${count(blockAddresses)} (/${blockSize}), ${count(addresses)} addresses` +
        `${nodeSelector === 'all()' ? '' : `, for nodes with ${nodeSelector}`}${disabled ? ', disabled' : ''}`,
    ]),
    ['', `a full node takes ${blocksPerFullNode} of ${maxBlocksPerNode} blocks at the most${limited}`],
    ...(tunnels.length === 0 ? [] : [['', `${tunnels.join(' and ')} takes one address of every node each`]]),
    ...(keptPerNode === 0 ? [] : [['', `${count(keptPerNode)} addresses of a full node are nobody else's`]]),
    ...(ownBlocks.nodes === nodes
      ? []
      : [['', `${count(ownBlocks.nodes)} full nodes before any borrows an address from another's block`]]),
  ];
}

function portRow({ protocol, port, what, on, from, nodes }: Port): Row {
  const number = protocol === 'ip' ? `IP protocol ${port}` : `${protocol.toUpperCase()} ${port}`;
  const few =
    nodes.length > 0 && nodes.length <= 3 && !nodes.includes(on) && on !== 'every node' ? ` (${nodes.join(', ')})` : '';
  return [number, `${on}${few}`, from.join('; '), what];
}

/** Powers of two beyond a thousand million are written as such: nobody reads 18446744073709551616. */
function count(n: number): string {
  return n > 1e9 && Number.isInteger(Math.log2(n)) ? `2^${Math.log2(n)}` : n > 1e9 ? n.toExponential(1) : String(n);
}
