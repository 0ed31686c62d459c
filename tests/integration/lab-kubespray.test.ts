import assert from 'node:assert/strict';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labDown, labUp, probePods } from '../../lab/index.ts';
import { ensureTools, type Tools } from '../../setup/index.ts';
import { Controller, type Ended } from '../lab-kubespray/controller.ts';
import { type Encapsulation, inventory, type Variables } from '../lab-kubespray/inventory.ts';
import { labFolder } from '../support/scratch.ts';

/** The stand-in for kubespray alone, on a lab of its own: what its entry points do to three real nodes. */
describe('kubespray of the lab', function () {
  this.timeout(600_000);
  const name = 'kubespray-test';
  const dir = labFolder('calispray-kubespray-');
  const outerState = process.env.CALISPRAY_STATE;
  const kubeconfig = join(dir, 'admin.conf');
  let tools: Tools;
  let lab: Lab;
  let on: Controller;

  before(async () => {
    process.env.CALISPRAY_STATE = dir;
    tools = await ensureTools([
      'kube-apiserver',
      'kube-controller-manager',
      'etcd',
      'kubectl',
      'ansible',
      'base',
      'crds',
    ]);
    lab = await labUp(tools, { name });
    on = new Controller(lab);
    on.prepare();
  });
  after(async () => {
    await labDown({ name });
    if (outerState === undefined) delete process.env.CALISPRAY_STATE;
    else process.env.CALISPRAY_STATE = outerState;
    rmSync(dir, { recursive: true, force: true });
  });

  const play = (variables: Variables, ...words: string[]): Ended => playWith('none', variables, ...words);
  const playWith = (encapsulation: Encapsulation, variables: Variables, ...words: string[]): Ended => {
    on.put('inventory', inventory(variables, encapsulation));
    return on.play('inventory', ...words);
  };
  const kubectl = (...words: string[]) => on.kubectl(tools.kubectl, kubeconfig, ...words);
  const fetchKubeconfig = () => {
    const text = on.ssh('masternode', 'cat inventory/artifacts/admin.conf');
    writeFileSync(kubeconfig, text, { mode: 0o600 });
    return text;
  };
  const nodes = () =>
    (JSON.parse(kubectl('get', 'nodes', '-o', 'json')).items as NodeObject[]).map(({ metadata, status }) => ({
      name: metadata.name,
      address: status.addresses.find(({ type }) => type === 'InternalIP')?.address,
      ready: status.conditions.find(({ type }) => type === 'Ready')?.status,
    }));
  const three = [
    { name: 'homelab', address: '192.168.4.62', ready: 'True' },
    { name: 'masternode', address: '192.168.4.63', ready: 'True' },
    { name: 'storagenodet3500', address: '192.168.4.61', ready: 'True' },
  ];
  /** Every pod reaches every other; how many ordered pairs there are. */
  const reached = async () => {
    const pairs = await probePods(lab);
    assert.deepEqual(
      pairs.filter(({ ok }) => !ok),
      [],
    );
    return pairs.length;
  };
  /** Address of a node's first pod. */
  const addressOf = (node: string): string => JSON.parse(on.ssh(node, 'cat /run/calispray-lab/pods.json'))[0].address;
  /** Whether a packet of this size (headers included) passes unfragmented from a pod to one on another node. */
  const passes = (size: number): boolean => {
    const inPod = 'ip netns exec production.web';
    const ping = `${inPod} ping -n -q -c 1 -w 2 -M do -s ${size - 28} ${addressOf('homelab')}`;
    // What it learnt of a path before does not count.
    const command = `${inPod} ip route flush cache; ${ping} > /dev/null 2>&1 && echo yes || echo no`;
    return on.ssh('masternode', command).trim() === 'yes';
  };
  /** A field of an object of the API. */
  const field = (kind: string, name: string, path: string) => kubectl('get', kind, name, '-o', `jsonpath={${path}}`);

  const down = (node: string) =>
    bounded(`${node} is down`, 60, () => {
      try {
        on.ssh(node, 'true');
        return false;
      } catch {
        return true;
      }
    });

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
        const { code, text } = play(variables, playbook);
        assert.notEqual(code, 0, text);
        assert.ok(text.includes(message), text);
        assert.match(text, /^(fatal|failed): \[masternode\]/m);
        assert.equal(on.ssh('masternode', 'ls /etc/kubernetes /etc/calispray-lab 2>/dev/null | wc -l').trim(), '0');
      });
    }
  });

  describe('cluster.yml', () => {
    it('makes a cluster of bare nodes', async () => {
      const { code, text } = play({}, 'cluster.yml');
      assert.equal(code, 0, text);
      fetchKubeconfig();
      assert.equal(on.ssh('masternode', 'stat -c %a inventory/artifacts/admin.conf').trim(), '600');
      assert.deepEqual(nodes(), three);
      assert.equal(await reached(), 20);
    });

    it('serves what Calispray declares, and says yes to the new admin', () => {
      const served = kubectl('api-resources', '-o', 'name').split('\n');
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
      assert.equal(kubectl('auth', 'can-i', '*', '*').trim(), 'yes');
      const pool = JSON.parse(kubectl('get', 'ippools.projectcalico.org', 'default-pool', '-o', 'json')).spec;
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
      assert.equal(kubectl('get', 'bgpconfigurations', 'default', '-o', 'jsonpath={.spec.asNumber}'), '64512');
    });

    it('routes blocks over BIRD, as large as the interface lets packets be', () => {
      const routes = on.ssh('masternode', 'ip route show proto bird').trim().split('\n').sort();
      assert.equal(routes.length, 2);
      assert.match(
        routes.join('\n'),
        /^10\.244\.0\.128\/26 via 192\.168\.4\.6[12] dev eth0.*\n10\.244\.0\.64\/26 via 192\.168\.4\.6[12] dev eth0/,
      );
      assert.deepEqual([passes(1500), passes(1501)], [true, false]);
    });

    it('run again, changes nothing but the kubeconfig, which has a new certificate', () => {
      const processes = 'systemctl show -p MainPID etcd kube-apiserver kube-controller-manager';
      const before = [on.ssh('masternode', processes), fetchKubeconfig()] as const;
      const { code, text } = play({}, 'cluster.yml');
      assert.equal(code, 0, text);
      assert.deepEqual(changes(text), { homelab: 0, masternode: 1, storagenodet3500: 0 });
      assert.match(text, /Write admin kubeconfig on ansible host[^\n]*\n(changed|.*\n.*changed): \[masternode/);
      assert.equal(on.ssh('masternode', processes), before[0]);
      assert.notEqual(fetchKubeconfig(), before[1]);
      assert.deepEqual(nodes(), three);
    });

    it('with --tags network skips the checks of preinstall, as kubespray does, and refuses a pool outside the pods late', () => {
      const { code, text } = play({ calico_pool_cidr: '10.99.0.0/24' }, 'cluster.yml', '--tags', 'network');
      assert.notEqual(code, 0, text);
      assert.match(text, /10\.99\.0\.0\/24 is not within or equal to 10\.244\.0\.0\/16/);
      assert.doesNotMatch(text, /Your inventory doesn't match/);
    });

    it('says where the backend carries nothing between nodes, and comes back from it', async () => {
      const { code, text } = play({ calico_network_backend: 'vxlan' }, 'cluster.yml', '--tags', 'network');
      assert.equal(code, 0, text);
      assert.match(text.replaceAll(/\s+/g, ' '), /calico_network_backend vxlan distributes no routes for these modes/);
      assert.equal((await probePods(lab)).filter(({ ok }) => ok).length, 4);
      assert.equal(play({}, 'cluster.yml', '--tags', 'network').code, 0);
      assert.equal(await reached(), 20);
    });

    it('keeps the pods of the other nodes when a node leaves and comes back', async () => {
      const inode = () => on.ssh('masternode', 'stat -Lc %i /run/netns/production.web');
      const before = inode();
      assert.match(play({}, 'remove-node.yml', '-e', 'node=storagenodet3500').text, /Delete nodes confirmation failed/);
      assert.deepEqual(nodes(), three);

      const sure = ['-e', '{"skip_confirmation": true}'];
      const first = play({}, 'remove-node.yml', '-e', 'node=masternode', ...sure);
      assert.match(first.text, /masternode is the first control plane node/);
      const removed = play({}, 'remove-node.yml', '-e', 'node=storagenodet3500', ...sure);
      assert.equal(removed.code, 0, removed.text);
      assert.deepEqual(
        nodes()
          .map(({ name }) => name)
          .sort(),
        ['homelab', 'masternode'],
      );
      assert.equal(on.ssh('storagenodet3500', 'ip -o link show | grep -c cali || true').trim(), '0');
      assert.equal(await reached(), 12);

      assert.equal(play({}, 'playbooks/facts.yml').code, 0);
      const joined = play({}, 'scale.yml', '--limit=storagenodet3500');
      assert.equal(joined.code, 0, joined.text);
      assert.deepEqual(nodes(), three);
      assert.equal(await reached(), 20);
      assert.equal(inode(), before);
    });

    it('upgrades node by node and leaves none cordoned', () => {
      const versions = () => kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].status.nodeInfo.kubeletVersion}');
      assert.equal(versions(), 'v1.35.4 v1.35.4 v1.35.4');
      const { code, text } = play({ kube_version: '1.35.3' }, 'upgrade-cluster.yml', '-e', 'serial=1');
      assert.equal(code, 0, text);
      assert.equal(versions(), 'v1.35.3 v1.35.3 v1.35.3');
      assert.equal(kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].spec.unschedulable}'), '');
    });

    it('sets labels and taints, and takes none away, as kubectl does not', () => {
      const of = (path: string) => field('node', 'homelab', path);
      const tags = ['--tags', 'node-label,node-taint'];
      const rack = { node_labels: { rack: 'a' }, node_taints: ['disk=slow:NoSchedule'] };
      for (const variables of [rack, {}]) {
        const { code, text } = play(variables, 'cluster.yml', ...tags);
        assert.equal(code, 0, text);
        assert.equal(of('.metadata.labels.rack'), 'a');
        assert.equal(of('.spec.taints[*].key'), 'disk');
      }
    });

    it('installs another Calico only where it was downloaded', () => {
      const other = { calico_version: '3.31.4' };
      const missing = play(other, 'cluster.yml', '--tags', 'network');
      assert.match(missing.text, /Source \/tmp\/releases\/calicoctl-3\.31\.4-amd64 not found/);
      const { code, text } = play(other, 'cluster.yml', '--tags', 'preinstall,download,network,policy-controller');
      assert.equal(code, 0, text);
      assert.equal(field('clusterinformations.projectcalico.org', 'default', '.spec.calicoVersion'), 'v3.31.4');
      assert.match(on.ssh('masternode', '/usr/local/bin/calicoctl.sh version'), /Client Version: +v3\.31\.4/);
      assert.equal(play({}, 'cluster.yml', '--tags', 'network').code, 0);
    });

    it('makes BGP peers and leaves them, and its calicoctl.sh takes them away', () => {
      const names = () => kubectl('get', 'bgppeers.projectcalico.org', '-o', 'jsonpath={.items[*].metadata.name}');
      const peers = [
        { router_id: '192.168.4.1', as: '64600', scope: 'global', name: 'uplink' },
        { router_id: '192.168.4.2', as: '64600', scope: 'node' },
      ];
      const { code, text } = play({ peer_with_router: true, peers }, 'cluster.yml', '--tags', 'network');
      assert.equal(code, 0, text);
      const made = 'global-uplink homelab-192.168.4.2 masternode-192.168.4.2 storagenodet3500-192.168.4.2';
      assert.equal(names(), made);
      assert.match(on.ssh('homelab', 'cat /run/calispray-lab/bird.conf'), /neighbor 192\.168\.4\.1 port 179 as 64600/);
      assert.equal(field('bgpconfigurations.projectcalico.org', 'default', '.spec.nodeToNodeMeshEnabled'), 'false');
      assert.equal(play({}, 'cluster.yml', '--tags', 'network').code, 0);
      assert.equal(names(), made);
      for (const name of made.split(' ')) on.ssh('masternode', `/usr/local/bin/calicoctl.sh delete bgppeer ${name}`);
      assert.equal(names(), '');
      assert.equal(
        on.ssh('masternode', '/usr/local/bin/calicoctl.sh delete bgppeer gone --skip-not-exists').trim(),
        '',
      );
    });

    it('keeps the MTU of the pods that run', () => {
      const mtu = (pod: string) => on.ssh('masternode', `ip netns exec ${pod} cat /sys/class/net/eth0/mtu`).trim();
      const lower = { calico_mtu: 1400, calico_veth_mtu: 1400 };
      assert.equal(play(lower, 'cluster.yml', '--tags', 'network').code, 0);
      assert.equal(mtu('production.web'), '1500');
      on.ssh('masternode', 'ip netns del production.web; systemctl restart calispray-lab-dataplane');
      assert.deepEqual(['production.web', 'production.other'].map(mtu), ['1400', '1500']);
      on.ssh('masternode', 'ip netns del production.web');
      assert.equal(play({}, 'cluster.yml', '--tags', 'network').code, 0);
      on.ssh('masternode', 'systemctl restart calispray-lab-dataplane');
      assert.equal(mtu('production.web'), '1500');
    });

    it('removes a dead node without connecting to it', async () => {
      on.ssh('homelab', 'systemctl --no-block poweroff || true');
      await down('homelab');
      const sure = { skip_confirmation: true };
      const alive = play({}, 'remove-node.yml', '-e', 'node=homelab', '-e', JSON.stringify(sure));
      assert.match(alive.text, /homelab.*UNREACHABLE/);
      assert.equal(nodes().length, 3);
      const dead = JSON.stringify({ ...sure, reset_nodes: false, allow_ungraceful_removal: true });
      const { code, text } = play({}, 'remove-node.yml', '-e', 'node=homelab', '-e', dead);
      assert.equal(code, 0, text);
      assert.deepEqual(
        nodes(),
        three.filter(({ name }) => name !== 'homelab'),
      );
      assert.doesNotMatch(on.ssh('masternode', 'cat /run/calispray-lab/bird.conf'), /192\.168\.4\.62/);
      lab = await labUp(tools, { name });
      assert.equal(play({}, 'playbooks/facts.yml').code, 0);
      const joined = play({}, 'scale.yml', '--limit=homelab');
      assert.equal(joined.code, 0, joined.text);
      assert.deepEqual(nodes(), three);
      assert.equal(await reached(), 20);
    });

    it('comes back by itself after a restart of the control plane node', async () => {
      on.ssh('masternode', 'systemctl --no-block poweroff || true');
      await down('masternode');
      lab = await labUp(tools, { name });
      await bounded('the API server answers', 120, () => {
        try {
          return kubectl('get', '--raw', '/readyz').startsWith('ok');
        } catch {
          return false;
        }
      });
      assert.deepEqual(nodes(), three);
      await bounded('every pod has a route', 60, async () => (await probePods(lab)).every(({ ok }) => ok));
      assert.equal(await reached(), 20);
    });
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
        const refused = playWith(encapsulation, {}, 'cluster.yml');
        assert.match(refused.text, /Your inventory doesn't match the current cluster configuration/);
        assert.equal(await reached(), 20);

        const patch = JSON.stringify({ spec: pool });
        on.ssh('masternode', `/usr/local/bin/calicoctl.sh patch ippool default-pool -p '${patch}'`);
        await bounded(`${device} is there before the playbook`, 30, () => {
          return on.ssh('homelab', `ip link show ${device} > /dev/null 2>&1 && echo yes || echo no`).trim() === 'yes';
        });
        const { code, text } = playWith(encapsulation, {}, 'cluster.yml');
        assert.equal(code, 0, text);
        assert.equal(await reached(), 20);
        assert.match(on.ssh('homelab', `ip link show ${device}`), new RegExp(`mtu ${mtu} `));
        assert.deepEqual([passes(mtu), passes(mtu + 1)], [true, false]);
        const again = playWith(encapsulation, {}, 'cluster.yml');
        assert.deepEqual(changes(again.text), { homelab: 0, masternode: 1, storagenodet3500: 0 });
      });
    }
  });

  describe('reset.yml', () => {
    it('wants to hear it, then leaves the nodes bare', () => {
      assert.match(play({}, 'reset.yml').text, /Reset confirmation failed/);
      const { code, text } = play({}, 'reset.yml', '-e', '{"reset_confirmation": true}');
      assert.equal(code, 0, text);
      for (const { name } of three) {
        assert.doesNotMatch(on.ssh(name, 'ip route'), /10\.244\./);
        assert.equal(
          on.ssh(name, 'ls /run/netns /etc/calispray-lab /etc/kubernetes 2>/dev/null | grep -v : | wc -w').trim(),
          '0',
        );
        assert.doesNotMatch(on.ssh(name, 'ps -eo comm'), /etcd|kube|bird$/);
      }
    });

    it('makes room for a new cluster, whose private key Ansible does not print', () => {
      const { code, text } = play({}, 'cluster.yml', '-vvv');
      assert.equal(code, 0, text.slice(-2000));
      const key = /client-key-data: (\S+)/.exec(fetchKubeconfig())?.[1] ?? '';
      assert.ok(key.length > 100);
      assert.ok(!text.includes(key));
      assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
    });
  });
});

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly addresses: { type: string; address: string }[];
    readonly conditions: { type: string; status: string }[];
  };
}

/** How much each host changed, from the recap. */
function changes(text: string): Record<string, number> {
  const found = [...text.matchAll(/^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=0\s+failed=0/gm)];
  return Object.fromEntries(found.map(([, name, changed]) => [name, Number(changed)]));
}

async function bounded(what: string, seconds: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s until ${what}`);
    await sleep(200);
  }
}
