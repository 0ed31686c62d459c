/** Sessions of BGP that do not come about. */
import type { DoctorGround } from '../../support/doctor.ts';
import type { DoctorFault } from '../../support/doctor-fault.ts';
import { until } from '../../support/faults/node.ts';

const conf = '/run/calispray-lab/bird.conf';
const configure = 'birdc -s /run/calico/bird.ctl configure > /dev/null';

/** BIRD says this of the node's sessions, or of that with one address. */
const say = (ground: DoctorGround, node: string, what: RegExp, peer = '') =>
  until(
    `${node} has lost its sessions`,
    async () => {
      const sessions = Object.entries(await ground.sessions(node)).filter(([name]) => name.endsWith(peer));
      return sessions.length > 0 && sessions.every(([, info]) => what.test(info));
    },
    30,
  );

/** An address of the LAN that nobody has. */
const gone = { name: 'attic', address: '192.168.4.64' };

export const bgp: readonly DoctorFault[] = [
  {
    name: 'bgp-blocked',
    what: 'The firewall of homelab drops tcp/179 in both directions, and BIRD there is restarted.',
    async inject(ground) {
      const rules = [
        'add table inet site',
        'add chain inet site input { type filter hook input priority 0; }',
        'add rule inet site input tcp dport 179 drop',
        'add rule inet site input tcp sport 179 drop',
      ];
      await ground.node('homelab').sh(`nft -f - && systemctl restart calispray-lab-bird`, `${rules.join('\n')}\n`);
      await say(ground, 'homelab', /^Connect/);
    },
    undo: async (ground) => void (await ground.node('homelab').sh('nft delete table inet site || true')),
    found: { code: 'bgp-blocked', nodes: ['homelab'], evidence: /tcp.*179/, mend: /^on homelab: .*179/ },
  },
  {
    name: 'bgp-wrong-as',
    what: 'storagenodet3500 has an AS of its own, which its peers do not expect.',
    async inject(ground) {
      await ground.kubectl('annotate', 'node', 'storagenodet3500', 'projectcalico.org/ASNumber=64513');
      const node = ground.node('storagenodet3500');
      await node.sh(`sed -i 's/ as 64512; neighbor/ as 64513; neighbor/' ${conf}; ${configure}`);
      await say(ground, 'storagenodet3500', /Bad peer AS/);
    },
    async undo(ground) {
      await ground.kubectl('annotate', 'node', 'storagenodet3500', 'projectcalico.org/ASNumber-');
      const node = ground.node('storagenodet3500');
      await node.sh(`sed -i 's/ as 64513; neighbor/ as 64512; neighbor/' ${conf}; ${configure}`);
    },
    found: {
      code: 'bgp-wrong-as',
      nodes: ['storagenodet3500'],
      evidence: /storagenodet3500.*64513|Bad peer AS/,
      mend: /^on .*storagenodet3500.*ASNumber/,
    },
  },
  {
    name: 'bgp-stale-peer',
    what: 'A Node is still there whose host was taken away: everybody has a session with it that never comes about.',
    async inject(ground) {
      const { name, address } = gone;
      await ground.apply(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Node',
          metadata: { name, annotations: { 'projectcalico.org/IPv4Address': `${address}/24` } },
        }),
      );
      const status = { status: { addresses: [{ type: 'InternalIP', address }] } };
      await ground.kubectl('patch', 'node', name, '--subresource=status', '--type=merge', '-p', JSON.stringify(status));
      // As confd does it on every node when it sees the Node.
      await ground.each(`cp ${conf} ${conf}.before
        sed -n '/^protocol bgp/,/^}/p' ${conf} | sed '/^}/q' | sed -E 's/192_168_4_[0-9]+/${address.replaceAll('.', '_')}/; s/neighbor [0-9.]+/neighbor ${address}/' > ${conf}.more
        cat ${conf}.more >> ${conf}; ${configure}`);
      for (const node of ['homelab', 'masternode', 'storagenodet3500'])
        await say(ground, node, /^(Connect|Active)/, address.replaceAll('.', '_'));
    },
    async undo(ground) {
      await ground.kubectl('delete', 'node', gone.name, '--ignore-not-found');
      await ground.each(`rm -f ${conf}.more; ! mv ${conf}.before ${conf} 2> /dev/null || ${configure}`);
    },
    found: {
      code: 'bgp-stale-peer',
      nodes: [gone.name],
      evidence: /192\.168\.4\.64/,
      mend: /^on .*delete node attic/,
    },
  },
];
