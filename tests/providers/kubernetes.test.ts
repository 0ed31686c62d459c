import assert from 'node:assert/strict';
import { diffConfig, settingsFrom } from '../../lab/providers/kubernetes/config.ts';
import { overrules, takeOver } from '../../lab/providers/kubernetes/managed-fields.ts';
import { diffObject, unservedType } from '../../lab/providers/kubernetes/object-diff.ts';
import { inputsFromLive, liveInputs, named, objectOf, stateOf } from '../../lab/providers/kubernetes/objects.ts';
import { encode, type JsonObject, type PropertyMap, Secret, unknown } from '../../lab/providers/properties.ts';

const kubeconfig = (server: string, certificate: string) =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { 'client-certificate-data': certificate } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
const here = kubeconfig('https://192.168.4.63:6443', 'one');
const renewed = kubeconfig('https://192.168.4.63:6443', 'two');
const elsewhere = kubeconfig('https://192.168.4.99:6443', 'one');

describe('a changed kubernetes provider', () => {
  const replaces = async (olds: PropertyMap, news: PropertyMap) => (await diffConfig(olds, news)).replaces ?? [];

  it('is updated where the active cluster stayed, replaced where it did not', async () => {
    assert.deepEqual(await replaces({ kubeconfig: here }, { kubeconfig: renewed }), []);
    assert.deepEqual(await replaces({ kubeconfig: here }, { kubeconfig: elsewhere }), ['kubeconfig']);
    assert.deepEqual(await replaces({ kubeconfig: here }, { kubeconfig: new Secret(unknown) }), ['kubeconfig']);
  });

  it('is updated, whatever else changed, while its clusterIdentifier is the same', async () => {
    const clusterIdentifier = 'vmstation';
    for (const kubeconfig of [elsewhere, unknown, 'garbage']) {
      const diff = await diffConfig({ kubeconfig: here, clusterIdentifier }, { kubeconfig, clusterIdentifier });
      assert.deepEqual(diff, { changed: true, diffs: ['kubeconfig'] });
    }
  });

  it('is replaced when its clusterIdentifier changes, not when it first gets one', async () => {
    const before = { kubeconfig: here, clusterIdentifier: 'a' };
    assert.deepEqual(await replaces(before, { ...before, clusterIdentifier: 'b' }), ['clusterIdentifier']);
    assert.deepEqual(await replaces({ kubeconfig: here }, { kubeconfig: here, clusterIdentifier: 'b' }), []);
  });

  it('reads its flags from the inputs before the environment', () => {
    const env = { PULUMI_K8S_ENABLE_PATCH_FORCE: 'true' };
    assert.equal(settingsFrom(new Map(), env).enablePatchForce, true);
    const said = new Map([['kubernetes:config:enablePatchForce', 'false']]);
    assert.equal(settingsFrom(said, env).enablePatchForce, false);
  });
});

describe('a changed object', () => {
  const policy = (name: string, port: number, namespace?: string): PropertyMap => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: { ingress: [{ ports: [{ port }] }] },
  });

  it('is updated in place, down to the field', () => {
    const diff = diffObject(policy('deny', 1), policy('deny', 2));
    assert.deepEqual(
      [...(diff.detailed ?? [])],
      [['spec.ingress[0].ports[0].port', { kind: 'update', replace: false }]],
    );
    assert.deepEqual(diff.replaces, []);
  });

  it('is replaced under another name or namespace, the new one first', () => {
    const renamed = diffObject(policy('deny', 1), policy('refuse', 1));
    assert.deepEqual([renamed.replaces, renamed.deleteBeforeReplace], [['metadata.name'], false]);
    const moved = diffObject(policy('deny', 1, 'a'), policy('deny', 1, 'b'));
    assert.deepEqual([moved.replaces, moved.deleteBeforeReplace], [['metadata.namespace'], false]);
  });

  it('is the same in no namespace and in `default`', () => {
    assert.equal(diffObject(policy('deny', 1), policy('deny', 1, 'default')).changed, false);
  });

  it('goes before its successor where an immutable field changed under the same name', () => {
    const service = (clusterIP: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { clusterIP },
    });
    const diff = diffObject(service('None'), service('10.0.0.1'));
    assert.deepEqual([diff.replaces, diff.deleteBeforeReplace], [['spec.clusterIP'], true]);
  });

  it('is updated in place where it is only patched, whatever of it changed, unless it is another object', () => {
    const service = (name: string, clusterIP: string): PropertyMap => ({
      ...{ apiVersion: 'v1', kind: 'Service' },
      metadata: { name },
      spec: { clusterIP },
    });
    assert.deepEqual(diffObject(service('s', 'None'), service('s', '10.0.0.1'), 'all').replaces, []);
    assert.deepEqual(diffObject(service('s', 'None'), service('t', 'None'), 'all').replaces, ['metadata.name']);
  });

  it('of a type the stand-in does not keep is named', () => {
    const served = (type: string, kind: string | undefined) => unservedType(type, { kind }) === undefined;
    assert.ok(served('kubernetes:core/v1:Namespace', 'Namespace'));
    assert.ok(served('kubernetes:core/v1:NamespacePatch', 'Namespace'));
    assert.ok(!served('kubernetes:core/v1:NamespacePatch', 'Pod'));
    assert.ok(!served('kubernetes:core/v1:NamespaceList', 'NamespaceList'));
    assert.ok(!served('kubernetes:helm.sh/v3:Release', undefined));
  });
});

