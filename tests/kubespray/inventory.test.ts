import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { renderInventory, subjectOf, variablesOf } from '../../kubespray/index.ts';
import { judge } from '../../policies/rules/index.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';
import { groupVars } from './support/ansible.ts';
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
    for (const variable of variablesOf(clusterOf(stackCluster('prod')))) {
      assert.match(variable.reason, /\.$/);
      assert.notEqual(variable.path, '');
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
});
