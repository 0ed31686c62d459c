import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Node } from '../../cluster/index.ts';
import { type Asks, type Live, liveProbe, readLive } from '../../kubespray/live/index.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

const dev = clusterOf(stackCluster('dev'));
const first = dev.nodes.find(({ name }) => name === 'masternode') as Node;

/** A kubectl whose API is a folder of answers: GET /a/b is `api/a/b.json`, by `get --raw` and through its proxy. */
const kubectl = (dir: string) => `#!/usr/bin/env python3
import http.server, os, socketserver, sys
def answer(path):
    with open("${dir}/api" + path.replace("?", "_") + ".json") as f:
        return f.read()
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        try:
            assert self.headers["Host"] == "localhost"
            status, text = 200, answer(self.path).encode()
        except OSError:
            status, text = 404, b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def log_message(self, *_):
        pass
    def address_string(self):
        return "probe"
if "proxy" in sys.argv:
    with open("${dir}/pid", "w") as f:
        f.write(str(os.getpid()))
    socketserver.UnixStreamServer(sys.argv[sys.argv.index("--unix-socket") + 1], Handler).serve_forever()
try:
    print(answer(sys.argv[-1]))
except OSError as e:
    sys.exit(str(e))
`;

/** The probe on a node that has what the test lays. */
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
      env: { PATH: '/usr/bin:/bin', HOME: dir, TMPDIR: dir },
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
      lay('bin/kubectl', kubectl(dir), 0o755);
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

    it('reads from the other group what Calico does not keep in the first', () => {
      serve('/apis/projectcalico.org/v3/ippools', { items: [{ metadata: { name: 'of-v3' }, spec: {} }] });
      serve('/apis/crd.projectcalico.org/v1/ipamconfigs/default', { spec: { strictAffinity: true } });
      const { calico } = probe();
      assert.deepEqual([calico.pools, calico.ipam], [[{ name: 'of-v3', spec: {} }], { strictAffinity: true }]);
    });

    it('leaves no kubectl and no socket behind', () => {
      assert.equal(probe().cluster, 'up');
      assert.throws(() => process.kill(Number(readFileSync(join(dir, 'pid'), 'utf8')), 0), { code: 'ESRCH' });
      assert.deepEqual(
        readdirSync(dir).filter((name) => name.startsWith('calispray-live-')),
        [],
      );
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
