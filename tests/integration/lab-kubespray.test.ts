import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { probePods } from '../../lab/index.ts';
import { bounded, changes, Ground, three } from '../lab-kubespray/ground.ts';
import type { Variables } from '../lab-kubespray/inventory.ts';
import { servicesAndDns } from '../lab-kubespray/services-and-dns.ts';

/** The stand-in for kubespray alone, on a lab of its own: what its entry points do to three real nodes. */
describe('kubespray of the lab', function () {
  this.timeout(600_000);
  let ground: Ground;
  before(async () => {
    ground = await Ground.make('kubespray-test');
  });
  after(() => ground.remove());

  describe('refuses what kubespray refuses, before a node is touched', () => {
    const refused: [title: string, variables: Variables, message: string, playbook?: string][] = [
      [
        'pods inside the services',
        { kube_pods_subnet: '10.233.0.0/20' },
        'kube_pods_subnet cannot be the same network segment as kube_service_addresses',
      ],
      [
        'a range that is none',
        { kube_service_addresses: '10.233.0.0/99' },
        "kube_service_addresses = '10.233.0.0/99' is not a valid network range",
      ],
      [
        'a Kubernetes it does not know',
        { kube_version: '1.36.0' },
        'Kubernetes v1.36.0 is not supported for amd64. Please check roles/kubespray_defaults/vars/main/checksums.yml for supported versions.',
      ],
      ['a plugin it does not know', { kube_network_plugin: 'weave' }, 'The selected choice is not supported'],
      ['a removed variable', { kubelet_static_pod_path: '/x' }, 'Removed variables present: kubelet_static_pod_path'],
      [
        'two encapsulations at once',
        { calico_ipip_mode: 'Always', calico_vxlan_mode: 'Always' },
        'IP in IP and VXLAN mode is mutualy exclusive modes',
        'cluster.yml',
      ],
      [
        'a mode that is none',
        { calico_ipip_mode: 'always' },
        "calico inter host encapsulation mode is not 'Always', 'CrossSubnet' or 'Never'",
        'cluster.yml',
      ],
      [
        'an old name',
        { ipip_mode: 'Always' },
        "'ipip_mode' configuration variable is deprecated, please configure your inventory with 'calico_ipip_mode' set to 'Always' or 'CrossSubnet' according to your specific needs",
        'cluster.yml',
      ],
      ['an unknown Calico', { calico_version: '3.28.0' }, 'Calico version not supported 3.28.0 not in', 'cluster.yml'],
      [
        'etcd under the API server of Calico',
        { calico_datastore: 'etcd' },
        'When using calico apiserver you need to use the kubernetes datastore',
        'cluster.yml',
      ],
    ];
    for (const [title, variables, message, playbook = 'playbooks/boilerplate.yml'] of refused) {
      it(title, () => {
        const { code, text } = ground.play(variables, playbook);
        assert.notEqual(code, 0, text);
        assert.ok(text.includes(message), text);
        assert.match(text, /^(fatal|failed): \[masternode\]/m);
        assert.equal(
          ground.on.ssh('masternode', 'ls /etc/kubernetes /etc/calispray-lab 2>/dev/null | wc -l').trim(),
          '0',
        );
      });
    }
  });

  describe('cluster.yml', () => {
    it('makes a cluster of bare nodes', async () => {
      const { code, text } = ground.play({}, 'cluster.yml');
      assert.equal(code, 0, text);
      ground.fetchKubeconfig();
      assert.equal(ground.on.ssh('masternode', 'stat -c %a inventory/artifacts/admin.conf').trim(), '600');
      assert.deepEqual(ground.nodes(), three);
      assert.equal(await ground.reached(), 20);
    });

    it('serves what Calispray declares, and says yes to the new admin', () => {
      const served = ground.kubectl('api-resources', '-o', 'name').split('\n');
      const calico = [
        'globalnetworkpolicies',
        'networkpolicies',
        'stagednetworkpolicies',
        'stagedglobalnetworkpolicies',
      ];
      const more = ['stagedkubernetesnetworkpolicies', 'tiers', 'networksets', 'globalnetworksets', 'hostendpoints'];
      for (const kind of [
        ...[...calico, ...more].map((plural) => `${plural}.projectcalico.org`),
        'adminnetworkpolicies.policy.networking.k8s.io',
        ...['servicemonitors', 'podmonitors', 'prometheusrules'].map((plural) => `${plural}.monitoring.coreos.com`),
      ]) {
        assert.ok(served.includes(kind), kind);
      }
      assert.equal(ground.kubectl('auth', 'can-i', '*', '*').trim(), 'yes');
      const pool = JSON.parse(ground.kubectl('get', 'ippools.projectcalico.org', 'default-pool', '-o', 'json')).spec;
      assert.deepEqual(
        {
          cidr: pool.cidr,
          blockSize: pool.blockSize,
          ipip: pool.ipipMode,
          vxlan: pool.vxlanMode,
          nat: pool.natOutgoing,
        },
        { cidr: '10.244.0.0/16', blockSize: 26, ipip: 'Never', vxlan: 'Never', nat: true },
      );
      assert.equal(ground.kubectl('get', 'bgpconfigurations', 'default', '-o', 'jsonpath={.spec.asNumber}'), '64512');
    });

    it('routes blocks over BIRD, as large as the interface lets packets be', () => {
      const routes = ground.on.ssh('masternode', 'ip route show proto bird').trim().split('\n').sort();
      assert.equal(routes.length, 2);
      assert.match(
        routes.join('\n'),
        /^10\.244\.0\.128\/26 via 192\.168\.4\.6[12] dev eth0.*\n10\.244\.0\.64\/26 via 192\.168\.4\.6[12] dev eth0/,
      );
      assert.deepEqual([ground.passes(1500), ground.passes(1501)], [true, false]);
    });

    it('run again, changes nothing but the kubeconfig, which has a new certificate', () => {
      const processes = 'systemctl show -p MainPID etcd kube-apiserver kube-controller-manager';
      const before = [ground.on.ssh('masternode', processes), ground.fetchKubeconfig()] as const;
      const { code, text } = ground.play({}, 'cluster.yml');
      assert.equal(code, 0, text);
      assert.deepEqual(changes(text), { homelab: 0, masternode: 1, storagenodet3500: 0 });
      assert.match(text, /Write admin kubeconfig on ansible host[^\n]*\n(changed|.*\n.*changed): \[masternode/);
      assert.equal(ground.on.ssh('masternode', processes), before[0]);
      assert.notEqual(ground.fetchKubeconfig(), before[1]);
      assert.deepEqual(ground.nodes(), three);
    });

    it('with --tags network skips the checks of preinstall, as kubespray does, and refuses a pool outside the pods late', () => {
      const { code, text } = ground.play({ calico_pool_cidr: '10.99.0.0/24' }, 'cluster.yml', '--tags', 'network');
      assert.notEqual(code, 0, text);
      assert.match(text, /10\.99\.0\.0\/24 is not within or equal to 10\.244\.0\.0\/16/);
      assert.doesNotMatch(text, /Your inventory doesn't match/);
    });

    it('says where the backend carries nothing between nodes, and comes back from it', async () => {
      const { code, text } = ground.play({ calico_network_backend: 'vxlan' }, 'cluster.yml', '--tags', 'network');
      assert.equal(code, 0, text);
      assert.match(text.replaceAll(/\s+/g, ' '), /calico_network_backend vxlan distributes no routes for these modes/);
      assert.equal((await probePods(ground.lab)).filter(({ ok }) => ok).length, 4);
      assert.equal(ground.play({}, 'cluster.yml', '--tags', 'network').code, 0);
      assert.equal(await ground.reached(), 20);
    });

    it('keeps the pods of the other nodes when a node leaves and comes back', async () => {
      const inode = () => ground.on.ssh('masternode', 'stat -Lc %i /run/netns/production.web');
      const before = inode();
      assert.match(
        ground.play({}, 'remove-node.yml', '-e', 'node=storagenodet3500').text,
        /Delete nodes confirmation failed/,
      );
      assert.deepEqual(ground.nodes(), three);

      const sure = ['-e', '{"skip_confirmation": true}'];
      const first = ground.play({}, 'remove-node.yml', '-e', 'node=masternode', ...sure);
      assert.match(first.text, /masternode is the first control plane node/);
      const removed = ground.play({}, 'remove-node.yml', '-e', 'node=storagenodet3500', ...sure);
      assert.equal(removed.code, 0, removed.text);
      assert.deepEqual(
        ground
          .nodes()
          .map(({ name }) => name)
          .sort(),
        ['homelab', 'masternode'],
      );
      assert.equal(ground.on.ssh('storagenodet3500', 'ip -o link show | grep -c cali || true').trim(), '0');
      const blocks = () => ground.kubectl('get', 'blockaffinities.crd.projectcalico.org', '-o', 'name');
      await bounded('its block is nobody’s', 30, () => !blocks().includes('storagenodet3500'));
      assert.equal(await ground.reached(), 12);

      assert.equal(ground.play({}, 'playbooks/facts.yml').code, 0);
      const joined = ground.play({}, 'scale.yml', '--limit=storagenodet3500');
      assert.equal(joined.code, 0, joined.text);
      assert.deepEqual(ground.nodes(), three);
      assert.equal(await ground.reached(), 20);
      assert.equal(inode(), before);
    });

    it('upgrades node by node and leaves none cordoned', () => {
      const versions = () =>
        ground.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].status.nodeInfo.kubeletVersion}');
      assert.equal(versions(), 'v1.35.4 v1.35.4 v1.35.4');
      const { code, text } = ground.play({ kube_version: '1.35.3' }, 'upgrade-cluster.yml', '-e', 'serial=1');
      assert.equal(code, 0, text);
      assert.equal(versions(), 'v1.35.3 v1.35.3 v1.35.3');
      assert.equal(ground.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].spec.unschedulable}'), '');
    });

    it('sets labels and taints, and takes none away, as kubectl does not', () => {
      const of = (path: string) => ground.field('node', 'homelab', path);
      const tags = ['--tags', 'node-label,node-taint'];
      const rack = { node_labels: { rack: 'a' }, node_taints: ['disk=slow:NoSchedule'] };
      for (const variables of [rack, {}]) {
        const { code, text } = ground.play(variables, 'cluster.yml', ...tags);
        assert.equal(code, 0, text);
        assert.equal(of('.metadata.labels.rack'), 'a');
        assert.equal(of('.spec.taints[*].key'), 'disk');
      }
    });

    it('installs another Calico only where it was downloaded', () => {
      const other = { calico_version: '3.31.4' };
      const missing = ground.play(other, 'cluster.yml', '--tags', 'network');
      assert.match(missing.text, /Source \/tmp\/releases\/calicoctl-3\.31\.4-amd64 not found/);
      const { code, text } = ground.play(
        other,
        'cluster.yml',
        '--tags',
        'preinstall,download,network,policy-controller',
      );
      assert.equal(code, 0, text);
      assert.equal(ground.field('clusterinformations.projectcalico.org', 'default', '.spec.calicoVersion'), 'v3.31.4');
      assert.match(ground.on.ssh('masternode', '/usr/local/bin/calicoctl.sh version'), /Client Version: +v3\.31\.4/);
      assert.equal(ground.play({}, 'cluster.yml', '--tags', 'network').code, 0);
    });

    it('makes BGP peers and leaves them, and its calicoctl.sh takes them away', () => {
      const names = () =>
        ground.kubectl('get', 'bgppeers.projectcalico.org', '-o', 'jsonpath={.items[*].metadata.name}');
      const peers = [
        { router_id: '192.168.4.1', as: '64600', scope: 'global', name: 'uplink' },
        { router_id: '192.168.4.2', as: '64600', scope: 'node' },
      ];
      const { code, text } = ground.play({ peer_with_router: true, peers }, 'cluster.yml', '--tags', 'network');
      assert.equal(code, 0, text);
      const made = 'global-uplink homelab-192.168.4.2 masternode-192.168.4.2 storagenodet3500-192.168.4.2';
      assert.equal(names(), made);
      assert.match(
        ground.on.ssh('homelab', 'cat /run/calispray-lab/bird.conf'),
        /neighbor 192\.168\.4\.1 port 179 as 64600/,
      );
      assert.equal(
        ground.field('bgpconfigurations.projectcalico.org', 'default', '.spec.nodeToNodeMeshEnabled'),
        'false',
      );
      assert.equal(ground.play({}, 'cluster.yml', '--tags', 'network').code, 0);
      assert.equal(names(), made);
      for (const name of made.split(' '))
        ground.on.ssh('masternode', `/usr/local/bin/calicoctl.sh delete bgppeer ${name}`);
      assert.equal(names(), '');
      assert.equal(
        ground.on.ssh('masternode', '/usr/local/bin/calicoctl.sh delete bgppeer gone --skip-not-exists').trim(),
        '',
      );
    });

    it('keeps the MTU of the pods that run', () => {
      const mtu = (pod: string) =>
        ground.on.ssh('masternode', `ip netns exec ${pod} cat /sys/class/net/eth0/mtu`).trim();
      const lower = { calico_mtu: 1400, calico_veth_mtu: 1400 };
      assert.equal(ground.play(lower, 'cluster.yml', '--tags', 'network').code, 0);
      assert.equal(mtu('production.web'), '1500');
      ground.on.ssh('masternode', 'ip netns del production.web; systemctl restart calispray-lab-dataplane');
      assert.deepEqual(['production.web', 'production.other'].map(mtu), ['1400', '1500']);
      ground.on.ssh('masternode', 'ip netns del production.web');
      assert.equal(ground.play({}, 'cluster.yml', '--tags', 'network').code, 0);
      ground.on.ssh('masternode', 'systemctl restart calispray-lab-dataplane');
      assert.equal(mtu('production.web'), '1500');
    });

    it('removes a dead node without connecting to it', async () => {
      ground.on.ssh('homelab', 'systemctl --no-block poweroff || true');
      await ground.down('homelab');
      const sure = { skip_confirmation: true };
      const alive = ground.play({}, 'remove-node.yml', '-e', 'node=homelab', '-e', JSON.stringify(sure));
      assert.match(alive.text, /homelab.*UNREACHABLE/);
      assert.equal(ground.nodes().length, 3);
      const dead = JSON.stringify({ ...sure, reset_nodes: false, allow_ungraceful_removal: true });
      const { code, text } = ground.play({}, 'remove-node.yml', '-e', 'node=homelab', '-e', dead);
      assert.equal(code, 0, text);
      assert.deepEqual(
        ground.nodes(),
        three.filter(({ name }) => name !== 'homelab'),
      );
      assert.doesNotMatch(ground.on.ssh('masternode', 'cat /run/calispray-lab/bird.conf'), /192\.168\.4\.62/);
      await ground.up();
      assert.equal(ground.play({}, 'playbooks/facts.yml').code, 0);
      const joined = ground.play({}, 'scale.yml', '--limit=homelab');
      assert.equal(joined.code, 0, joined.text);
      assert.deepEqual(ground.nodes(), three);
      assert.equal(await ground.reached(), 20);
    });

    it('comes back by itself after a restart of the control plane node', async () => {
      ground.on.ssh('masternode', 'systemctl --no-block poweroff || true');
      await ground.down('masternode');
      await ground.up();
      await bounded('the API server answers', 120, () => {
        try {
          return ground.kubectl('get', '--raw', '/readyz').startsWith('ok');
        } catch {
          return false;
        }
      });
      assert.deepEqual(ground.nodes(), three);
      await bounded('every pod has a route', 60, async () => (await probePods(ground.lab)).every(({ ok }) => ok));
      assert.equal(await ground.reached(), 20);
    });

    describe('Services and DNS of the cluster', () => servicesAndDns(() => ground));
  });

  describe('another encapsulation', () => {
    for (const { kind, encapsulation, pool, mtu, device } of [
      {
        kind: 'VXLAN',
        encapsulation: { vxlan: 'always' },
        pool: { ipipMode: 'Never', vxlanMode: 'Always' },
        mtu: 1450,
        device: 'vxlan.calico',
      },
      {
        kind: 'IP in IP',
        encapsulation: { ipip: 'always' },
        pool: { ipipMode: 'Always', vxlanMode: 'Never' },
        mtu: 1480,
        device: 'tunl0',
      },
    ]) {
      it(`changes to ${kind} only after the pool was patched, as kubespray has it`, async () => {
        const refused = ground.playWith(encapsulation, {}, 'cluster.yml');
        assert.match(refused.text, /Your inventory doesn't match the current cluster configuration/);
        assert.equal(await ground.reached(), 20);

        const patch = JSON.stringify({ spec: pool });
        ground.on.ssh('masternode', `/usr/local/bin/calicoctl.sh patch ippool default-pool -p '${patch}'`);
        await bounded(`${device} is there before the playbook`, 30, () => {
          return (
            ground.on.ssh('homelab', `ip link show ${device} > /dev/null 2>&1 && echo yes || echo no`).trim() === 'yes'
          );
        });
        const { code, text } = ground.playWith(encapsulation, {}, 'cluster.yml');
        assert.equal(code, 0, text);
        assert.equal(await ground.reached(), 20);
        assert.match(ground.on.ssh('homelab', `ip link show ${device}`), new RegExp(`mtu ${mtu} `));
        assert.deepEqual([ground.passes(mtu), ground.passes(mtu + 1)], [true, false]);
        const again = ground.playWith(encapsulation, {}, 'cluster.yml');
        assert.deepEqual(changes(again.text), { homelab: 0, masternode: 1, storagenodet3500: 0 });
      });
    }
  });

  describe('reset.yml', () => {
    it('wants to hear it, then leaves the nodes bare', () => {
      assert.match(ground.play({}, 'reset.yml').text, /Reset confirmation failed/);
      const { code, text } = ground.play({}, 'reset.yml', '-e', '{"reset_confirmation": true}');
      assert.equal(code, 0, text);
      for (const { name } of three) {
        assert.doesNotMatch(ground.on.ssh(name, 'ip route'), /10\.244\./);
        const shown = ground.on.ssh(name, 'nft list tables; ip addr show lo; ip route show table local');
        assert.doesNotMatch(shown, /calispray|169\.254|10\.233\./);
        assert.equal(
          ground.on
            .ssh(name, 'ls /run/netns /etc/calispray-lab /etc/kubernetes 2>/dev/null | grep -v : | wc -w')
            .trim(),
          '0',
        );
        assert.doesNotMatch(ground.on.ssh(name, 'ps -eo comm'), /etcd|kube|bird$/);
      }
    });

    it('makes room for a new cluster, whose private key Ansible does not print', () => {
      const { code, text } = ground.play({}, 'cluster.yml', '-vvv');
      assert.equal(code, 0, text.slice(-2000));
      const key = /client-key-data: (\S+)/.exec(ground.fetchKubeconfig())?.[1] ?? '';
      assert.ok(key.length > 100);
      assert.ok(!text.includes(key));
      assert.equal(statSync(ground.kubeconfig).mode & 0o777, 0o600);
    });
  });
});
