import assert from 'node:assert/strict';
import { type Made, service, slice } from './objects.ts';
import { python } from './python.ts';

const program = `
import json, os, sys
sys.path.insert(0, os.environ["KUBESPRAY"] + "roles/network_plugin/files")
import dns
w = json.load(sys.stdin)
if "pods" in w:
    spaces = {tuple(name.split("/")): path for name, path in w["spaces"].items()}
    found = dns.servers(w["pods"], spaces, w["conf"])
    print(json.dumps({name: " ".join(dns.command(server, w["conf"])) for name, server in found.items()}))
else:
    print(json.dumps(dns.names(w["services"], w["slices"], "cluster.local").splitlines()))
`;

const conf = { domain: 'cluster.local', server: '10.233.0.3', upstream: [] as string[] };
const spaces = { 'kube-system/coredns-1': '/run/netns/one', 'kube-system/coredns-2': '/run/netns/two' };

function pod(name: string, label: string, more: { spec?: Made; metadata?: Made; status?: Made } = {}): Made {
  return {
    metadata: { namespace: 'kube-system', name, labels: { 'k8s-app': label }, ...more.metadata },
    spec: { containers: [{ name: 'dns' }], ...more.spec },
    status: { phase: 'Running', podIP: '10.244.0.9', ...more.status },
  };
}
const args = ['-localip', '169.254.25.10', '-conf', '/etc/coredns/Corefile'];
const cache = pod('nodelocaldns-1', 'node-local-dns', { spec: { hostNetwork: true, containers: [{ args }] } });
const serversOf = (pods: readonly Made[], of = conf): Record<string, string> =>
  python(program, { pods, spaces, conf: of });

describe("the lab's DNS", () => {
  it('knows every Service by its name, and the endpoints of headless ones', () => {
    const services = [
      service('kubernetes', '10.233.0.1', []),
      service('db', 'None', []),
      service('six', 'fd85::5', []),
      service('elsewhere', '', [], { type: 'ExternalName' }),
    ];
    const endpoints = [
      { addresses: ['10.244.0.7'], hostname: 'db-0' },
      { addresses: ['10.244.0.8'] },
      { addresses: ['10.244.0.9'], conditions: { ready: false } },
    ];
    assert.deepEqual(python(program, { services, slices: [slice('db', [], endpoints)] }), [
      '10.233.0.1 kubernetes.default.svc.cluster.local',
      '10.244.0.7 db-0.db.default.svc.cluster.local',
      '10.244.0.7 db.default.svc.cluster.local',
      '10.244.0.8 10-244-0-8.db.default.svc.cluster.local',
      '10.244.0.8 db.default.svc.cluster.local',
    ]);
  });

  it('answers where a pod of CoreDNS has its network, and on the node at the address of the cache', () => {
    const found = serversOf([pod('coredns-1', 'kube-dns'), cache, pod('other', 'web')]);
    assert.deepEqual(Object.keys(found).sort(), ['coredns-1', 'nodelocaldns-1']);
    assert.match(
      found['coredns-1'] ?? '',
      /^nsenter --net=\/run\/netns\/one dnsmasq .*--listen-address=10\.244\.0\.9 /,
    );
    assert.match(found['coredns-1'] ?? '', /--local=\/cluster\.local\//);
    assert.match(found['nodelocaldns-1'] ?? '', /^dnsmasq .*--listen-address=169\.254\.25\.10 /);
    assert.match(found['nodelocaldns-1'] ?? '', /--server=\/cluster\.local\/in-addr\.arpa\/10\.233\.0\.3$/);
    assert.match(
      serversOf([cache], { ...conf, upstream: ['9.9.9.9'] })['nodelocaldns-1'] ?? '',
      / --server=9\.9\.9\.9$/,
    );
  });

  it('does not answer for pods that go, are over, have no network yet or are of another namespace', () => {
    const none = serversOf([
      pod('coredns-1', 'kube-dns', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      pod('coredns-2', 'kube-dns', { status: { phase: 'Failed' } }),
      pod('coredns-3', 'kube-dns'),
      pod('coredns-1', 'kube-dns', { status: { podIP: undefined } }),
      pod('coredns-1', 'kube-dns', { metadata: { namespace: 'default' } }),
      pod('nodelocaldns-2', 'node-local-dns', { spec: { hostNetwork: true } }),
    ]);
    assert.deepEqual(none, {});
    assert.deepEqual(serversOf([cache], { ...conf, server: '' }), {});
  });
});
