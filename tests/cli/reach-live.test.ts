import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiServer, apiServerOf } from '../../cli/reach/api-server.ts';
import { readLive } from '../../cli/reach/live.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SECRET = 'c2VjcmV0LW9mLXRoZS11c2Vy';

type Item = Readonly<Record<string, unknown>>;
interface Said {
  readonly status?: number;
  readonly body: unknown;
}

/** An API server of our own: lists by path, in pages of as many as are asked for. */
class Fake {
  readonly lists: Record<string, Item[]> = {};
  readonly says: Record<string, (query: URLSearchParams, times: number) => Said | undefined> = {};
  readonly asked: string[] = [];
  #server: Server | undefined;
  #times = new Map<string, number>();

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      this.asked.push(`${request.method} ${request.url}`);
      const times = (this.#times.get(pathname) ?? 0) + 1;
      this.#times.set(pathname, times);
      const { status = 200, body } = this.says[pathname]?.(searchParams, times) ?? this.#answer(pathname, searchParams);
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' }).end(JSON.stringify(body));
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #answer(path: string, query: URLSearchParams): Said {
    const items = this.lists[path];
    const below = Object.keys(this.lists).filter((list) => list.startsWith(`${path}/`));
    if (items === undefined && below.length > 0) {
      return { body: { kind: 'APIResourceList', resources: below.map((list) => ({ name: list.split('/').at(-1) })) } };
    }
    if (items === undefined)
      return { status: 404, body: { message: 'the server could not find the requested resource' } };
    const from = Number(query.get('continue') ?? 0);
    const limit = Number(query.get('limit') ?? items.length);
    const more = from + limit < items.length ? { continue: String(from + limit) } : {};
    return { body: { metadata: more, items: items.slice(from, from + limit) } };
  }
}

const pod = (name: string, more: object = {}): Item => ({
  metadata: { name, namespace: 'n', labels: { app: name }, managedFields: [{ manager: 'x' }] },
  spec: {
    containers: [{ name: 'c', env: [{ name: 'PASSWORD', value: SECRET }], ports: [{ containerPort: 80 }] }],
    ...more,
  },
  status: { podIP: '10.0.0.1', conditions: [] },
});

const policy = (name: string, spec: object, metadata: object = {}): Item => ({ metadata: { name, ...metadata }, spec });

