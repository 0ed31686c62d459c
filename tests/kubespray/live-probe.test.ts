import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Node } from '../../cluster/index.ts';
import { type Asks, type Live, liveProbe, readLive } from '../../kubespray/live/index.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

const dev = clusterOf(stackCluster('dev'));
const first = dev.nodes.find(({ name }) => name === 'masternode') as Node;

/** The probe on a node whose API is a folder of answers: `kubectl get --raw /a/b` reads `api/a/b.json`. */
describe('liveProbe', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-live-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const lay = (path: string, content: string | object, mode = 0o644) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content), { mode });
  };
  const program = (name: string, script: string) => lay(`bin/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  const serve = (path: string, content: object) => lay(`api${path}.json`, content);

  function probe(asks: Asks = { api: true, applied: true }): Live {
    // On a node it looks in these two places.
    const text = liveProbe(first, dev, asks)
      .replaceAll('/etc/kubernetes/admin.conf', `${dir}/admin.conf`)
      .replaceAll('/usr/local/bin', `${dir}/bin`);
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-s'], {
      input: text,
      env: { PATH: '/usr/bin:/bin', HOME: dir },
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
    const live = readLive(stdout);
    assert.ok(live, stdout);
    return live;
  }

  it('finds no cluster on a bare node, and no record', () => {
    const live = probe();
    assert.deepEqual([live.cluster, live.applied, live.nodes, live.calico.pools], ['none', null, [], null]);
  });

  it('reads the record of the controller, and takes half of one for none', () => {
    lay('.calispray/vmstation/applied.json', { cluster: 'vmstation' });
    assert.deepEqual(probe({ api: false, applied: true }).applied, { cluster: 'vmstation' });
    assert.equal(probe({ api: true, applied: false }).applied, null);
    lay('.calispray/vmstation/applied.json', '{"cluster": "vmst');
    assert.equal(probe().applied, null);
  });

  it('says why an API that is there does not answer', () => {
    lay('admin.conf', '');
    program('kubectl', 'echo "The connection to the server 192.168.4.63:6443 was refused" >&2; exit 1');
    const live = probe();
    assert.deepEqual(
      [live.cluster, live.problem],
      ['down', 'The connection to the server 192.168.4.63:6443 was refused'],
    );
  });

  describe('of a cluster that is up', () => {
    beforeEach(() => {
      lay('admin.conf', '');
      program('kubectl', `for last; do :; done\nexec cat "${dir}/api$(echo "$last" | tr "?" "_").json" 2>/dev/null`);
      program('kubeadm', 'echo v1.35.4');
      program('kubelet', 'echo Kubernetes v1.35.4');
      serve('/version', { gitVersion: 'v1.35.4' });
      serve('/apis', { groups: [{ name: 'crd.projectcalico.org' }, { name: 'projectcalico.org' }] });
      serve('/api/v1/nodes', {
        items: [
          {
            metadata: { name: 'masternode' },
            spec: { podCIDRs: ['10.244.0.0/24'] },
            status: {
              addresses: [
                { type: 'Hostname', address: 'masternode' },
                { type: 'InternalIP', address: '192.168.4.63' },
              ],
              conditions: [{ type: 'Ready', status: 'True' }],
              nodeInfo: { kubeletVersion: 'v1.35.4' },
            },
          },
          { metadata: { name: 'homelab' }, spec: {}, status: {} },
        ],
      });
    });

    it('reads versions, nodes and ranges', () => {
      serve('/api/v1/namespaces/kube-system/configmaps/kubeadm-config', {
        data: {
          ClusterConfiguration:
            'networking:\n  dnsDomain: cluster.local\n  podSubnet: 10.244.0.0/16,fd85::/112\n  serviceSubnet: "10.233.0.0/18"\n',
        },
      });
      const live = probe();
      assert.deepEqual(
        [live.cluster, live.kubernetes, live.kubeadm, live.kubelet],
        ['up', '1.35.4', '1.35.4', '1.35.4'],
      );
      assert.deepEqual([live.pods, live.services], [['10.244.0.0/16', 'fd85::/112'], ['10.233.0.0/18']]);
      assert.deepEqual(live.nodes, [
        {
          name: 'masternode',
          ready: true,
          kubelet: '1.35.4',
          addresses: ['192.168.4.63'],
          podCIDRs: ['10.244.0.0/24'],
        },
        { name: 'homelab', ready: false, kubelet: '', addresses: [], podCIDRs: [] },
      ]);
    });

    it('has the range of Services from the API where kubeadm left no record', () => {
      serve('/apis/networking.k8s.io/v1/servicecidrs', {
        items: [{ metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.233.0.0/18'] } }],
      });
      assert.deepEqual([probe().pods, probe().services], [[], ['10.233.0.0/18']]);
    });

    it('reads what Calico keeps in the API', () => {
      const base = '/apis/crd.projectcalico.org/v1';
      serve(`${base}/ippools`, { items: [{ metadata: { name: 'default-pool' }, spec: { cidr: '10.244.0.0/16' } }] });
      serve(`${base}/bgppeers`, { items: [] });
      serve(`${base}/felixconfigurations/default`, { spec: { bpfEnabled: false } });
      serve(`${base}/bgpconfigurations/default`, { spec: { asNumber: 64512 } });
      serve(`${base}/ipamconfigs/default`, { spec: { strictAffinity: true } });
      const { calico } = probe();
      assert.deepEqual(calico.pools, [{ name: 'default-pool', spec: { cidr: '10.244.0.0/16' } }]);
      assert.deepEqual([calico.peers, calico.felix, calico.bgp], [[], { bpfEnabled: false }, { asNumber: 64512 }]);
      assert.deepEqual(calico.ipam, { strictAffinity: true });
    });

    it('asks calicoctl where Calico keeps it in an etcd of its own', () => {
      serve('/apis', { groups: [] });
      program(
        'calicoctl.sh',
        `case "$*" in
"get ippool -o json") echo '{"items":[{"metadata":{"name":"default-pool"},"spec":{"blockSize":26}}]}' ;;
"get felixconfig default -o json") echo '{"spec":{"ipipEnabled":true}}' ;;
*) exit 1 ;;
esac`,
      );
      const { calico } = probe();
      assert.deepEqual(calico.pools, [{ name: 'default-pool', spec: { blockSize: 26 } }]);
      assert.deepEqual(
        [calico.felix, calico.bgp, calico.peers, calico.ipam],
        [{ ipipEnabled: true }, null, null, null],
      );
    });

    it('says of calico-node which version it is, where its data are, and where it is not ready', () => {
      const daemonset = (env: object[], numberReady: number) => ({
        spec: {
          template: {
            spec: { containers: [{ name: 'calico-node', image: 'registry:5000/calico/node:v3.31.5-amd64', env }] },
          },
        },
        status: { desiredNumberScheduled: 2, numberReady },
      });
      const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node';
      serve(path, daemonset([{ name: 'DATASTORE_TYPE', value: 'kubernetes' }], 2));
      const { datastore, version, desired, ready, notReady } = probe().calico;
      assert.deepEqual([datastore, version, desired, ready, notReady], ['kdd', '3.31.5', 2, 2, []]);
      serve(path, daemonset([{ name: 'ETCD_ENDPOINTS', valueFrom: {} }], 1));
      const pod = (nodeName: string, status: string) => ({
        spec: { nodeName },
        status: { conditions: [{ type: 'Ready', status }] },
      });
      serve('/api/v1/namespaces/kube-system/pods_labelSelector=k8s-app%3Dcalico-node', {
        items: [pod('masternode', 'True'), pod('homelab', 'False')],
      });
      const other = probe().calico;
      assert.deepEqual([other.datastore, other.ready, other.notReady], ['etcd', 1, ['homelab']]);
    });
  });
});
