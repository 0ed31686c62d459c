/** What is wrong where packets travel in VXLAN. */
import type { DoctorGround } from '../../support/doctor.ts';
import { names } from '../../support/doctor.ts';
import type { DoctorFault } from '../../support/doctor-fault.ts';
import { until } from '../../support/faults/node.ts';

const cut = (ground: DoctorGround, from: string, to: string, bytes?: number) =>
  until(`pods on ${from} do not reach those on ${to}`, async () => !(await ground.passes(from, to, bytes)), 30);

/** Of every pod's interface, and of the node's side of it. */
const podMtu = (ground: DoctorGround, mtu: number) =>
  ground.each(`for each in /run/netns/*; do nsenter --net=$each ip link set eth0 mtu ${mtu}; done
    for each in /sys/class/net/cali*; do ip link set \${each##*/} mtu ${mtu}; done`);

/** What was learnt of a path before it changed is forgotten. */
const forget = (ground: DoctorGround) =>
  ground.each(`ip route flush cache; for each in /run/netns/*; do nsenter --net=$each ip route flush cache; done`);

/** Of the node's end of the tunnel, as its data plane gave it. */
const tunnelAddress = (ground: DoctorGround, node: string): string =>
  JSON.parse(ground.node(node).read('/run/calispray-lab/state.json')).tunnel.address;

const annotate = (ground: DoctorGround, node: string, tunnel: string) =>
  ground.kubectl('annotate', 'node', node, '--overwrite', `projectcalico.org/IPv4VXLANTunnelAddr=${tunnel}`);

export const vxlan: readonly DoctorFault[] = [
  {
    name: 'mtu-of-running-pods',
    what: 'The cluster went over to VXLAN, and pods of kube-system were not made anew: they keep 1500 where others have 1450.',
    inject: (ground) =>
      until(
        'the other pods have 1450',
        async () => {
          return (await Promise.all(names.map((name) => ground.mtu(name)))).every((mtu) => mtu === 1450);
        },
        30,
      ),
    undo: async (ground) => void (await ground.kubectl('delete', 'pod', '-A', '--all', '--timeout=120s')),
    found: {
      code: 'mtu-of-running-pods',
      // Wherever the scheduler put those of CoreDNS; node-local ones are on the host network.
      async nodes(ground) {
        const which = ['get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=kube-dns'];
        const on = await ground.kubectl(...which, '-o', 'jsonpath={.items[*].spec.nodeName}');
        return [...new Set(on.split(' '))];
      },
      evidence: /: pod kube-system\/coredns-.*: MTU 1500/,
      mend: /^on masternode: .*kubectl .*delete pod coredns-/,
    },
  },
  {
    name: 'vxlan-blocked',
    what: 'The firewall of homelab drops udp/4789.',
    async inject(ground) {
      const rules = [
        'add table inet site',
        'add chain inet site input { type filter hook input priority 0; }',
        'add rule inet site input udp dport 4789 drop',
      ];
      await ground.node('homelab').sh('nft -f -', `${rules.join('\n')}\n`);
      await cut(ground, 'masternode', 'homelab');
    },
    undo: async (ground) => void (await ground.node('homelab').sh('nft delete table inet site 2> /dev/null || true')),
    found: { code: 'vxlan-blocked', nodes: ['homelab'], evidence: /4789/, mend: /^on homelab: .*4789/ },
  },
  {
    name: 'mtu-larger-than-path',
    what: 'Pods have 1500 where VXLAN leaves 1450, and nobody hears “fragmentation needed”.',
    async inject(ground) {
      const rules = [
        'add table inet site',
        'add chain inet site output { type filter hook output priority 0; }',
        'add rule inet site output icmp type destination-unreachable icmp code 4 drop',
      ];
      await ground.each(`printf '%s\\n' ${rules.map((rule) => `'${rule}'`).join(' ')} | nft -f -`);
      await podMtu(ground, 1500);
      await forget(ground);
      await cut(ground, 'masternode', 'homelab', 1500);
    },
    async undo(ground) {
      await ground.each('nft delete table inet site 2> /dev/null || true');
      await podMtu(ground, 1450);
      await forget(ground);
    },
    found: { code: 'mtu-larger-than-path', nodes: names, evidence: /1450.*1500|1500.*1450/, mend: /1450/ },
  },
  {
    name: 'duplicate-tunnel-address',
    what: 'storagenodet3500 has the tunnel address of homelab: what masternode answers homelab goes there.',
    async inject(ground) {
      const [theirs, own] = [tunnelAddress(ground, 'homelab'), tunnelAddress(ground, 'storagenodet3500')];
      const node = ground.node('storagenodet3500');
      // Without the agent that would have its own address back, as calico-node at its start.
      await node.sh('systemctl stop calispray-lab-node');
      await annotate(ground, 'storagenodet3500', theirs);
      await node.sh(`ip addr add ${theirs}/32 dev vxlan.calico; ip addr del ${own}/32 dev vxlan.calico`);
      // Felix on a third node: the address leads to the one of the two that it heard of last.
      const mac = (await node.sh('cat /sys/class/net/vxlan.calico/address')).trim();
      await ground.node('masternode').sh(`ip neigh replace ${theirs} lladdr ${mac} dev vxlan.calico nud permanent`);
      const { address } = ground.pod('masternode');
      await until(
        'homelab itself does not reach pods on masternode',
        async () => {
          return !(await ground.node('homelab').tries(`ping -n -q -c 1 -W 1 ${address}`));
        },
        30,
      );
    },
    async undo(ground) {
      const [theirs, own] = [tunnelAddress(ground, 'homelab'), tunnelAddress(ground, 'storagenodet3500')];
      await annotate(ground, 'storagenodet3500', own);
      await ground.node('storagenodet3500').sh(`ip addr replace ${own}/32 dev vxlan.calico
        ip addr del ${theirs}/32 dev vxlan.calico 2> /dev/null || true`);
      await ground.each('systemctl restart calispray-lab-dataplane; systemctl start calispray-lab-node');
    },
    found: {
      code: 'duplicate-tunnel-address',
      nodes: ['homelab', 'storagenodet3500'],
      evidence: /^storagenodet3500: vxlan\.calico has 10\.244\.0\./,
      mend: /^on .*IPv4VXLANTunnelAddr|release/,
    },
  },
];
