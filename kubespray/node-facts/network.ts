import type { Finding } from '../../cluster/index.ts';
import { type Asked, asserted, extra, finding, isOn, SETTINGS } from './facts.ts';

/** The node's addresses, and what it sees of the network around it. */
export function networkFindings(asked: Asked): Finding[] {
  return [...address(asked), ...mtu(asked), ...nameserver(asked), ...firewall(asked), ...peers(asked)];
}

function address(asked: Asked): Finding[] {
  const { node, cluster, facts } = asked;
  const { name, address: declared, address6 } = node;
  const found: Finding[] = [];
  const missing = (field: string, text: string) =>
    finding(asked, {
      code: 'node-address',
      class: asserted(asked),
      path: `nodes.${name}.${field}`,
      message: `does not have the address ${text}`,
      hint: 'Write an address that `ip addr` on it shows.',
      reference: `${SETTINGS}:48`,
    });
  if (facts.interface === null) found.push(missing('address', declared));
  if (cluster.network.ipv6 === undefined) return found;
  if (facts.ipv6 === false) {
    found.push(
      finding(asked, {
        code: 'node-ipv6-off',
        class: 'refused',
        path: 'network.ipv6',
        message: 'has IPv6 switched off',
        hint: 'Set net.ipv6.conf.all.disable_ipv6 to 0, and take ipv6.disable=1 off the kernel command line.',
        reference: 'kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0080-system-configurations.yml:82',
      }),
    );
  } else if (address6 !== undefined && facts.interface6 === null) {
    found.push(missing('address6', address6));
  }
  return found;
}

function mtu(asked: Asked): Finding[] {
  const { cluster, facts } = asked;
  const { interfaceMtu: declared } = cluster.network;
  const { interfaceMtu: real } = facts;
  if (real === null || real === declared) return [];
  const smaller = real < declared;
  return [
    finding(asked, {
      code: 'node-mtu',
      class: smaller ? 'harmful' : 'advice',
      path: 'network.interfaceMtu',
      message: `has MTU ${real} on ${facts.interface}, ${smaller ? 'less' : 'more'} than the declared ${declared}`,
      hint: smaller
        ? `Write interfaceMtu: ${real}, or raise it on the node (ip link set ${facts.interface} mtu ${declared}).`
        : 'Declare it where every node has it: larger packets cost less.',
    }),
  ];
}

/** CoreDNS forwards to the nameservers of the node, where the stack names no others. */
function nameserver(asked: Asked): Finding[] {
  const { node, cluster, facts } = asked;
  const mode = String(extra(cluster, 'dns_mode') ?? 'coredns');
  const upstream = extra(cluster, 'upstream_dns_servers');
  const named = Array.isArray(upstream) ? upstream.length > 0 : upstream !== undefined;
  if (!mode.startsWith('coredns') || named || isOn(extra(cluster, 'disable_host_nameservers'))) return [];
  if (facts.nameservers === undefined || facts.nameservers === null || facts.nameservers.length > 0) return [];
  return [
    finding(asked, {
      code: 'node-nameserver',
      class: 'refused',
      path: `nodes.${node.name}`,
      message: 'has no nameserver in /etc/resolv.conf',
      hint: 'Give it one, or name them for the cluster in kubespray.extraVariables.upstream_dns_servers.',
      reference: `${SETTINGS}:84`,
    }),
  ];
}

function firewall(asked: Asked): Finding[] {
  const { node, facts } = asked;
  if (!facts.firewall) return [];
  return [
    finding(asked, {
      code: 'node-firewall',
      class: 'advice',
      path: `nodes.${node.name}`,
      message: `runs ${facts.firewall}, which kubespray does not open for the cluster and which may undo Calico's rules`,
      hint: 'Switch it off, or open what the cluster needs between nodes.',
      reference: 'kubespray v2.31.0 README.md:157; Calico v3.31 docs: System requirements',
    }),
  ];
}

/** Who cannot be reached from here. A node that the workstation cannot reach either has a finding of its own. */
function peers(asked: Asked): Finding[] {
  const { node, cluster, facts, silent } = asked;
  const isController = node.name === cluster.kubespray.controller;
  return (facts.peers ?? []).flatMap((peer) => {
    const other = cluster.nodes.find((each) => each.address === peer.address || each.address6 === peer.address);
    if (other === undefined || silent.has(other.name)) return [];
    const at = `nodes.${other.name}.${other.address === peer.address ? 'address' : 'address6'}`;
    if (!peer.reached) {
      return [
        finding(asked, {
          code: 'node-peer-unreachable',
          class: isController ? 'refused' : 'harmful',
          path: at,
          message: `gets no answer from ${other.name} at ${peer.address}`,
          hint: 'See to routes, VLANs and firewalls between the two; every node talks to every other.',
          reference: 'kubespray v2.31.0 docs/operations/port-requirements.md',
        }),
      ];
    }
    if (isController && !peer.ssh && peer.address === other.address) {
      return [
        finding(asked, {
          code: 'node-peer-ssh',
          class: 'refused',
          path: `nodes.${other.name}.ssh.port`,
          message: `runs Ansible and cannot connect to ${other.name}'s sshd at ${peer.address}:${other.ssh.port}`,
          hint: `Let ${node.name} in through the firewall of ${other.name}.`,
        }),
      ];
    }
    return [];
  });
}
