import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { originsOf } from '../../cluster/declared.ts';
import {
  type Cluster,
  formatFinding,
  type Manifests,
  manifestPathsIn,
  needsCalicoApiServer,
  parseCluster,
  placesInManifests,
  policyObjects,
} from '../../cluster/index.ts';
import { assertGolden } from '../support/golden.ts';
import { clusterOf } from '../support/stacks.ts';

/** A small cluster with these sections of `policies`. */
function value(policies: object): object {
  return {
    apiVersion: 'calispray/v1',
    name: 'least',
    nodes: { one: { address: '10.0.0.1', roles: ['control-plane', 'etcd', 'worker'] } },
    network: { nodes: '10.0.0.0/24', encapsulation: 'none' },
    policies: { namespaces: ['a'], ...policies },
  };
}

function made(policies: object, manifests: Manifests): Cluster {
  const parsed = parseCluster(value(policies), { manifests });
  if (!parsed.ok) assert.fail(parsed.findings.map(formatFinding).join('\n'));
  return parsed.cluster;
}

function said(policies: object, manifests: Manifests): string[] {
  const parsed = parseCluster(value(policies), { manifests });
  return parsed.ok ? [] : parsed.findings.map(formatFinding);
}

const policy = (name: string, spec: object = { podSelector: {} }) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'a' },
  spec,
});
const names = (cluster: Cluster) => policyObjects(cluster).map(({ metadata }) => metadata.name);

