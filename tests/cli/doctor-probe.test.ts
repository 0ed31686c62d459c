import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { nodeAnswer, pathsAnswer } from '../../kubespray/doctor/evidence-schema.ts';
import { DoctorNode } from './doctor-node.ts';

/** Needs root, for the network namespaces of pods and for raw sockets. */
describe('what a node tells the doctor', () => {
  let node: DoctorNode;
  beforeEach(() => {
    node = new DoctorNode();
  });
  afterEach(() => node.remove());

  const asked = async (address = '192.168.4.62') => nodeAnswer.parse(await node.ask('node', { address }));

  it('is links, tunnels and routes, without those that the kernel makes of them', async () => {
    const links = [
      {
        ifname: 'eth0',
        mtu: 1500,
        flags: ['UP'],
        addr_info: [{ local: '192.168.4.62', prefixlen: 24, scope: 'global' }],
      },
      {
        ...{
          ifname: 'vxlan.calico',
          mtu: 1450,
          flags: ['UP'],
          linkinfo: { info_kind: 'vxlan', info_data: { id: 4096, port: 4789 } },
        },
        addr_info: [{ local: '10.244.0.64', prefixlen: 32, scope: 'global' }],
      },
      { ifname: 'tunl0', mtu: 1480, flags: ['NOARP'], addr_info: [] },
    ];
    const routes = [
      { dst: '10.244.1.0/26', gateway: '10.244.1.0', dev: 'vxlan.calico', protocol: '80', flags: ['onlink'] },
      { type: 'blackhole', dst: '10.244.0.64/26', protocol: '80' },
      { type: 'local', dst: '192.168.4.62', dev: 'eth0', table: 'local' },
      { dst: '10.9.0.0/16', nexthops: [{ gateway: '192.168.4.1' }, { gateway: '192.168.4.2' }] },
    ];
    node.script(
      'ip',
      `case "$*" in *-6*) echo '[]';; *addr*) echo '${JSON.stringify(links)}';; *route*) echo '${JSON.stringify(routes)}';; esac`,
    );
    const told = await asked();
    assert.deepEqual(told.links[0], { name: 'eth0', kind: '', mtu: 1500, up: true, addresses: ['192.168.4.62/24'] });
    // This machine has no vxlan.calico to ask; of a tunl0 that is down and without an address nobody makes use.
    assert.deepEqual(told.tunnels, [
      { device: 'vxlan.calico', address: '10.244.0.64', mtu: 1450, port: 4789, vni: 4096, checksumOffload: null },
    ]);
    assert.deepEqual(told.routes, [
      { to: '10.244.1.0/26', via: '10.244.1.0', device: 'vxlan.calico', protocol: '80' },
      { to: '10.244.0.64/26', type: 'blackhole', protocol: '80' },
      { to: '10.9.0.0/16', via: '192.168.4.1,192.168.4.2' },
    ]);
  });

  it('is the rules of its own firewall that drop, without their comments and without those of Calico and kube-proxy', async () => {
    node.command('iptables', 'iptables v1.8.9 (nf_tables)');
    node.command(
      'nft',
      `table ip filter {
	chain INPUT {
		type filter hook input priority filter; policy accept;
		tcp dport 179 counter packets 4 bytes 240 drop comment "mine, reject it"
		tcp dport 22 accept comment "do not drop"
	}
	chain KUBE-FIREWALL {
		ip daddr 127.0.0.0/8 drop
	}
	chain cali-FORWARD {
		counter packets 1 bytes 2 drop
	}
}
table inet firewalld {
	set drop {
		elements = { 1.2.3.4 }
	}
	chain filter_FORWARD {
		type filter hook forward priority 10; policy drop;
		reject with icmpx admin-prohibited
	}
}`,
    );
    const { drops, iptables } = await asked();
    assert.deepEqual(drops, [
      'nft ip filter INPUT: tcp dport 179 drop',
      'nft inet firewalld filter_FORWARD: policy drop',
      'nft inet firewalld filter_FORWARD: reject with icmpx admin-prohibited',
    ]);
    assert.deepEqual(iptables, { backend: 'nf_tables', legacy: 0, nft: 4 });
  });

  it('is the rules of iptables where there is no nft, and those of the older backend where that is in use', async () => {
    const saved = (port: number) =>
      `*filter\n:INPUT DROP [0:0]\n:cali-INPUT - [0:0]\n-A INPUT -p tcp -m comment --comment "a b" --dport ${port} -j REJECT --reject-with tcp-reset\n-A cali-INPUT -j DROP\nCOMMIT`;
    node.command('iptables', 'iptables v1.8.9 (nf_tables)');
    node.command('iptables-nft-save', saved(1));
    node.command('iptables-legacy-save', saved(2));
    assert.deepEqual((await asked()).iptables, { backend: 'nf_tables', legacy: 0, nft: 2 });
    node.file('/proc/net/ip_tables_names', 'filter\n');
    const { drops, iptables } = await asked();
    assert.deepEqual(iptables, { backend: 'nf_tables', legacy: 2, nft: 2 });
    assert.deepEqual(drops, [
      'iptables-legacy filter INPUT: policy drop',
      'iptables-legacy filter INPUT: -p tcp --dport 2 -j REJECT --reject-with tcp-reset',
      'iptables-nft filter INPUT: policy drop',
      'iptables-nft filter INPUT: -p tcp --dport 1 -j REJECT --reject-with tcp-reset',
    ]);
  });

  it('is the services that may be in the way, and whether NetworkManager leaves Calico alone', async () => {
    const active = (...names: string[]) =>
      node.script(
        'systemctl',
        `shift; for unit; do case " ${names.join(' ')} " in *" \${unit%.service} "*) echo active;; *) echo inactive;; esac; done`,
      );
    active('ufw', 'kubelet');
    const without = await asked();
    assert.deepEqual([without.active, without.networkManagerLeavesCalico], [['kubelet'], null]);
    active('NetworkManager', 'firewalld', 'ufw');
    node.file('/etc/ufw/ufw.conf', 'ENABLED=yes\n');
    const told = await asked();
    assert.deepEqual(
      [told.active.sort(), told.networkManagerLeavesCalico],
      [['NetworkManager', 'firewalld', 'ufw'], false],
    );
    node.file(
      '/etc/NetworkManager/conf.d/calico.conf',
      '[keyfile]\nunmanaged-devices=interface-name:cali*;interface-name:tunl*\n',
    );
    assert.equal((await asked()).networkManagerLeavesCalico, true);
    node.command(
      'ip',
      JSON.stringify([{ ifname: 'vxlan.calico', mtu: 1450, addr_info: [{ local: '10.0.0.1', scope: 'global' }] }]),
    );
    assert.equal((await asked()).networkManagerLeavesCalico, false);
  });

  it('is what kubelet, Calico and the kernel have written down', async () => {
    node.file('/var/lib/calico/mtu', '1450\n');
    node.file('/var/lib/calico/nodename', 'homelab');
    node.file(
      '/etc/kubernetes/kubelet-config.yaml',
      'kind: KubeletConfiguration\nclusterDNS:\n- 169.254.25.10\n- "fd00::a"\nx: 1\n',
    );
    node.file('/proc/sys/net/ipv4/ip_forward', '0\n');
    node.file(
      '/proc/net/tcp',
      '  sl  local_address\n   0: 00000000:00B3 00000000:0000 0A 0\n   1: 0100007F:0050 0200007F:1000 01 0\n',
    );
    const line =
      '2026-11-23 [WARNING][1] felix/int_dataplane.go 99: Configured MTU is larger than detected host interface MTU';
    node.file('/var/log/pods/kube-system_calico-node-x_1/calico-node/0.log', `${line}\nnothing of note\n`);
    const told = await asked();
    assert.deepEqual(told.calico, { mtu: 1450, nodename: 'homelab' });
    assert.deepEqual(told.clusterDns, ['169.254.25.10', 'fd00::a']);
    assert.equal(told.sysctl['net/ipv4/ip_forward'], '0');
    assert.deepEqual(told.listening, ['tcp/179']);
    assert.deepEqual(told.log, [line]);
    assert.equal(told.api, null);
  });

  it('is whether the API server answers where the kubelet looks for it', async () => {
    node.file('/etc/kubernetes/kubelet.conf', 'clusters:\n- cluster:\n    server: https://127.0.0.1:1\n');
    assert.deepEqual((await asked()).api, { url: 'https://127.0.0.1:1', ok: false, said: 'Connection refused' });
  });

  it('is asked of WireGuard without its private key', async () => {
    node.command('ip', JSON.stringify([{ ifname: 'wireguard.cali', mtu: 1440, addr_info: [] }]));
    const now = Math.floor(Date.now() / 1000);
    node.script(
      'wg',
      `echo "$*" >> ${node.dir}/wg.log
case "$3" in
  endpoints) printf 'KEY1\\t192.168.4.61:51820\\nKEY2\\t(none)\\n' ;;
  latest-handshakes) printf 'KEY1\\t${now - 30}\\nKEY2\\t0\\n' ;;
  transfer) printf 'KEY1\\t100\\t200\\nKEY2\\t0\\t148\\n' ;;
  *) echo PRIVATE ;;
esac`,
    );
    const { wireguard } = await asked();
    assert.deepEqual(
      wireguard.map(({ handshake, ...rest }) => ({ ...rest, recent: handshake === null ? null : handshake < 60 })),
      [
        { endpoint: '192.168.4.61:51820', received: 100, sent: 200, recent: true },
        { endpoint: '(none)', received: 0, sent: 148, recent: null },
      ],
    );
  });

  it('is that it cannot tell, where there is no python3 or no way to be root', async () => {
    const noPython = await node.run(node.text('node', {}).replace(/^PATH=.*$/m, `PATH=${node.dir}/none`));
    assert.deepEqual(noPython, { code: 1, out: '', err: 'python3 is missing\n' });
    node.script('id', 'case "$1" in -u) echo 1000 ;; *) echo ops ;; esac');
    node.script('sudo', 'exit 1');
    const off = await node.run(node.text('node', {}));
    assert.deepEqual([off.code, off.err], [1, 'ops is not root there, and ssh.become is off\n']);
    const refused = await node.run(node.text('node', {}, true));
    assert.deepEqual([refused.code, refused.err], [1, 'ops may not use sudo there without a password\n']);
    node.script('sudo', 'shift; exec "$@"');
    const allowed = await node.run(node.text('node', { address: '192.168.4.62' }, true));
    assert.equal(allowed.code, 0, allowed.err);
  });
});

