import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseCluster } from '../../cluster/index.ts';
import { renderInventory, subjectOf, variablesOf } from '../../kubespray/index.ts';
import { judge } from '../../policies/rules/index.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';
import { specs } from './arbitrary.ts';
import { ansibleHosts, groupVars } from './support/ansible.ts';
import { corpus, folderOf, spec } from './support/corpus.ts';

/** Everything group_vars say, `all` first, then k8s_cluster. */
function variablesIn(files: Readonly<Record<string, string>>): Record<string, unknown> {
  return { ...groupVars(files, 'all'), ...groupVars(files, 'k8s_cluster') };
}

/** Compares with a folder file by file, and says which files it has that are not rendered; `UPDATE_GOLDEN=1` writes it. */
function isGolden(files: Readonly<Record<string, string>>, folder: string): void {
  if (process.env.UPDATE_GOLDEN === '1') rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    const golden = join(folder, name);
    if (process.env.UPDATE_GOLDEN === '1') {
      mkdirSync(dirname(golden), { recursive: true });
      writeFileSync(golden, text);
    }
    assert.equal(text, readFileSync(golden, 'utf8'), golden);
  }
  const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = there.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  assert.deepEqual(names.sort(), Object.keys(files).sort());
}

describe('renderInventory', () => {
  for (const stack of stacks) {
    it(`${stack} is as in tests/kubespray/golden/${stack}`, () => {
      isGolden(renderInventory(clusterOf(stackCluster(stack))).files, join(import.meta.dirname, 'golden', stack));
    });

    it(`${stack} has nothing that stops a run`, () => {
      const findings = judge(subjectOf(clusterOf(stackCluster(stack))));
      assert.deepEqual(
        findings.filter((f) => f.class !== 'advice'),
        [],
      );
    });
  }

  for (const name of corpus) {
    it(`${name} is as in tests/kubespray/corpus/${name}`, () => {
      isGolden(renderInventory(clusterOf(spec(name))).files, join(folderOf(name), 'inventory'));
    });
  }

  it('writes every variable once, with the value it says', () => {
    const { files, variables } = renderInventory(clusterOf(stackCluster('dev')));
    assert.deepEqual(variablesIn(files), variables);
    const text = Object.values(files).join('');
    for (const name of Object.keys(variables)) assert.equal(text.match(new RegExp(`^${name}:`, 'gm'))?.length, 1, name);
  });

  it('gives Ansible numbers, booleans and texts as kubespray wants them', () => {
    const variables = variablesIn(renderInventory(clusterOf(stackCluster('dev'))).files);
    assert.equal(variables.calico_mtu, 1440);
    assert.equal(variables.calico_veth_mtu, 1440);
    assert.equal(variables.calico_wireguard_enabled, false);
    assert.equal(variables.global_as_num, '64512');
    assert.equal(variables.dns_domain, 'cluster.local');
  });

  it('puts an extra variable of ours in its place, another into all, and says so', () => {
    const extraVariables = { calico_vxlan_mode: 'Always', kubelet_max_pods: 200 };
    const cluster = clusterOf(edited(stackCluster('dev'), { kubespray: { extraVariables } }));
    const { files, variables } = renderInventory(cluster);
    assert.equal(variables.calico_vxlan_mode, 'Always');
    assert.deepEqual(variablesIn(files), variables);
    assert.match(files['group_vars/all/all.yml'] ?? '', /^kubelet_max_pods: 200$/m);
    assert.equal(subjectOf(cluster).paths?.calico_vxlan_mode, 'kubespray.extraVariables.calico_vxlan_mode');
    const found = judge(subjectOf(cluster)).map(({ code, path }) => `${code} ${path}`);
    assert.ok(found.includes('encapsulation-exclusive kubespray.extraVariables.calico_vxlan_mode'), String(found));
  });

  it('says a reason and a field beside every variable', () => {
    for (const value of [stackCluster('prod'), ...corpus.map(spec)]) {
      for (const { name, reason, path } of variablesOf(clusterOf(value))) {
        assert.match(reason, /^\S[^\n]*\.$/, name);
        assert.match(path, /^[a-z]\w*(\.[\w-]+)*$/, name);
      }
    }
  });

  it('is the same bytes again, and reads back as its own variables, whatever the extra variables hold', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom('yes', 'off', '1:30', '0o17', '012', '~', '1e3', '2026-01-01', ': #'),
    );
    const value = fc.oneof(
      texts,
      fc.integer(),
      fc.boolean(),
      fc.array(texts),
      fc.dictionary(fc.stringMatching(/^[a-z]+$/), texts),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-z_]{1,20}$/), value), (extraVariables) => {
        const make = () => renderInventory(clusterOf(edited(stackCluster('dev'), { kubespray: { extraVariables } })));
        const { files, variables } = make();
        assert.deepEqual(files, make().files);
        assert.deepEqual(variablesIn(files), JSON.parse(JSON.stringify(variables)));
      }),
      { numRuns: 200 },
    );
  });

  it('is the same bytes again, and Ansible reads the same out of it, whatever the spec says', () => {
    fc.assert(
      fc.property(specs, (value) => {
        const parsed = parseCluster(value);
        if (!parsed.ok) return;
        const { files, variables, hosts, extraVars } = renderInventory(parsed.cluster);
        assert.deepEqual(files, renderInventory(parsed.cluster).files);
        assert.deepEqual(variablesIn(files), variables);
        const read = ansibleHosts(files);
        assert.deepEqual(
          read.map(({ name }) => name),
          hosts.map(({ name }) => name),
        );
        for (const [i, host] of hosts.entries()) {
          assert.deepEqual(read[i]?.variables, { ...variables, ...host.variables, ...extraVars });
          assert.deepEqual(
            host.groups,
            read[i]?.groups.filter((group) => group !== 'k8s_cluster'),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('says of a spec that says nothing just what every inventory says', () => {
    const bare = {
      apiVersion: 'calispray/v1',
      name: 'bare',
      nodes: { one: { address: '10.0.0.1', roles: ['control-plane', 'etcd', 'worker'] } },
      network: {
        ...{ nodes: '10.0.0.0/24', interfaceMtu: 1500, pods: '10.244.0.0/16', services: '10.96.0.0/16' },
        encapsulation: { vxlan: 'always' },
      },
    };
    assert.deepEqual(renderInventory(clusterOf(bare)).variables, {
      etcd_deployment_type: 'host',
      cluster_name: 'bare',
      dns_domain: 'cluster.local',
      kubeconfig_localhost: true,
      kube_network_plugin: 'calico',
      kube_service_addresses: '10.96.0.0/16',
      kube_pods_subnet: '10.244.0.0/16',
      enable_nodelocaldns: true,
      nodelocaldns_ip: '169.254.25.10',
      calico_datastore: 'kdd',
      calico_apiserver_enabled: false,
      calico_network_backend: 'vxlan',
      calico_node_extra_envs: { FELIX_PROMETHEUSMETRICSHOST: '$(NODEIP)' },
      calico_ipip_mode: 'Never',
      calico_vxlan_mode: 'Always',
      calico_mtu: 1450,
      calico_veth_mtu: 1450,
      calico_wireguard_enabled: false,
      calico_pool_name: 'default-pool',
      calico_pool_cidr: '10.244.0.0/16',
      calico_pool_blocksize: 26,
      nat_outgoing: true,
      global_as_num: '64512',
      calico_felix_prometheusmetricsenabled: true,
      calico_felix_prometheusmetricsport: 9091,
    });
  });

  it('gives hosts of etcd alone what decides for etcd: they are not in k8s_cluster', () => {
    const hosts = ansibleHosts(renderInventory(clusterOf(spec('etcd-datastore'))).files);
    const alone = hosts.find(({ name }) => name === 'etcd-1');
    assert.deepEqual(alone?.groups, ['etcd']);
    assert.equal(alone?.variables.calico_datastore, 'etcd');
    assert.equal(alone?.variables.kube_version, '1.34.3');
    assert.equal(alone?.variables.calico_pool_cidr, undefined);
  });
});

describe('hosts.yaml', () => {
  it('has every node with its address, its user and its groups', () => {
    const { files, hosts } = renderInventory(clusterOf(stackCluster('prod')));
    const { all } = parse(files['hosts.yaml'] ?? '');
    assert.deepEqual(all.hosts['control-1'], {
      ansible_host: '10.40.1.11',
      ansible_port: 22,
      ansible_user: 'deploy',
      ip: '10.40.1.11',
      access_ip: '10.40.1.11',
      etcd_member_name: 'control-1',
    });
    for (const { name, groups } of hosts) {
      const found = Object.keys(all.children).filter((group) => name in (all.children[group].hosts ?? {}));
      assert.deepEqual(found.sort(), [...groups].sort(), name);
    }
    assert.deepEqual(Object.keys(all.children.k8s_cluster.children), ['kube_control_plane', 'kube_node']);
  });

  it('repeats the peers of the cluster on a host that has its own: its list hides the other', () => {
    const hosts = ansibleHosts(renderInventory(clusterOf(spec('routers'))).files);
    const [ofCluster = [], ofA = [], ofB = []] = hosts.map(({ variables }) => variables.peers as unknown[]);
    assert.equal(ofCluster.length, 2);
    for (const list of [ofA, ofB]) assert.deepEqual(list.slice(0, 2), ofCluster);
    assert.deepEqual(ofA.slice(2), [{ router_id: '10.60.1.1', as: '64801', scope: 'node' }]);
  });

  it('sets up a peer with filters node by node, since kubespray gives a global one none', () => {
    const { peers } = renderInventory(clusterOf(spec('routers'))).variables;
    assert.deepEqual(peers, [
      { router_id: '10.60.0.1', as: '64800', scope: 'global' },
      { router_id: '10.60.0.2', as: '64800', scope: 'node', name: 'spine-2', filters: ['only-pods'] },
    ]);
  });

  it('has calico_rr in k8s_cluster, and only where there are reflectors', () => {
    const hosts = ansibleHosts(renderInventory(clusterOf(spec('reflectors'))).files);
    assert.deepEqual(hosts.find(({ name }) => name === 'reflector-1')?.groups, ['calico_rr', 'k8s_cluster']);
    assert.doesNotMatch(renderInventory(clusterOf(spec('routers'))).files['hosts.yaml'] ?? '', /calico_rr/);
  });
});