describe('manifests', () => {
  it('are asked for as they are written, each once', () => {
    assert.deepEqual(manifestPathsIn(value({ manifests: ['b/', 'a.yaml', 'b/', 7] })), ['b/', 'a.yaml']);
    for (const none of [undefined, null, 7, {}, { policies: 7 }, value({ manifests: 'a.yaml' })]) {
      assert.deepEqual(manifestPathsIn(none), []);
    }
  });

  it('give the policies of files and folders in the order of the stack, then by name, after those of `extra`', () => {
    const cluster = made(
      { manifests: ['z.yaml', 'more/', './more/deep'], extra: [policy('first')] },
      {
        'more/b.yml': stringify(policy('four')),
        'more/a.json': JSON.stringify(policy('three')),
        './more/deep/x.yaml': stringify(policy('five')),
        'more/deep/y.yaml': stringify(policy('of no folder that is named')),
        'z.yaml': `# a comment\n---\n${stringify(policy('one'))}---\n---\n${stringify(policy('two'))}...\n`,
      },
    );
    assert.deepEqual(names(cluster), ['first', 'one', 'two', 'three', 'four', 'five']);
    assert.deepEqual(originsOf(cluster)['NetworkPolicy a/two'], 'z.yaml#2');
    assert.deepEqual(originsOf(cluster)['NetworkPolicy a/four'], 'more/b.yml#1');
    assert.deepEqual(originsOf(cluster)['NetworkPolicy a/first'], 'policies.extra[0]');
  });

  it('may be a List, as kubectl prints it', () => {
    const text = stringify({ apiVersion: 'v1', kind: 'List', items: [policy('one'), policy('two')] });
    const cluster = made({ manifests: ['all.yaml'] }, { 'all.yaml': text });
    assert.deepEqual(names(cluster), ['one', 'two']);
    assert.equal(originsOf(cluster)['NetworkPolicy a/two'], 'all.yaml#1 items[1]');
  });

  it('hold what `extra` holds: the same object either way', () => {
    const objects = [
      policy('one', { podSelector: {}, policyTypes: ['Ingress'] }),
      { apiVersion: 'projectcalico.org/v3', kind: 'Tier', metadata: { name: 't' }, spec: { order: 3 } },
      {
        apiVersion: 'projectcalico.org/v3',
        kind: 'NetworkSet',
        metadata: { name: 's', namespace: 'a', labels: { x: 'y' }, annotations: { 'example.com/z': 'any text' } },
        spec: { nets: ['203.0.113.0/24'] },
      },
      {
        apiVersion: 'policy.networking.k8s.io/v1alpha2',
        kind: 'ClusterNetworkPolicy',
        metadata: { name: 'c' },
        spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} } },
      },
    ];
    const text = objects.map((object) => stringify(object)).join('---\n');
    assert.deepEqual(
      policyObjects(made({ manifests: ['x'] }, { x: text })),
      policyObjects(clusterOf(value({ extra: objects }))),
    );
  });

  it('bring Calico’s API server where they need it, staged ones of Kubernetes too', () => {
    const kubernetes = { x: stringify(policy('one')) };
    assert.equal(needsCalicoApiServer(made({ manifests: ['x'] }, kubernetes)), false);
    assert.equal(needsCalicoApiServer(made({ manifests: ['x'], staged: 'all' }, kubernetes)), true);
    const staged = made({ manifests: ['x'], staged: ['NetworkPolicy a/one'] }, kubernetes);
    assert.deepEqual(originsOf(staged)['StagedKubernetesNetworkPolicy a/one'], 'x#1');
  });

  it('say where a path of a finding stands', () => {
    const manifests = { 'x.yaml': `${stringify(policy('one'))}---\n${stringify(policy('two', { ingress: [{}] }))}` };
    const placeOf = placesInManifests(manifests);
    const second = placeOf('x.yaml#2 spec.ingress[0]');
    assert.deepEqual(second, { file: 'x.yaml', line: 16, column: 7 });
    assert.equal(placeOf('x.yaml#2 spec.gone.deeper')?.line, 14);
    for (const path of ['x.yaml#3', 'x.yaml', 'y.yaml#1', 'policies.extra[0]', 'x.yaml#one']) {
      assert.equal(placeOf(path), undefined, path);
    }
  });

  it('that are wrong are told with file, line, document and the path in it, in words that a golden file keeps', () => {
    const broken = { 'p.yaml': `${stringify(policy('one'))}---\n${stringify({ ...policy('two'), spec: undefined })}` };
    const cases: [string, object, Manifests][] = [
      ['one that was not read', { manifests: ['p.yaml'] }, {}],
      ['an empty folder', { manifests: ['p/'] }, { 'q/x.yaml': '' }],
      [
        'one that could not be read',
        { manifests: ['p.yaml'] },
        { 'p.yaml': { code: 'no-such-file', message: 'p.yaml does not exist', hint: 'Check the name.' } },
      ],
      ['no YAML', { manifests: ['p.yaml'] }, { 'p.yaml': 'kind: [\nname: x\n' }],
      ['no YAML in the second document', { manifests: ['p.yaml'] }, { 'p.yaml': 'a: 1\n---\na: 1\na: 2\n' }],
      ['a tag', { manifests: ['p.yaml'] }, { 'p.yaml': 'a: !!js/function x\n' }],
      ['an empty file', { manifests: ['p.yaml'] }, { 'p.yaml': '# nothing\n---\n' }],
      ['no object', { manifests: ['p.yaml'] }, { 'p.yaml': '- 1\n' }],
      ['no policy', { manifests: ['p.yaml'] }, { 'p.yaml': stringify({ ...policy('x'), kind: 'Deployment' }) }],
      ['a namespace', { manifests: ['p.yaml'] }, { 'p.yaml': stringify({ ...policy('x'), kind: 'Namespace' }) }],
      [
        'a mistyped kind',
        { manifests: ['p.yaml'] },
        { 'p.yaml': stringify({ ...policy('x'), kind: 'Networkpolicy' }) },
      ],
      [
        'an API that kubectl does not write',
        { manifests: ['p.yaml'] },
        { 'p.yaml': stringify({ ...policy('x'), apiVersion: 'crd.projectcalico.org/v1' }) },
      ],
      ['a policy without a spec', { manifests: ['p.yaml'] }, broken],
      [
        'what the server writes',
        { manifests: ['p.yaml'] },
        { 'p.yaml': stringify({ ...policy('x'), metadata: { ...policy('x').metadata, uid: '7' }, status: {} }) },
      ],
      [
        'a namespace that nobody makes',
        { manifests: ['p.yaml'], namespaces: [] },
        { 'p.yaml': stringify(policy('x')) },
      ],
      [
        'the same twice, and one of a section',
        { manifests: ['p.yaml', 'q.yaml'], extra: [policy('x')], allowDns: ['a'] },
        { 'p.yaml': stringify(policy('x')), 'q.yaml': stringify(policy('allow-dns')) },
      ],
      ['a file twice', { manifests: ['p', 'p/x.yaml'] }, { 'p/x.yaml': stringify(policy('x')) }],
      [
        'one that is staged and there as such',
        { manifests: ['p.yaml'], staged: 'all' },
        {
          'p.yaml': [
            policy('x'),
            { ...policy('x'), apiVersion: 'projectcalico.org/v3', kind: 'StagedKubernetesNetworkPolicy' },
          ]
            .map((object) => stringify(object))
            .join('---\n'),
        },
      ],
      [
        'one that cannot be staged',
        { manifests: ['p.yaml'], staged: 'all' },
        {
          'p.yaml': stringify({
            apiVersion: 'policy.networking.k8s.io/v1alpha2',
            kind: 'ClusterNetworkPolicy',
            metadata: { name: 'c' },
            spec: {},
          }),
        },
      ],
      [
        'names of staged ones',
        {
          manifests: ['p.yaml'],
          staged: ['NetworkPolicy a/y', 'NetworkPolicy a/x', 'NetworkPolicy a/x', 'x', 'Tier t'],
        },
        {
          'p.yaml': `${stringify(policy('x'))}---\n${stringify({
            apiVersion: 'projectcalico.org/v3',
            kind: 'Tier',
            metadata: { name: 't' },
            spec: {},
          })}`,
        },
      ],
    ];
    const text = cases.map(([what, policies, manifests]) => {
      const findings = said(policies, manifests);
      assert.ok(findings.length > 0, what);
      return `# ${what}\n${findings.join('\n')}\n`;
    });
    assertGolden(join(import.meta.dirname, 'golden/manifests.txt'), text.join('\n'));
  });

  it('of any text are taken or told, and nothing throws', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('---\n', 'kind: ', 'NetworkPolicy\n', '{', '}', '- ', '&a ', '*a', '\t', ': ', '\n  ', '<<: '),
      fc.anything().map((any) => {
        try {
          return JSON.stringify(any) ?? '';
        } catch {
          return '';
        }
      }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const parsed = parseCluster(value({ manifests: ['x.yaml'] }), { manifests: { 'x.yaml': text } });
        if (parsed.ok) return;
        assert.ok(parsed.findings.length > 0);
        for (const { path, message, hint } of parsed.findings) {
          assert.ok(path.startsWith('x.yaml') || path.startsWith('policies.manifests'), path);
          assert.ok(message !== '' && hint !== '');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('with anything in the place of an object are told with its document', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('metadata', 'spec', 'apiVersion', 'kind'), (junk, field) => {
        const object = { ...policy('x'), [field]: JSON.parse(junk) };
        const text = `${stringify(policy('one'))}---\n${JSON.stringify(object)}\n`;
        const parsed = parseCluster(value({ manifests: ['x.yaml'] }), { manifests: { 'x.yaml': text } });
        if (parsed.ok) return;
        for (const { path, at } of parsed.findings) {
          assert.ok(path.startsWith('x.yaml#2 ') || at !== undefined, path);
          assert.ok((at?.line ?? 0) >= 1);
        }
      }),
    );
  });
});