describe('what a node measures for the doctor', () => {
  let node: DoctorNode;
  let server: Server;
  before(async () => {
    node = new DoctorNode();
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    node.remove();
  });

  it('is sizes, ports and whether anything answers, of every target, and what could not be measured', async () => {
    const open = `tcp/${(server.address() as AddressInfo).port}`;
    const given = await node.ask('paths', {
      seconds: 20,
      layers: [
        {
          ...{ layer: 'node', fromAddress: '127.0.0.1', promised: 1500 },
          targets: [
            { to: 'here', address: '127.0.0.1', ports: [open, 'tcp/1'] },
            // A broadcast: the kernel itself refuses.
            { to: 'nowhere', address: '127.255.255.255', ports: [] },
          ],
        },
        { layer: 'pod', fromAddress: '10.244.255.1', promised: 1500, targets: [] },
      ],
    });
    const { paths, problems } = pathsAnswer.parse(given);
    assert.deepEqual(problems, ['the pod with 10.244.255.1 is gone']);
    const [here, nowhere] = ['here', 'nowhere'].map((to) => paths.find((path) => path.to === to));
    assert.deepEqual(here, {
      ...{ layer: 'node', to: 'here', fromAddress: '127.0.0.1', toAddress: '127.0.0.1' },
      ...{ small: 'answered', largest: 1500, promised: 1500, told: null, tcp: 'answered', udp: 'answered' },
      ports: { [open]: 'open', 'tcp/1': 'refused' },
    });
    assert.notEqual(nowhere?.small, 'answered');
    assert.equal(nowhere?.largest, null);
  });
});
