import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as command from '@pulumi/command';
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { toolPaths } from '../../../setup/index.ts';
import { type Kube, startKube } from '../../support/kube.ts';
import { TestStack } from './stack.ts';

describe('the kubernetes stand-in, with the real engine and a real API server', function () {
  this.timeout(180_000);
  const tools = toolPaths();
  const dir = mkdtempSync(join(tmpdir(), 'calispray-kubernetes-'));
  let kube: Kube;
  let stacks = 0;
  /** The program gets the options that put a resource on the cluster. */
  const open = (program: (on: { provider: k8s.Provider }) => unknown, args: () => object = () => ({})) =>
    TestStack.open(tools, join(dir, `stack-${stacks++}`), async () => {
      const kubeconfig = pulumi.secret(kube.kubeconfig);
      const provider = new k8s.Provider('cluster', { kubeconfig, clusterIdentifier: 'test', ...args() });
      return (program({ provider }) ?? {}) as Record<string, unknown>;
    });
  const unreachable = () => kube.kubeconfig.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
  const configMap = (name: string) => `/api/v1/namespaces/default/configmaps/${name}`;
  const policy = (name: string) => `/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/${name}`;
  const edit = (path: string, body: object, manager: string) =>
    kube.call('PATCH', `${path}?fieldManager=${manager}`, body, 'application/merge-patch+json');

  before(async () => {
    kube = await startKube(tools, join(dir, 'kube'));
  });
  after(async () => {
    await kube?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('previews clean against nothing at all; up, refresh and destroy say why not', async () => {
    let kubeconfig: pulumi.Input<string> = 'no kubeconfig at all';
    const stack = await open(
      (on) => void new k8s.core.v1.Namespace('ns', { metadata: { name: 'unreachable' } }, on),
      () => ({ kubeconfig }),
    );
    assert.equal((await stack.preview()).operations.ns, 'create');
    kubeconfig = unreachable();
    assert.equal((await stack.preview()).operations.ns, 'create');
    const why = /configured Kubernetes cluster is unreachable: .*connect ECONNREFUSED 127\.0\.0\.1:1/;
    assert.match(await stack.fails(stack.up()), why);
    kubeconfig = kube.kubeconfig;
    assert.equal((await stack.up()).operations.ns, 'create');
    // The state's provider now points nowhere: an update in place, since the cluster is said to be the same.
    kubeconfig = unreachable();
    const moved = await stack.up();
    assert.deepEqual([moved.operations.cluster, moved.operations.ns], ['update', 'same']);
    assert.match(await stack.fails(stack.preview({ refresh: true })), why);
    assert.match(await stack.fails(stack.destroy()), /configured Kubernetes cluster is unreachable/);
    kubeconfig = kube.kubeconfig;
    await stack.up();
    await stack.destroy();
    assert.equal((await kube.call('GET', '/api/v1/namespaces/unreachable')).status, 404);
  });

  it('previews a cluster that is still to be made, or is made anew: nothing is dialled, and nothing replaced', async () => {
    let renewed = true;
    const stack = await open(
      (on) => void new k8s.core.v1.ConfigMap('map', { metadata: { name: 'later' } }, on),
      () => {
        if (!renewed) return {};
        // Nobody listens at port 1: a preview that dialled would fail.
        const connection = { host: '127.0.0.1', port: 1, dialErrorLimit: 0 };
        const fetch = new command.remote.Command('fetch', { connection, create: 'cat kubeconfig' });
        return { kubeconfig: pulumi.secret(fetch.stdout) };
      },
    );
    const fresh = await stack.preview();
    assert.deepEqual([fresh.operations.cluster, fresh.operations.map], ['create', 'create']);
    renewed = false;
    await stack.up();
    renewed = true;
    const again = await stack.preview();
    assert.deepEqual([again.operations.cluster, again.operations.map], ['update', 'update']);
    renewed = false;
    await stack.destroy();
  });

  it('applies, stays quiet, shows the field that changed, and deletes', async () => {
    let port = 9091;
    let peer = 'monitoring';
    const stack = await open((on) => {
      const ns = new k8s.core.v1.Namespace('ns', { metadata: { name: 'production' } }, on);
      const metadata = { namespace: ns.metadata.name, name: 'felix' };
      const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer } } }];
      const np = new k8s.networking.v1.NetworkPolicy(
        'np',
        { metadata, spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from, ports: [{ port }] }] } },
        on,
      );
      const ports = [{ name: 'metrics', port, targetPort: port }];
      const service = new k8s.core.v1.Service(
        'service',
        { metadata, spec: { clusterIP: 'None', selector: { app: 'felix' }, ports } },
        on,
      );
      return { uid: ns.metadata.uid, ip: service.spec.clusterIP, from: np.spec.ingress[0]?.from };
    });
    const preview = await stack.preview();
    assert.deepEqual(Object.values(preview.operations), ['create', 'create', 'create', 'create', 'create']);
    const { outputs } = await stack.up();
    const live = async (path: string) => (await kube.call('GET', path)).body;
    const felix = '/apis/networking.k8s.io/v1/namespaces/production/networkpolicies/felix';
    assert.equal(outputs.uid, (await live('/api/v1/namespaces/production')).metadata.uid);
    assert.equal(outputs.ip, 'None');
    assert.deepEqual((await live(felix)).spec.ingress[0].from, outputs.from);
    const quiet = await stack.up();
    assert.deepEqual([...new Set(Object.values(quiet.operations))], ['same']);

    port = 9092;
    peer = 'prometheus.example';
    const changed = await stack.preview();
    assert.deepEqual(changed.differences.np?.sort(), [
      'spec.ingress[0].from[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"]',
      'spec.ingress[0].ports[0].port',
    ]);
    assert.deepEqual(changed.differences.service?.sort(), ['spec.ports[0].port', 'spec.ports[0].targetPort']);
    await stack.up();
    const ports = (await live('/api/v1/namespaces/production/services/felix')).spec.ports;
    assert.deepEqual([ports.length, ports[0].port], [1, 9092]);

    await stack.destroy();
    assert.equal((await kube.call('GET', '/api/v1/namespaces/production')).status, 404);
  });

  it('lets the server judge a preview where it can', async () => {
    const stack = await open((on) => {
      const spec = { podSelector: {}, ingress: [{ ports: [{ port: 70_000 }] }] };
      new k8s.networking.v1.NetworkPolicy('np', { metadata: { name: 'judged' }, spec }, on);
    });
    assert.match(await stack.fails(stack.preview()), /NetworkPolicy\.networking\.k8s\.io "judged" is invalid: .*70000/);
  });

  it('sees drift when it is told to look, and takes back what kubectl changed', async () => {
    const stack = await open((on) => {
      new k8s.core.v1.ConfigMap('map', { metadata: { name: 'drift', labels: { team: 'net' } }, data: { a: '1' } }, on);
    });
    await stack.up();
    await edit(configMap('drift'), { metadata: { labels: { team: 'changed' } } }, 'kubectl-edit');
    assert.equal((await stack.up()).operations.map, 'same');
    const refused = await stack.fails(stack.preview({ refresh: true }));
    assert.match(refused, /conflict with "kubectl-edit".*metadata\.labels\.team/s);
    const mended = await stack.up({ refresh: true });
    assert.deepEqual(mended.differences.map, ['metadata.labels.team']);
    assert.equal((await kube.call('GET', configMap('drift'))).body.metadata.labels.team, 'net');

    await edit(configMap('drift'), { metadata: { labels: { team: 'other', more: 'x' } } }, 'another-operator');
    assert.match(await stack.fails(stack.up({ refresh: true })), /apply conflict: .*another-operator/s);
    await kube.call('DELETE', configMap('drift'));
    await stack.refresh();
    assert.equal((await stack.up()).operations.map, 'create');
    await stack.destroy();
  });

  it('replaces for a new name, the new object first; and for an immutable field, the old one first', async () => {
    let [name, value] = ['one', '1'];
    const stack = await open((on) => {
      new k8s.networking.v1.NetworkPolicy('np', { metadata: { name }, spec: { podSelector: {} } }, on);
      new k8s.core.v1.ConfigMap('map', { metadata: { name: 'fixed' }, data: { value } }, on);
    });
    await stack.up();
    [name, value] = ['two', '2'];
    const { steps } = await stack.up();
    const order = (resource: string) =>
      steps.filter((step) => step.endsWith(` ${resource}`) && !step.startsWith('replace'));
    assert.deepEqual(order('np'), ['create-replacement np', 'delete-replaced np']);
    assert.deepEqual(order('map'), ['delete-replaced map', 'create-replacement map']);
    assert.equal((await kube.call('GET', policy('one'))).status, 404);
    assert.equal((await kube.call('GET', policy('two'))).status, 200);
    assert.equal((await kube.call('GET', configMap('fixed'))).body.data.value, '2');
    await stack.destroy();
  });

  it('does not take over what is there, unless it is told to', async () => {
    let upsertExistingObjects = false;
    const stack = await open(
      (on) => void new k8s.core.v1.Namespace('ns', { metadata: { name: 'there', labels: { ours: 'yes' } } }, on),
      () => ({ upsertExistingObjects }),
    );
    await kube.call('POST', '/api/v1/namespaces', { metadata: { name: 'there' } });
    assert.equal((await stack.preview()).operations.ns, 'create');
    assert.match(await stack.fails(stack.up()), /namespaces "there" already exists.*upsertExistingObjects/s);
    upsertExistingObjects = true;
    await stack.up();
    assert.equal((await kube.call('GET', '/api/v1/namespaces/there')).body.metadata.labels.ours, 'yes');
    await stack.destroy();
  });

  it('patches what somebody else owns, field by field, and gives up just those', async () => {
    let more: Record<string, string> = { ours: '1' };
    let forced: { annotations?: Record<string, string> } = {};
    const stack = await open((on) => {
      new k8s.core.v1.ConfigMapPatch('patch', { metadata: { name: 'theirs', ...forced }, data: more }, on);
    });
    const made = { metadata: { name: 'theirs' }, data: { theirs: 'a' } };
    await kube.call('POST', '/api/v1/namespaces/default/configmaps?fieldManager=kubespray', made);
    const data = async () => (await kube.call('GET', configMap('theirs'))).body.data;
    await stack.up();
    assert.deepEqual(await data(), { theirs: 'a', ours: '1' });

    // Not only what is new: what is left out goes, and what another manages is a conflict.
    more = { second: '2' };
    assert.equal((await stack.up()).operations.patch, 'update');
    assert.deepEqual(await data(), { theirs: 'a', second: '2' });
    more = { second: '2', theirs: 'b' };
    assert.match(await stack.fails(stack.up()), /apply conflict: .*kubespray/s);
    forced = { annotations: { 'pulumi.com/patchForce': 'true' } };
    await stack.up();
    assert.deepEqual(await data(), { theirs: 'b', second: '2' });

    await stack.destroy();
    // What was taken by force has nobody left.
    const left = await kube.call('GET', configMap('theirs'));
    assert.deepEqual([left.status, left.body.data], [200, undefined]);
    await kube.call('DELETE', configMap('theirs'));
  });

  it('waits for a kind and a namespace that appear only now', async () => {
    const stack = await open((on) => {
      new k8s.apiextensions.CustomResource(
        'custom',
        {
          apiVersion: 'test.calispray.io/v1',
          kind: 'Late',
          metadata: { name: 'late', namespace: 'late' },
          spec: { order: 10 },
        },
        on,
      );
    });
    assert.equal((await stack.preview()).operations.custom, 'create');
    const up = stack.up();
    await sleep(3_000);
    assert.equal(
      (await kube.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', lateKind)).status,
      201,
    );
    await sleep(2_000);
    assert.equal((await kube.call('POST', '/api/v1/namespaces', { metadata: { name: 'late' } })).status, 201);
    await up;
    const path = '/apis/test.calispray.io/v1/namespaces/late/lates/late';
    assert.equal((await kube.call('GET', path)).body.spec.order, 10);
    await stack.destroy();
    assert.equal((await kube.call('GET', path)).status, 404);
  });

  it('says who holds an object that does not go away, and stops waiting', async () => {
    const stack = await open((on) => {
      const metadata = { name: 'held', finalizers: ['test.calispray.io/hold'] };
      new k8s.core.v1.ConfigMap('map', { metadata }, { ...on, customTimeouts: { delete: '2s' } });
    });
    await stack.up();
    const said = await stack.fails(stack.destroy());
    assert.match(said, /configmaps\/held is still there 2 s after its deletion \(held by test\.calispray\.io\/hold\)/);
    await edit(configMap('held'), { metadata: { finalizers: null } }, 'kubectl-edit');
    await stack.destroy();
  });

  it('keeps a Secret, and the kubeconfig, out of state, backups and log', async () => {
    const planted = 'planted-token-of-a-secret';
    let more: Record<string, string> = { gone: planted };
    const stack = await open((on) => {
      const stringData = { token: planted, ...more };
      new k8s.core.v1.Secret('secret', { metadata: { name: 'planted' }, stringData }, on);
    });
    await stack.preview();
    await stack.up();
    const data = async () => (await kube.call('GET', '/api/v1/namespaces/default/secrets/planted')).body.data;
    const encoded = Buffer.from(planted).toString('base64');
    assert.deepEqual(await data(), { token: encoded, gone: encoded });
    assert.equal((await stack.up({ refresh: true })).operations.secret, 'same');
    more = {};
    await stack.up();
    assert.deepEqual(await data(), { token: encoded });
    await stack.destroy();
    for (const text of [planted, encoded, 'client-key-data']) stack.assertHidden(text);
  });

  it('waits until the endpoints of a Service that selects pods have settled', async () => {
    const stack = await open((on) => {
      const spec = { selector: { app: 'none' }, ports: [{ port: 80 }] };
      new k8s.core.v1.Service('service', { metadata: { name: 'selecting' }, spec }, on);
      const metadata = { name: 'skipping', annotations: { 'pulumi.com/skipAwait': 'true' } };
      new k8s.core.v1.Service('skipping', { metadata, spec }, on);
    });
    const { text } = await stack.up();
    assert.match(text, /service creating .* Finding Pods to direct traffic to/);
    assert.ok(!/skipping creating .* Finding Pods/.test(text), text);
    await stack.destroy();
  });
});

const lateKind = {
  metadata: { name: 'lates.test.calispray.io' },
  spec: {
    group: 'test.calispray.io',
    names: { kind: 'Late', plural: 'lates' },
    scope: 'Namespaced',
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { order: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};
