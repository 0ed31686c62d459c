/** What hosts and their network do to the packets, whatever carries them. */
import type { DoctorGround } from '../../support/doctor.ts';
import type { DoctorFault } from '../../support/doctor-fault.ts';
import { cable, until } from '../../support/faults/node.ts';

const conf = '/run/calispray-lab/bird.conf';
const configure = 'birdc -s /run/calico/bird.ctl configure > /dev/null';
/** A second network that homelab has a card in, and nobody else. */
const second = '172.31.0.62';

const clock = '/etc/ssh/sshd_config.d/clock.conf';

/** Seconds; not a number while sshd begins anew. */
const ahead = async (ground: DoctorGround) =>
  Number.parseInt(await ground.ssh('homelab', 'date +%s').catch(() => ''), 10) - Date.now() / 1000;

const cut = (ground: DoctorGround, from: string, to: string, bytes?: number) =>
  until(`pods on ${from} do not reach those on ${to}`, async () => !(await ground.passes(from, to, bytes)), 30);

export const hosts: readonly DoctorFault[] = [
  {
    name: 'ip-forward-off',
    what: 'Forwarding is switched off on homelab, as a sysctl file of another program does it.',
    async inject(ground) {
      await ground.node('homelab').sh('sysctl -qw net.ipv4.ip_forward=0');
      await cut(ground, 'masternode', 'homelab');
    },
    undo: async (ground) => void (await ground.node('homelab').sh('sysctl -qw net.ipv4.ip_forward=1')),
    found: {
      code: 'ip-forward-off',
      nodes: ['homelab'],
      evidence: /^homelab: .*net\.ipv4\.ip_forward = 0/,
      mend: /^on homelab: .*net\.ipv4\.ip_forward=1/,
    },
  },
  {
    name: 'firewall-active',
    what: 'A firewall on storagenodet3500 refuses what is forwarded, as firewalld does.',
    async inject(ground) {
      const rules = [
        'add table inet firewalld',
        'add chain inet firewalld filter_FORWARD { type filter hook forward priority filter + 10; policy accept; }',
        'add rule inet firewalld filter_FORWARD reject with icmpx type admin-prohibited',
      ];
      await ground.node('storagenodet3500').sh('nft -f -', `${rules.join('\n')}\n`);
      await cut(ground, 'masternode', 'storagenodet3500');
    },
    undo: async (ground) =>
      void (await ground.node('storagenodet3500').sh('nft delete table inet firewalld 2> /dev/null || true')),
    found: {
      code: 'firewall-active',
      nodes: ['storagenodet3500'],
      evidence: /^storagenodet3500: .*firewalld.*filter_FORWARD.*reject/,
      mend: /^on storagenodet3500: /,
    },
  },
  {
    name: 'mtu-smaller-switch-port',
    what: 'The port of the switch that homelab is in passes 1400 bytes, and says nothing of what it drops.',
    async inject(ground) {
      await ground.node('homelab').sh('ethtool -K eth0 tso off gso off gro off tx off > /dev/null');
      await ground.lan('link', 'set', ground.port('homelab'), 'mtu', '1400');
      await cut(ground, 'masternode', 'homelab', 1440);
    },
    async undo(ground) {
      await ground.lan('link', 'set', ground.port('homelab'), 'mtu', '1500');
      await ground.lan('link', 'set', 'br0', 'mtu', '1500');
      await ground.node('homelab').sh('ethtool -K eth0 tso on gso on gro on tx on > /dev/null');
    },
    found: {
      code: 'mtu-smaller-switch-port',
      nodes: ['homelab'],
      evidence: /homelab.* 14\d\d .*1500/,
      mend: /1400|140\d|1500/,
    },
  },
  {
    name: 'wrong-interface',
    what: 'calico-node on homelab chose the card in another network: annotation and BIRD have its address.',
    async inject(ground) {
      await ground.node('homelab').sh(`ip link add eth1 type veth peer name eth1-switch
        ip addr add ${second}/24 dev eth1; ip link set eth1-switch up; ip link set eth1 up`);
      await ground.kubectl(
        ...['annotate', 'node', 'homelab', '--overwrite', `projectcalico.org/IPv4Address=${second}/24`],
      );
      await ground.each(`cp ${conf} ${conf}.before; ${readdressed}; ${configure}`);
      await until('homelab has lost its sessions', async () => {
        return Object.values(await ground.sessions('homelab')).every((info) => /^(Connect|Active)/.test(info));
      });
    },
    async undo(ground) {
      await ground.node('homelab').sh('ip link del eth1 2> /dev/null || true');
      await ground.kubectl(
        ...['annotate', 'node', 'homelab', '--overwrite', 'projectcalico.org/IPv4Address=192.168.4.62/24'],
      );
      await ground.each(`! mv ${conf}.before ${conf} 2> /dev/null || ${configure}`);
    },
    found: {
      code: 'wrong-interface',
      nodes: ['homelab'],
      evidence: /172\.31\.0\.62/,
      mend: /IP_AUTODETECTION_METHOD|calico_ip_auto_method|interface/,
    },
  },
  {
    name: 'clock-off',
    what: 'The clock of homelab is ten minutes ahead.',
    // All nodes share this machine's clock: whatever comes to homelab by SSH is shown another time.
    async inject(ground) {
      const homelab = ground.node('homelab');
      const library = (await homelab.sh('ls /usr/lib/*/faketime/libfaketime.so.1')).trim();
      homelab.write(clock, `SetEnv LD_PRELOAD=${library} FAKETIME=+10m DONT_FAKE_MONOTONIC=1\n`);
      await homelab.sh('systemctl reload ssh');
      await until('homelab is ten minutes ahead', async () => (await ahead(ground)) > 590, 30);
    },
    async undo(ground) {
      ground.node('homelab').remove(clock);
      await ground.node('homelab').sh('systemctl reload ssh');
      await until('homelab has the right time', async () => (await ahead(ground)) < 10, 30);
    },
    found: {
      code: 'clock-off',
      nodes: ['homelab'],
      evidence: /homelab: .*(600|599|601|10 min)/,
      mend: /^on homelab: /,
    },
  },
  {
    name: 'node-down',
    what: 'homelab has no network any more: its cable is out.',
    async inject(ground) {
      await cable(ground.calispray.lab, 'homelab', 'down');
      await cut(ground, 'masternode', 'homelab');
    },
    async undo(ground) {
      await cable(ground.calispray.lab, 'homelab', 'up');
      // BIRD looks at the kernel's routes once a minute; those that it saw without a link are gone until then.
      await ground.node('homelab').sh('systemctl restart calispray-lab-bird');
    },
    found: { code: 'node-down', nodes: ['homelab'], evidence: /homelab/, mend: /homelab/ },
  },
];

/** In every file the address of homelab: its own, or that of the neighbour. */
const readdressed = `sed -i -E 's/(local|neighbor) 192\\.168\\.4\\.62 /\\1 ${second} /' ${conf}`;
