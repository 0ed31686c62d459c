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
    ...section('Addresses', addressRows(facts, cluster)),
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
    ['encapsulation', `${tunnelWords(cluster.network.encapsulation)} (${modes.join(', ')})`],
    ...(ipv6 === undefined ? [] : [['', `IPv6: ${tunnelWords(ipv6.encapsulation)} (vxlanMode ${network.vxlanMode6})`]]),
    ...(network.vxlan === undefined ? [] : [['', vxlanWords(network.vxlan, cluster)]]),
    ['backend', `${network.backend}: ${network.backendReason}`],
    ...(network.backend === 'bird' ? [['BGP', `AS ${bgp.as}, ${topologyWords(cluster)}`]] : []),
    ['WireGuard', wireguard ? 'on' : 'off'],
    ['dataplane', dataplaneWords(dataplane)],
    ['API server', `${apiServer.enabled ? 'on' : 'off'}, ${apiServer.reason}`],
    ['node address', both(autodetection.ipv4 ?? '', autodetection.ipv6 && `IPv6: ${autodetection.ipv6}`)],
  ];
}

function tunnelWords(encapsulation: { readonly kind: string; readonly mode?: string }): string {
  if (encapsulation.kind === 'none') return 'none';
  return `${encapsulation.kind === 'ipip' ? 'IP-in-IP' : 'VXLAN'}, ${encapsulation.mode}`;
}

/** What packets carry, and what was meant for them in vain. */
function vxlanWords({ vni, port }: { vni: number; port: number }, { network: { encapsulation } }: Cluster): string {
  const words = `VNI ${vni}, UDP port ${port}`;
  if (encapsulation.kind !== 'vxlan' || (encapsulation.vni === vni && encapsulation.port === port)) return words;
  return `${words}; the declared ${encapsulation.vni} and ${encapsulation.port} do not reach Felix`;
}

function topologyWords({ network: { bgp }, nodes }: Cluster): string {
  const peers = bgp.peers.length + nodes.reduce((sum, node) => sum + node.bgp.peers.length, 0);
  const words =
    typeof bgp.topology === 'object'
      ? `route reflectors of ${bgp.topology.reflectors.clusterId}`
      : { 'full-mesh': 'full mesh', routers: 'peers instead of a mesh' }[bgp.topology];
  return peers === 0 ? words : `${words}, ${peers} ${peers === 1 ? 'peer' : 'peers'}`;
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
    less.length === 0 ? '' : `; not added: ${less.map(({ what, bytes }) => `${bytes} ${what}`).join(', ')}`;
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

function addressRows({ capacity }: Facts, { network: { ipam } }: Cluster): Row[] {
  const { maxPods, workers, others, families, podsPerNode, nodes, pods } = capacity;
  const beside = others === 0 ? '' : `, beside ${others} without`;
  return [
    ...families.flatMap((family) => familyRows(family, ipam.kind)),
    ['IPAM', ipamWords(ipam)],
    [
      'pods a node',
      podsPerNode < maxPods ? `${podsPerNode}; kubelet would allow ${maxPods}` : `${maxPods}, kubelet's limit`,
    ],
    ['nodes', `room for ${count(nodes)} with ${podsPerNode} pods each${beside}; ${workers} declared`],
    ['pods', `room for ${count(pods)} on the nodes declared`],
  ];
}

function ipamWords(ipam: Cluster['network']['ipam']): string {
  if (ipam.kind === 'host-local') return 'host-local: one range a node, from the Kubernetes API';
  if (!ipam.autoAllocateBlocks)
    return 'Calico; a node takes no block by itself, and no pod gets an address before somebody gives it one';
  return ipam.strictAffinity
    ? 'Calico, strict affinity: no node borrows'
    : 'Calico; a node borrows addresses once there is no free block';
}

function familyRows(family: FamilyCapacity, ipam: 'calico' | 'host-local'): Row[] {
  const { tunnels, maxBlocksPerNode, blocksPerFullNode, podsPerNode, keptPerNode, ownBlocks, nodes } = family;
  const takes = tunnels.length > 1 ? 'take one address of every node each' : 'takes one address of every node';
  return [
    ...family.pools.map(({ name, cidr, blockSize, blocks, blockAddresses, addresses, nodeSelector, disabled }, i) => [
      i === 0 ? `IPv${family.family}` : '',
      `${name} ${cidr}: ${count(blocks)} blocks of ${count(blockAddresses)} (/${blockSize}), ${count(addresses)} addresses` +
        `${nodeSelector === 'all()' ? '' : `, for nodes with ${nodeSelector}`}${disabled ? ', disabled' : ''}`,
    ]),
    ...(ipam === 'host-local' || podsPerNode === 0
      ? []
      : [['', `${podsPerNode} pods take ${blocksPerFullNode} of the ${maxBlocksPerNode} blocks that a node may have`]]),
    ...(tunnels.length === 0 ? [] : [['', `${tunnels.join(' and ')} ${takes}`]]),
    ...(keptPerNode === 0 ? [] : [['', `${count(keptPerNode)} addresses of such a node are nobody else's`]]),
    ...(ownBlocks.nodes === nodes
      ? []
      : [['', `from node ${count(ownBlocks.nodes + 1)} on they borrow from each other's blocks`]]),
  ];
}

function portRow({ protocol, port, what, on, from, nodes }: Port): Row {
  const number = protocol === 'ip' ? `IP protocol ${port}` : `${protocol.toUpperCase()} ${port}`;
  const names = nodes.join(', ');
  // Who a place with a name of its own is, where they are few.
  const who = names === '' || nodes.length > 3 || on === names || on.startsWith('every node') ? '' : ` (${names})`;
  return [number, `${on}${who}`, from.join('; '), what];
}

/** Powers of two beyond a thousand million are written as such: nobody reads 18446744073709551616. */
function count(n: number): string {
  return n > 1e9 && Number.isInteger(Math.log2(n)) ? `2^${Math.log2(n)}` : n > 1e9 ? n.toExponential(1) : String(n);
}
