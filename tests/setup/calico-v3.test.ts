import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { calicoIpam, calicoV3, clusterPolicies } from '../../setup/calico-v3.ts';

function definition(plural: string, group = 'crd.projectcalico.org', extra = ''): string {
  return `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.${group}
spec:
  group: ${group}
  preserveUnknownFields: false
  names: { kind: Kind, plural: ${plural} }
  scope: Cluster
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { level: { enum: ["Off", "Debug"] } } } }
${extra}`;
}

const manifest = [
  '---\n# a comment alone\n',
  '---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: calico-node }\n',
  definition('globalnetworkpolicies'),
  definition('felixconfigurations'),
  definition('ipamblocks'),
  definition('adminnetworkpolicies', 'policy.networking.k8s.io'),
].join('');

const read = (text: string) => parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());

describe('setup: Calico v3 definitions', () => {
  const [policies, felix, ...rest] = read(calicoV3(manifest));

  it('are those of Calico’s own kinds that programs may use', () => {
    assert.deepEqual(rest, []);
    assert.equal(policies.metadata.name, 'globalnetworkpolicies.projectcalico.org');
    assert.equal(felix.metadata.name, 'felixconfigurations.projectcalico.org');
    assert.equal(felix.spec.group, 'projectcalico.org');
  });

  it('keep the schema, want a spec, and show a policy’s tier', () => {
    const [version] = policies.spec.versions;
    assert.equal(version.name, 'v3');
    assert.deepEqual(version.schema.openAPIV3Schema.required, ['metadata', 'spec']);
    assert.equal(version.schema.openAPIV3Schema.type, 'object');
    assert.deepEqual(version.selectableFields, [{ jsonPath: '.spec.tier' }]);
    assert.equal(felix.spec.versions[0].selectableFields, undefined);
    assert.deepEqual(policies.spec.names.shortNames, ['gnp', 'cgnp']);
    assert.ok(!('preserveUnknownFields' in felix.spec));
  });

  it('keep the word Off a word for readers of YAML 1.1, as Kubernetes is', () => {
    assert.deepEqual(felix.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.level.enum, [
      'Off',
      'Debug',
    ]);
  });

  it('come with the cluster-wide policies of SIG Network, as they are', () => {
    const [admin, ...more] = read(clusterPolicies(manifest));
    assert.deepEqual(more, []);
    assert.equal(admin.metadata.name, 'adminnetworkpolicies.policy.networking.k8s.io');
    assert.equal(admin.spec.versions[0].name, 'v1');
  });

  it('leave what Calico’s IPAM keeps in the group it keeps it in', () => {
    const [blocks, ...more] = read(calicoIpam(manifest));
    assert.deepEqual(more, []);
    assert.equal(blocks.metadata.name, 'ipamblocks.crd.projectcalico.org');
    assert.equal(blocks.spec.versions[0].name, 'v1');
  });

  it('are not made of a manifest that holds none', () => {
    assert.throws(() => calicoV3('kind: Namespace\n'), /no resource definitions/);
  });
});
