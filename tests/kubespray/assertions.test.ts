import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCluster } from '../../cluster/index.ts';
import { renderInventory, subjectOf } from '../../kubespray/index.ts';
import { judge } from '../../policies/rules/index.ts';
import { clusterOf, stackCluster, stacks } from '../support/stacks.ts';
import { specs } from './arbitrary.ts';
import { ansibleHosts } from './support/ansible.ts';
import { assertions, seen } from './support/assertions.ts';
import { corpus, spec } from './support/corpus.ts';

/** The assertions that do not hold, as `V7 on node-1`. */
function broken(files: Readonly<Record<string, string>>, tag: string): string[] {
  const hosts = ansibleHosts(files);
  return hosts.flatMap((host) =>
    assertions
      .filter(({ holds }) => !holds(seen(host, hosts, tag)))
      .map(({ id, says }) => `${id} (${says}) on ${host.name}`),
  );
}

describe("kubespray's own assertions, restated", () => {
  for (const [name, value] of [
    ...stacks.map((stack) => [stack, stackCluster(stack)] as const),
    ...corpus.map((name) => [name, spec(name)] as const),
  ]) {
    it(`hold for ${name}`, () => {
      const cluster = clusterOf(value);
      assert.deepEqual(broken(renderInventory(cluster).files, cluster.kubespray.version), []);
    });
  }

  it('hold for whatever parses and has nothing refused', () => {
    let rendered = 0;
    fc.assert(
      fc.property(specs, (value) => {
        const parsed = parseCluster(value);
        if (!parsed.ok || judge(subjectOf(parsed.cluster)).some((finding) => finding.class === 'refused')) return;
        rendered += 1;
        assert.deepEqual(broken(renderInventory(parsed.cluster).files, parsed.cluster.kubespray.version), []);
      }),
      { numRuns: 300 },
    );
    assert.ok(rendered >= 100, `only ${rendered} of 300 were judged good`);
  });

  it('see what is wrong: each fails for the inventory that breaks it', () => {
    for (const [ids, text] of wrong) {
      const { files } = renderInventory(clusterOf(stackCluster('dev')));
      const found = broken({ ...files, 'group_vars/k8s_cluster/zz.yml': text }, 'v2.31.0').map(
        (line) => line.split(' ')[0],
      );
      for (const id of ids.split(' ')) assert.ok(found.includes(id), `${id} does not see ${text}`);
    }
  });

  it('see what is wrong with hosts and groups', () => {
    const { 'hosts.yaml': hosts = '', ...others } = renderInventory(clusterOf(spec('reflectors'))).files;
    const cases: [id: string, from: RegExp, to: string][] = [
      ['V2', /kube_control_plane:\n {6}hosts:\n {8}control:/, 'kube_control_plane:\n      hosts: {}'],
      ['V3', /etcd:\n {6}hosts:\n {8}control:/, 'etcd:\n      hosts: {}'],
      ['V7', /etcd:\n {6}hosts:/, 'etcd:\n      hosts:\n        worker-1:'],
      ['C7', /\n {8}calico_rr:/, ''],
      ['P10', /control:/g, 'Control_1:'],
    ];
    for (const [id, from, to] of cases) {
      const spoilt = hosts.replace(from, to);
      assert.notEqual(spoilt, hosts, id);
      const found = broken({ ...others, 'hosts.yaml': spoilt }, 'v2.31.0');
      assert.ok(
        found.some((line) => line.startsWith(`${id} `)),
        `${id} does not see it: ${found}`,
      );
    }
    const without = { ...others, 'hosts.yaml': hosts, 'group_vars/k8s_cluster/zz.yml': 'cluster_id: one' };
    assert.ok(broken(without, 'v2.31.0').some((line) => line.startsWith('C6 ')));
  });
});

/** Group variables that break an assertion. */
const wrong: readonly (readonly [ids: string, text: string])[] = [
  ['V1', 'kubelet_static_pod_path: /etc'],
  ['V5 V26', 'kube_version: 1.20.0'],
  ['V6', 'helm_enabled: "true"'],
  ['V8 V14 V18', 'kube_network_plugin: flannel'],
  ['V9', 'cloud_provider: aws'],
  ['V10', 'cloud_provider: external'],
  ['V11', 'kube_service_addresses: 10.233.1.0/18'],
  ['V12', 'kube_pods_subnet: 10.244.0.0'],
  ['V13 I1', 'kube_pods_subnet: 10.233.0.0/20'],
  ['V15 V16', '{ ipv6_stack: true, kube_service_addresses_ipv6: 10.0.0.0/8, kube_pods_subnet_ipv6: "fd00::1/64" }'],
  ['V17', '{ ipv6_stack: true, kube_service_addresses_ipv6: "fd00::/64", kube_pods_subnet_ipv6: "fd00::/80" }'],
  ['V19', 'dns_mode: kubedns'],
  ['V21', 'download_localhost: true'],
  ['V19 V22', '{ kata_containers_enabled: true, container_manager: docker, etcd_deployment_type: other }'],
  ['V23', '{ gvisor_enabled: true, container_manager: crio }'],
  ['V24', 'containerd_version: 1.2.0'],
  ['V25', '{ kube_external_ca_mode: true, auto_renew_certificates: true }'],
  ['C1 C2 C3', '{ ipip: true, ipip_mode: Always, calcio_ipam_autoallocateblocks: true }'],
  ['C4 I4', 'calico_version: v3.31.5'],
  ['C8', 'calico_pool_name: a b'],
  ['C9', 'calico_network_backend: gobgp'],
  ['C10', 'calico_ipip_mode: Sometimes'],
  ['C11 C12', '{ calico_ipip_mode: Always, calico_vxlan_mode: Always }'],
  ['C15 C16 I3', '{ calico_datastore: kubernetes, calico_apiserver_enabled: true, typha_enabled: true }'],
  ['C17', '{ ipv6_stack: true, calico_ipip_mode_ipv6: Always }'],
  ['I2', '{ ipv6_stack: true, calico_pool_cidr_ipv6: "fd99::/112" }'],
];