describe('a live world', () => {
  let fake: Fake;
  let address: string;
  const said: string[] = [];
  const read = async () => {
    const server = await apiServerOf(kubeconfig(address));
    return readLive(server, (line) => said.push(line));
  };

  beforeEach(async () => {
    fake = new Fake();
    address = await fake.start();
    said.length = 0;
    Object.assign(fake.lists, {
      '/api/v1/namespaces': [{ metadata: { name: 'n' } }],
      '/api/v1/nodes': [],
      '/api/v1/pods': [pod('a'), pod('b')],
      '/api/v1/services': [],
      '/api/v1/serviceaccounts': [],
      '/apis/discovery.k8s.io/v1/endpointslices': [],
      '/apis/networking.k8s.io/v1/networkpolicies': [],
      '/apis/projectcalico.org/v3/globalnetworkpolicies': [policy('g', { types: ['Ingress'] })],
      '/apis/projectcalico.org/v3/clusterinformations': [policy('default', { calicoVersion: 'v3.31.5' })],
    });
  });
  afterEach(() => fake.stop());

  it('is read by lists alone, with what a verdict may hang on and no more', async () => {
    const { resources, calico } = await read();
    assert.equal(calico, 'v3.31.5');
    assert.deepEqual(
      resources.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`),
      ['v1 Namespace n', 'v1 Pod a', 'v1 Pod b', 'projectcalico.org/v3 GlobalNetworkPolicy g'],
    );
    assert.ok(fake.asked.every((line) => line.startsWith('GET ')));
    const all = JSON.stringify(resources);
    assert.ok(!all.includes(SECRET) && !all.includes('managedFields'), 'the environment of a pod is nobody’s business');
    assert.deepEqual(said, []);
  });

  it('is read page by page, and again from the beginning where the server has forgotten it', async () => {
    fake.lists['/api/v1/pods'] = Array.from({ length: 1201 }, (_, i) => pod(`p${i}`));
    assert.equal((await read()).resources.filter(({ kind }) => kind === 'Pod').length, 1201);
    assert.deepEqual(
      fake.asked.filter((line) => line.includes('/pods')),
      [
        'GET /api/v1/pods?limit=500',
        'GET /api/v1/pods?limit=500&continue=500',
        'GET /api/v1/pods?limit=500&continue=1000',
      ],
    );
    fake.says['/api/v1/pods'] = (query) =>
      query.get('continue') === null ? undefined : { status: 410, body: { reason: 'Expired' } };
    assert.equal((await read()).resources.filter(({ kind }) => kind === 'Pod').length, 1201);
  });

  it('says how far it is with what is long', async () => {
    fake.lists['/api/v1/pods'] = Array.from({ length: 5200 }, (_, i) => pod(`p${i}`));
    await read();
    assert.deepEqual(said, ['Reading pods: 5000 so far']);
  });

  it('waits a moment for a server that is too busy', async () => {
    fake.says['/api/v1/pods'] = (_, times) => (times === 1 ? { status: 429, body: {} } : undefined);
    assert.equal((await read()).resources.filter(({ kind }) => kind === 'Pod').length, 2);
  });

  it("leaves out Kubernetes' own policies where Calico's API shows them a second time", async () => {
    fake.lists['/apis/projectcalico.org/v3/networkpolicies'] = [
      policy('knp.default.deny', {}, { namespace: 'n' }),
      policy('deny', { types: ['Ingress'] }, { namespace: 'n' }),
    ];
    const { resources } = await read();
    assert.deepEqual(
      resources.filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => metadata.name),
      ['deny'],
    );
  });

  describe("without Calico's API", () => {
    beforeEach(() => {
      for (const path of Object.keys(fake.lists)) if (path.includes('projectcalico.org')) delete fake.lists[path];
      const stash = (v3: object) => ({ annotations: { 'projectcalico.org/metadata': JSON.stringify(v3) } });
      Object.assign(fake.lists, {
        '/apis/crd.projectcalico.org/v1/globalnetworkpolicies': [
          policy('default.raw', {}),
          policy('default.named', { types: ['Ingress'] }, stash({ name: 'default.named', labels: { a: 'b' } })),
          policy('net.other', { tier: 'net', types: ['Egress'] }, stash({ name: 'net.other' })),
        ],
        '/apis/crd.projectcalico.org/v1/globalnetworksets': [
          policy('s', { nets: ['1.1.1.1/32'] }, stash({ labels: { set: 's' } })),
        ],
      });
    });

    it('is what the CRDs store, as the API would say it: names, labels, and both directions where nobody said', async () => {
      const told = (await read()).resources.filter(({ apiVersion }) => apiVersion.includes('projectcalico'));
      assert.deepEqual(
        told.map(({ apiVersion, metadata, spec }) => [
          apiVersion,
          metadata.name,
          metadata.labels,
          (spec as { types?: unknown }).types,
        ]),
        [
          ['projectcalico.org/v3', 'raw', {}, ['Ingress', 'Egress']],
          ['projectcalico.org/v3', 'default.named', { a: 'b' }, ['Ingress']],
          ['projectcalico.org/v3', 'net.other', {}, ['Egress']],
          ['projectcalico.org/v3', 's', { set: 's' }, undefined],
        ],
      );
    });

    it('is the same, with a word about it, where the API is there and does not answer', async () => {
      fake.says['/apis/projectcalico.org/v3'] = () => ({ status: 503, body: { message: 'service unavailable' } });
      assert.equal((await read()).resources.filter(({ kind }) => kind === 'GlobalNetworkPolicy').length, 3);
      assert.match(said.join(), /Calico's own API does not answer/);
    });

    it('nor its CRDs is no world', async () => {
      for (const path of Object.keys(fake.lists)) if (path.includes('projectcalico.org')) delete fake.lists[path];
      await assert.rejects(read(), /no-calico: .* serves none of Calico's kinds/);
    });
  });

  it('names every kind that may not be listed, and the rights for them', async () => {
    const no = () => ({ status: 403, body: { message: 'pods is forbidden: User "x" cannot list resource' } });
    fake.says['/api/v1/pods'] = no;
    fake.says['/api/v1/nodes'] = no;
    fake.says['/apis/projectcalico.org/v3/globalnetworkpolicies'] = no;
    await assert.rejects(read(), (error: Error) => {
      assert.match(
        error.message,
        /forbidden: this user may not list nodes, pods, globalnetworkpolicies\.projectcalico\.org of http/,
      );
      assert.match(error.message, /\{apiGroups: \[""\], resources: \[nodes, pods\], verbs: \[list\]\}/);
      assert.match(
        error.message,
        /resources: \[globalnetworkpolicies, tier\.globalnetworkpolicies, tiers\], verbs: \[get, list\]/,
      );
      return true;
    });
  });

  it('says what else the server will not', async () => {
    fake.says['/api/v1/pods'] = () => ({ status: 500, body: { message: 'etcd is slow' } });
    await assert.rejects(read(), /cannot-list: pods of http.* cannot be listed \(500\): etcd is slow/);
    fake.says['/api/v1/pods'] = () => ({ status: 401, body: { message: 'Unauthorized' } });
    await assert.rejects(read(), /no-credentials: http/);
    fake.says['/api/v1/pods'] = () => ({ body: 'no map' });
    await assert.rejects(read(), /cannot-list/);
  });

  describe('as calispray reach --kubeconfig asks for it', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'calispray-reach-live-'));
    });
    after(() => rmSync(folder, { recursive: true }));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const reach = async (...words: string[]) => {
      const child = spawn(process.execPath, ['cli/main.ts', 'reach', ...words], { cwd: root });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          text += chunk;
        });
      }
      await once(child, 'close');
      assert.ok(!text.includes(SECRET), 'no part of the kubeconfig is shown');
      assert.doesNotMatch(text, /\n {4}at /);
      return text;
    };

    it('answers, with manifests over it and without what is left out', async () => {
      const config = file('config', kubeconfig(address));
      fake.lists['/apis/projectcalico.org/v3/globalnetworkpolicies'] = [
        policy('g', { types: ['Ingress'], selector: 'app == "b"' }),
      ];
      const words = ['explain', 'n/a', 'n/b', '80', '--kubeconfig', config];
      assert.match(await reach(...words), /^n\/a -> n\/b tcp\/80: deny\n[\s\S]*where GlobalNetworkPolicy g is for it/);
      assert.match(await reach(...words, '--without', 'globalnetworkpolicy/g'), /tcp\/80: allow\n/);
      const open = `{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: g}, spec: {types: [Ingress], ingress: [{action: Allow}]}}`;
      assert.match(await reach(...words, '--world', file('open.yaml', open)), /tcp\/80: allow\n/);
      assert.match(
        await reach('diff', `kubeconfig:${config}`, '--without', 'GlobalNetworkPolicy/g'),
        /^opened {2}all {2}n\/a, the internet -> n\/b\n/,
      );
      assert.match(await reach(...words, '--without', 'Pod/n/x'), /no-such-resource: there is no Pod\/n\/x/);
    });

    it('says in a sentence what is wrong with a kubeconfig', async () => {
      const ask = (path: string, ...more: string[]) => reach('matrix', '--kubeconfig', path, ...more);
      assert.match(await ask(join(folder, 'none')), /no-such-file: the kubeconfig .* cannot be read/);
      assert.match(await ask(file('broken', `users: [{name: ${SECRET}`)), /bad-kubeconfig: .* it is no kubeconfig/);
      assert.match(await ask(file('empty', 'apiVersion: v1\nkind: Config\n')), /bad-kubeconfig/);
      assert.match(
        await ask(file('config', kubeconfig(address)), '--context', 'prod'),
        /it has no context prod; there are: test/,
      );
      assert.match(
        await ask(file('config', kubeconfig('http://127.0.0.1:1'))),
        /unreachable: http:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
      );
    });

    it('wants one cluster named', async () => {
      assert.match(await reach('matrix', '--live'), /--live does not say which cluster/);
      assert.match(await reach('matrix', '--context', 'x', '--stack', 'dev'), /--context is of a kubeconfig/);
      assert.match(await reach('matrix', '--kubeconfig', 'x', '--stack', 'dev'), /two worlds/);
      assert.match(await reach('diff', 'live', 'stack:dev'), /`live` does not say which cluster/);
    });
  });
});

describe('an API server', () => {
  it('that says nothing is given up on', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const config = { applyToHTTPSOptions: async () => {} } as never;
    const { port } = silent.address() as AddressInfo;
    try {
      const server = new ApiServer(config, `http://127.0.0.1:${port}`, 0.2);
      await assert.rejects(server.get('/api/v1'), /unreachable: .* no answer within 0\.2 s/);
    } finally {
      silent.close();
      silent.closeAllConnections();
    }
  });
});

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'u' } }],
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: SECRET } }],
  });
}