describe('an object and its inputs', () => {
  const secret: PropertyMap = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    stringData: new Secret({ token: 'planted' }),
  };
  const live = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 's',
      namespace: 'default',
      uid: '1',
      managedFields: [{ manager: 'x' }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'planted' },
    },
    data: { token: Buffer.from('planted').toString('base64') },
  };

  it('keep a Secret secret in the state, in every form', () => {
    const state = JSON.stringify(encodeWithoutSecrets(stateOf(secret, live, 'm')));
    assert.ok(!state.includes('planted'), state);
    assert.ok(!state.includes(live.data.token), state);
    assert.ok(state.includes('"uid":"1"'));
  });

  it('show drift in the fields that were declared, and in no other', () => {
    const inputs = {
      apiVersion: 'v1',
      kind: 'Service',
      spec: { ports: [{ port: 1 }] },
      metadata: { labels: { a: 'b' } },
    };
    const now = {
      ...{ apiVersion: 'v1', kind: 'Service', status: {} },
      metadata: { uid: '1', labels: { a: 'changed', other: 'x' } },
      spec: { clusterIP: '10.0.0.1', ports: [{ port: 1, protocol: 'TCP' }] },
    };
    assert.deepEqual(liveInputs(now, inputs), { ...inputs, metadata: { labels: { a: 'changed' } } });
    assert.deepEqual(liveInputs(live, secret).stringData, new Secret({ token: 'planted' }));
  });

  it('send stringData as data, so that a key that went is removed', () => {
    assert.deepEqual(objectOf(secret).data, live.data);
    assert.equal(objectOf(secret).stringData, undefined);
  });

  it('leave out what the server filled in when an object is imported', () => {
    assert.deepEqual(Object.keys(inputsFromLive(live).metadata ?? {}), ['name', 'namespace', 'annotations']);
  });

  it('get a name once and keep it', () => {
    const seed = new Uint8Array([1, 2, 3]);
    const first = named({ kind: 'Service' }, {}, 'felix', seed);
    const metadata = first.metadata as PropertyMap;
    assert.match(String(metadata.name), /^felix-[0-9a-f]{8}$/);
    const next = named({ kind: 'Service' }, first, 'felix', new Uint8Array([9]));
    assert.deepEqual(next, first);
    const own = { kind: 'Service', metadata: { name: 'mine' } };
    assert.equal(named(own, first, 'felix', seed), own);
  });
});

describe('field managers', () => {
  const entry = (manager: string, operation: string, fieldsV1: JsonObject, subresource?: string): JsonObject => ({
    ...{ manager, operation, fieldsV1, apiVersion: 'v1' },
    ...(subresource === undefined ? {} : { subresource }),
  });
  const object = (...managedFields: JsonObject[]): JsonObject => ({
    apiVersion: 'v1',
    metadata: { resourceVersion: '7', managedFields },
  });

  it('hand over what the create and kubectl own, and leave others alone', () => {
    const other = entry('calico', 'Apply', { 'f:spec': {} });
    const status = entry('pulumi-kubernetes', 'Update', { 'f:status': {} }, 'status');
    const patch = takeOver(
      object(
        other,
        status,
        entry('pulumi-kubernetes', 'Update', { 'f:spec': { 'f:a': {} } }),
        entry('kubectl-edit', 'Update', { 'f:spec': { 'f:b': {} } }),
      ),
      'mine',
    ) as { path: string; value: unknown }[];
    const mine = entry('mine', 'Apply', { 'f:spec': { 'f:a': {}, 'f:b': {} } });
    const [fields, version] = patch;
    assert.deepEqual(fields?.value, [other, status, { ...mine, fieldsType: 'FieldsV1', time: null }]);
    assert.deepEqual(version?.value, '7');
  });

  it('need no handing over where we own everything', () => {
    assert.equal(takeOver(object(entry('mine', 'Apply', {})), 'mine'), undefined);
  });

  it('are overruled only where there is none, or in the preview of what we created', () => {
    assert.equal(overrules(object(), false), true);
    const created = object(entry('pulumi-kubernetes', 'Update', {}));
    assert.deepEqual([overrules(created, true), overrules(created, false)], [true, false]);
    assert.equal(overrules(object(entry('calico', 'Apply', {})), true), false);
  });
});

/** What a reader without the passphrase would see. */
function encodeWithoutSecrets(value: unknown): unknown {
  if (value instanceof Secret) return '[secret]';
  if (Array.isArray(value)) return value.map(encodeWithoutSecrets);
  if (typeof value !== 'object' || value === null) return encode(value as string);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodeWithoutSecrets(item)]));
}
