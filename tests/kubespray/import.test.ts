import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { formatFinding } from '../../cluster/finding.ts';
import { parseCluster } from '../../cluster/index.ts';
import { fieldOf } from '../../kubespray/fields.ts';
import { importInventory } from '../../kubespray/import/index.ts';
import { carried, prove } from '../../kubespray/import/proof.ts';
import { plain, readYaml } from '../../kubespray/import/read-yaml.ts';
import { specText, stackText } from '../../kubespray/import/write.ts';
import { renderInventory, subjectOf } from '../../kubespray/index.ts';
import { judge } from '../../policies/rules/index.ts';
import { clusterOf, stackCluster, stacks } from '../support/stacks.ts';
import { specs } from './arbitrary.ts';

const fixtures = join(import.meta.dirname, 'import');

function folder(dir: string): Record<string, string> {
  const names = globSync('**/*', { cwd: dir, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(dir.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

/** The text of a file beside the inventory; written anew where goldens are updated. */
function golden(path: string, text: string): string {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

describe('importInventory', () => {
  for (const name of readdirSync(fixtures)) {
    it(`${name}: stack.yaml and findings.txt`, () => {
      const { value, findings } = importInventory(folder(join(fixtures, name, 'inventory')), { name });
      const said = findings.map((finding) => `${formatFinding(finding)}\n`).join('');
      const text = value === undefined ? 'nothing is imported\n' : specText(value, []);
      assert.equal(said, golden(join(fixtures, name, 'findings.txt'), said));
      assert.equal(text, golden(join(fixtures, name, 'stack.yaml'), text));
      assert.equal(prove(value).ok, name !== 'no-cluster-yet');
    });
  }

  for (const stack of stacks) {
    it(`gives back the cluster of the golden inventory ${stack}`, () => {
      const { value } = importInventory(folder(join(import.meta.dirname, 'golden', stack)));
      assert.deepEqual(carried(clusterOf(value)), carried(clusterOf(stackCluster(stack))));
      assert.deepEqual(prove(value), { ok: true, cluster: clusterOf(value) });
    });
  }

  const corpus = join(import.meta.dirname, 'corpus');
  for (const name of readdirSync(corpus).filter((entry) => existsSync(join(corpus, entry, 'cluster.yaml')))) {
    it(`gives back the cluster of the corpus, ${name}`, () => {
      const cluster = clusterOf(parse(readFileSync(join(corpus, name, 'cluster.yaml'), 'utf8')));
      const again = importInventory(renderInventory(cluster).files, { kubespray: cluster.kubespray.version });
      assert.deepEqual(carried(clusterOf(again.value)), carried(cluster));
    });
  }

  it('gives back every cluster, apart from what an inventory cannot carry', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const parsed = parseCluster(spec);
        if (!parsed.ok) return fc.pre(false);
        const { cluster } = parsed;
        const { value } = importInventory(renderInventory(cluster).files, { kubespray: cluster.kubespray.version });
        assert.deepEqual(carried(clusterOf(value)), carried(cluster));
        assert.equal(prove(value).ok, true);
      }),
      { numRuns: 100 },
    );
  });

  it('says a cluster in text that reads back as the same, as a file of its own and as that of a stack', () => {
    fc.assert(
      fc.property(specs, (made) => {
        const spec = JSON.parse(JSON.stringify(made));
        assert.deepEqual(parse(specText(spec, ['one', 'two'])), spec);
        assert.deepEqual(parse(stackText(spec, ['one'])).config['calispray:cluster'], spec);
        const { tree } = readYaml('stack.yaml', specText(spec, []));
        assert.deepEqual(tree && plain(tree), spec);
      }),
      { numRuns: 60 },
    );
  });

  it('takes every variable that has a field, so that none comes out as an extra variable', () => {
    const switches = [
      'ipv6_stack',
      'typha_enabled',
      'calico_bpf_enabled',
      'calico_ipam_host_local',
      'kube_proxy_remove',
    ];
    for (const on of [true, false]) {
      const variables = Object.keys(fieldOf).map((name) => `${name}: ${switches.includes(name) ? on : 'nonsense'}\n`);
      const { value, findings } = importInventory({ ...one, 'group_vars/all.yml': variables.join('') });
      const { extraVariables = {} } = (value?.kubespray ?? {}) as { extraVariables?: object };
      assert.deepEqual(
        Object.keys(extraVariables).filter((name) => name !== 'dns_domain'),
        [],
      );
      assert.ok(findings.every(({ at, path }) => path !== '' || (at?.line ?? 0) > 0));
    }
  });

  it('proves itself whatever the variables say, or says what keeps it from being a cluster', () => {
    const words = [
      'Always',
      'Never',
      'CrossSubnet',
      'bird',
      'vxlan',
      'none',
      'true',
      'kdd',
      'etcd',
      '1.35.4',
      '3.31.5',
      '',
    ];
    const texts = [
      '10.244.0.0/16',
      '10.233.64.0/20',
      '10.0.0.1',
      'fd00::/64',
      'fd00::1',
      '{{ x }}',
      '{{ ip }}',
      'a=b',
      '0s',
    ];
    const peers = [
      { router_id: '10.9.9.9', as: '65000', scope: 'global' },
      { router_id: '10.9.9.8', as: 65000, filters: ['a'] },
    ];
    const value = fc.oneof(
      fc.constantFrom<unknown>(true, false, null, [], {}, peers, { a: true, b: 1 }, ...words, ...texts),
      fc.integer({ min: -2, max: 70_000 }),
      fc.string(),
    );
    const names = [...Object.keys(fieldOf), 'enable_dual_stack_networks', 'ansible_become', 'my_token', 'dns_domain'];
    const variables = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 }).map((map) => JSON.stringify(map));
    fc.assert(
      fc.property(variables, variables, variables, (all, workers, host) => {
        const more = { 'group_vars/all.yml': all, 'group_vars/kube_node.yml': workers, 'host_vars/node-1.json': host };
        const { value: made, findings } = importInventory({ ...one, ...more });
        const isCluster = parseCluster(made).ok;
        assert.ok(isCluster || findings.some((finding) => finding.class === 'refused'));
        assert.equal(prove(made).ok, isCluster);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves nothing refused or harmful in what it gives', () => {
    const { value } = importInventory(folder(join(fixtures, 'default-configuration', 'inventory')));
    const cluster = clusterOf(value);
    assert.deepEqual(cluster.network.encapsulation, { kind: 'ipip', mode: 'always' });
    assert.equal(renderInventory(cluster).variables.calico_network_backend, 'bird');
    assert.equal(cluster.calico.datastore, 'kdd');
    assert.deepEqual(prove(value).ok, true);
    const against = judge(subjectOf(cluster)).filter((finding) => finding.class !== 'advice');
    assert.deepEqual(against, []);
  });
});

/** One machine that is everything. */
const one = {
  'hosts.yaml': `all:
  hosts:
    node-1: { ansible_host: 192.168.4.63, ansible_user: root }
  children:
    kube_control_plane: { hosts: { node-1: } }
    etcd: { hosts: { node-1: } }
    kube_node: { hosts: { node-1: } }
    k8s_cluster: { children: { kube_control_plane: , kube_node: } }
`,
};
