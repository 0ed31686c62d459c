import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as pulumi from '@pulumi/pulumi';
import { parse, parseAllDocuments } from 'yaml';
import { toolPaths } from '../../setup/index.ts';
import { type Kube, startKube } from '../support/kube.ts';
import { TestStack } from './providers/stack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const world = `
{apiVersion: v1, kind: Namespace, metadata: {name: production, labels: {team: shop}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: monitoring}}
---
apiVersion: v1
kind: Node
metadata: {name: homelab}
status: {addresses: [{type: InternalIP, address: 192.168.4.62}]}
---
apiVersion: v1
kind: Pod
metadata: {name: my-app-1, namespace: production, labels: {app: my-app}}
spec: {containers: [{name: c, image: x, ports: [{containerPort: 8080, name: metrics}]}]}
status: {podIP: 10.244.7.1, podIPs: [{ip: 10.244.7.1}], phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: prometheus-0, namespace: monitoring, labels: {app: prometheus}}
spec: {containers: [{name: c, image: x}]}
status: {podIP: 10.244.7.2, podIPs: [{ip: 10.244.7.2}], phase: Running}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: scrape, namespace: production}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: prometheus}}, namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
      ports: [{port: metrics}]
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: office}
spec:
  order: 10
  types: [Ingress]
  namespaceSelector: team == 'shop'
  ingress:
    - {action: Allow, protocol: TCP, source: {selector: role == 'office'}, destination: {ports: [443]}}
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: {name: office, labels: {role: office}}
spec: {nets: [203.0.113.0/24]}
---
apiVersion: projectcalico.org/v3
kind: StagedGlobalNetworkPolicy
metadata: {name: nobody}
spec: {types: [Ingress], namespaceSelector: team == 'shop', order: 1, ingress: [{action: Deny}]}
`;

const paths: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  Node: '/api/v1/nodes',
  Pod: '/api/v1/namespaces/NS/pods',
  NetworkPolicy: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
  GlobalNetworkPolicy: '/apis/projectcalico.org/v3/globalnetworkpolicies',
  GlobalNetworkSet: '/apis/projectcalico.org/v3/globalnetworksets',
  StagedGlobalNetworkPolicy: '/apis/projectcalico.org/v3/stagedglobalnetworkpolicies',
};

describe('calispray reach of a live cluster', function () {
  this.timeout(180_000);
  const tools = toolPaths();
  const dir = mkdtempSync(join(tmpdir(), 'calispray-reach-api-'));
  let kube: Kube;
  const reach = (...words: string[]) => {
    const done = spawnSync(process.execPath, ['cli/main.ts', 'reach', ...words], { cwd: root, encoding: 'utf8' });
    return { status: done.status, out: done.stdout, err: done.stderr };
  };
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };

  before(async () => {
    kube = await startKube(tools, join(dir, 'kube'));
    const definitions = parseAllDocuments(readFileSync(join(tools.crds, 'calico.yaml'), 'utf8'));
    for (const document of definitions) {
      await made('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', document.toJS());
    }
    for (const object of objects()) {
      const { kind, metadata, status } = object;
      const path = (paths[kind] as string).replace('NS', metadata.namespace ?? '');
      await made(path, object);
      if (status === undefined) continue;
      const patch = await kube.call(
        'PATCH',
        `${path}/${metadata.name}/status`,
        { status },
        'application/merge-patch+json',
      );
      assert.equal(patch.status, 200, JSON.stringify(patch.body));
    }
  });
  after(async () => {
    await kube?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** A kind is served a moment after its definition, and a namespace has its account a moment after itself. */
  async function made(path: string, object: unknown): Promise<void> {
    for (let tries = 0; ; tries++) {
      const { status, body } = await kube.call('POST', path, object);
      if (status === 201) return;
      assert.ok(tries < 100, `POST ${path}: ${status} ${JSON.stringify(body)}`);
      await sleep(100);
    }
  }

  it('answers as it does from the manifests that were applied', () => {
    const live = ['--kubeconfig', join(dir, 'kube', 'kubeconfig')];
    const manifests = ['--world', file('world.yaml', world)];
    for (const words of [
      ['matrix', '--json'],
      ['exposed', '--json'],
      ['explain', 'monitoring/prometheus-0', 'production/my-app-1', '8080'],
      ['explain', '203.0.113.9', 'production/my-app-1', '443', '--json'],
    ]) {
      const asked = reach(...words, ...live);
      assert.equal(asked.status, 0, asked.err);
      assert.equal(asked.out, reach(...words, ...manifests).out, words.join(' '));
    }
    const explained = reach('explain', 'monitoring/prometheus-0', 'production/my-app-1', '8080', ...live).out;
    assert.match(explained, /tcp\/8080: allow\n/);
    assert.match(explained, /allowed by ingress\[0\] of NetworkPolicy production\/scrape \(tier default\)/);
    assert.match(explained, /once staged policies are enforced: deny\n/);
    const none = reach('diff', `kubeconfig:${live[1]}`, join(dir, 'world.yaml'));
    assert.match(none.out, /^No connection is opened or closed\.\n/, none.err);
  });

  it('finds the way in that the last up of a stack has left in its state', async () => {
    const project = join(dir, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'Pulumi.yaml'), 'name: providers\nruntime: nodejs\n');
    copyFileSync(join(root, 'Pulumi.dev.yaml'), join(project, 'Pulumi.test.yaml'));
    let kubeconfig: string | undefined;
    const made = async () => (kubeconfig === undefined ? {} : { kubeconfig: pulumi.secret(kubeconfig) });
    const stack = await TestStack.open(tools, join(dir, 'stack'), made);
    const env = {
      ...process.env,
      CALISPRAY_STATE: join(dir, 'calispray'),
      PULUMI_BACKEND_URL: `file://${join(dir, 'stack', 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'passphrase of a test',
    };
    const ask = () => {
      const words = ['reach', 'exposed', '--json', '--live', '--stack', 'test', '--cwd', project];
      return spawnSync(process.execPath, ['cli/main.ts', ...words], { cwd: root, encoding: 'utf8', env });
    };
    await stack.up();
    assert.match(ask().stdout, /no-kubeconfig/);
    kubeconfig = kube.kubeconfig;
    await stack.up();
    const { stdout, stderr } = ask();
    assert.equal(stdout, reach('exposed', '--json', '--world', join(dir, 'world.yaml')).out, stderr);
    const [key] = /client-key-data: (\S+)/.exec(kube.kubeconfig)?.slice(1) ?? [];
    assert.ok(key !== undefined && !`${stdout}${stderr}`.includes(key));
  });

  it('names what a user may not list, with rights that are enough and change nothing', async () => {
    await made('/api/v1/namespaces/monitoring/serviceaccounts', { metadata: { name: 'reader' } });
    const token = await kube.call('POST', '/api/v1/namespaces/monitoring/serviceaccounts/reader/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    });
    const config = parse(kube.kubeconfig);
    config.users[0].user = { token: token.body.status.token };
    const as = ['matrix', '--json', '--kubeconfig', file('reader', JSON.stringify(config))];
    const { status, out, err } = reach(...as, '--format', 'text');
    assert.equal(status, 1);
    const said = `${out}${err}`;
    assert.match(said, /forbidden/);
    assert.match(
      said,
      /may not list namespaces, nodes, pods, .*networkpolicies\.networking\.k8s\.io, .*tiers\.projectcalico\.org/,
    );
    assert.ok(!said.includes(token.body.status.token));
    const rules = parse(/rules: (\[.*\])/.exec(JSON.parse(out).findings[0].hint)?.[1] ?? '');
    assert.ok(rules.every(({ verbs }: { verbs: string[] }) => verbs.every((verb) => ['get', 'list'].includes(verb))));
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    await made(`${rbac}/clusterroles`, { metadata: { name: 'reader' }, rules });
    await made(`${rbac}/clusterrolebindings`, {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'monitoring' }],
    });
    // The authoriser learns of it a moment later.
    for (let tries = 0; reach(...as).status !== 0; tries++) assert.ok(tries < 20, reach(...as).out);
    assert.equal(reach(...as).out, reach('matrix', '--json', '--world', join(dir, 'world.yaml')).out);
  });
});

interface Written {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly status?: object;
}

function objects(): Written[] {
  return parseAllDocuments(world).map((document) => document.toJS());
}
