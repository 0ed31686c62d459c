import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { apiAnswer } from '../../kubespray/doctor/evidence-schema.ts';
import type { ApiEvidence } from '../../kubespray/doctor/types.ts';
import { DoctorNode } from './doctor-node.ts';

/** A server that knows its clients by their certificates, as the API server does. */
describe('the API, asked with the certificate of the kubeconfig', () => {
  let node: DoctorNode;
  let server: Server;
  let answers: Record<string, { status?: number; body: unknown }>;
  let asked: string[];

  const certificate = (name: string) => {
    const [key, crt] = [join(node.dir, `${name}.key`), join(node.dir, `${name}.crt`)];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-keyout', key, '-out', crt, '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key), cert: readFileSync(crt) };
  };
  const kubeconfig = (ca: Buffer, mine: { key: Buffer; cert: Buffer }) => {
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const data = (bytes: Buffer) => bytes.toString('base64');
    return `clusters:\n- cluster:\n    certificate-authority-data: ${data(ca)}\n    server: ${url}\n  name: c\nusers:\n- name: u\n  user:\n    client-certificate-data: ${data(mine.cert)}\n    client-key-data: ${data(mine.key)}\n`;
  };
  let mine: { key: Buffer; cert: Buffer };

  before(async () => {
    node = new DoctorNode();
    mine = certificate('mine');
    server = createServer(
      { ...mine, ca: mine.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        asked.push(request.url ?? '');
        const { pathname, searchParams } = new URL(request.url ?? '', 'https://x');
        const page = searchParams.get('continue');
        const { status = 200, body } = answers[page === null ? pathname : `${pathname} ${page}`] ?? {
          status: 404,
          body: { message: 'there is none' },
        };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    node.script('kubectl', 'echo kubectl was asked >&2; exit 1');
  });
  beforeEach(() => {
    asked = [];
    answers = { '/version': { body: { gitVersion: 'v1.35.4' } } };
    node.file('/etc/kubernetes/admin.conf', kubeconfig(mine.cert, mine));
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    node.remove();
  });

  const nodes = (name: string, further?: string) => ({
    body: { metadata: { continue: further }, items: [{ metadata: { name }, status: {} }] },
  });

  it('is read page by page, and needs no kubectl', async () => {
    answers['/api/v1/nodes'] = nodes('a', 'more');
    answers['/api/v1/nodes more'] = nodes('b');
    const api = (await node.ask('api')) as ApiEvidence;
    assert.deepEqual([api.kubernetes, api.nodes.map(({ name }) => name)], ['1.35.4', ['a', 'b']]);
    assert.ok(asked.includes('/api/v1/nodes?limit=500&continue=more'));
  });

  it('is read as it is stored where Calico’s own server is down', async () => {
    answers['/apis/projectcalico.org/v3'] = { status: 503, body: { message: 'service unavailable' } };
    answers['/apis/crd.projectcalico.org/v1'] = { body: { resources: [{ name: 'ippools', kind: 'IPPool' }] } };
    answers['/apis/crd.projectcalico.org/v1/ippools'] = {
      body: { items: [{ metadata: { name: 'p' }, spec: { cidr: '10.0.0.0/16' } }] },
    };
    const { pools } = (await node.ask('api')) as ApiEvidence;
    assert.deepEqual(pools, [{ name: 'p', spec: { cidr: '10.0.0.0/16' } }]);
  });

  it('is not known at all where a list is refused: an empty one would be a lie', async () => {
    answers['/api/v1/pods'] = { status: 403, body: { message: 'pods is forbidden' } };
    assert.deepEqual(await node.ask('api'), {
      unknown: 'the API refuses what it is asked: HTTP 403: pods is forbidden',
    });
  });

  it('is not told anything where its certificate is another’s, and is not believed in', async () => {
    node.file('/etc/kubernetes/admin.conf', kubeconfig(certificate('other').cert, mine));
    const { unknown } = (await node.ask('api')) as { unknown: string };
    assert.match(unknown, /^the API does not answer: 127\.0\.0\.1:\d+: .*certificate verify failed/i);
    assert.deepEqual(asked, []);
  });
});

describe('what the API tells the doctor', () => {
  let node: DoctorNode;
  beforeEach(() => {
    node = new DoctorNode();
    node.file('/etc/kubernetes/admin.conf', '');
  });
  afterEach(() => node.remove());

  const pod = (name: string, spec: object, status: object, namespace = 'production') => ({
    metadata: { name, namespace, labels: { app: name } },
    spec: { nodeName: 'homelab', ...spec },
    status,
  });
  const answers = {
    '/version': { gitVersion: 'v1.35.4' },
    '/apis/crd.projectcalico.org/v1': {
      resources: [
        { name: 'ipamblocks', kind: 'IPAMBlock' },
        { name: 'ippools', kind: 'IPPool' },
      ],
    },
    '/apis/crd.projectcalico.org/v1/ippools': { items: [{ metadata: { name: 'p' }, spec: { cidr: '10.0.0.0/16' } }] },
    '/apis/crd.projectcalico.org/v1/ipamblocks': {
      items: [
        {
          spec: {
            cidr: '10.0.0.0/30',
            affinity: 'host:homelab',
            allocations: [0, null, 1, null],
            attributes: [
              { handle_id: 'vxlan-tunnel-addr-homelab', secondary: { node: 'homelab', type: 'vxlanTunnelAddress' } },
              { handle_id: 'k8s-pod-network.1', secondary: { node: 'homelab', namespace: 'production', pod: 'web' } },
            ],
          },
        },
        { spec: { cidr: '10.0.0.4/30', deleted: true } },
      ],
    },
    '/api/v1/nodes': {
      items: [
        {
          metadata: {
            name: 'homelab',
            annotations: { 'projectcalico.org/IPv4Address': '192.168.4.62/24', 'example.org/token': 'hunter2' },
          },
          status: {
            conditions: [{ type: 'Ready', status: 'True' }],
            addresses: [{ type: 'InternalIP', address: '192.168.4.62' }],
          },
        },
      ],
    },
    '/api/v1/pods': {
      items: [
        pod('web', {}, { phase: 'Running', podIPs: [{ ip: '10.0.0.2' }] }),
        pod(
          'late',
          {},
          { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] },
        ),
        pod('unplaced', { nodeName: '' }, { phase: 'Pending' }),
        pod(
          'calico-node-x',
          { hostNetwork: true },
          { phase: 'Running', podIPs: [{ ip: '192.168.4.62' }] },
          'kube-system',
        ),
      ],
    },
    '/api/v1/namespaces': { items: [{ metadata: { name: 'production', labels: { a: 'b' } } }] },
    '/api/v1/events?fieldSelector=type%3DWarning,reason%3DFailedCreatePodSandBox': {
      items: [
        {
          involvedObject: { kind: 'Pod', namespace: 'production', name: 'late' },
          lastTimestamp: '2026-11-23T20:00:00Z',
          message: 'failed to request 1 IPv4 addresses. IPAM allocated only 0',
        },
      ],
    },
    '/apis/apps/v1/namespaces/kube-system/daemonsets': {
      items: [
        {
          metadata: { name: 'calico-node', namespace: 'kube-system' },
          status: { desiredNumberScheduled: 3, numberReady: 2 },
        },
      ],
    },
    '/apis/networking.k8s.io/v1/networkpolicies': {
      items: [{ metadata: { name: 'deny', namespace: 'production' }, spec: { podSelector: {} } }],
    },
  };

  it('is the fields that are judged, of every kind that is served', async () => {
    node.kubectl(answers);
    assert.deepEqual(apiAnswer.parse(await node.ask('api')), {
      kubernetes: '1.35.4',
      nodes: [
        {
          ...{ name: 'homelab', ready: true, internal: ['192.168.4.62'], labels: {} },
          annotations: { 'projectcalico.org/IPv4Address': '192.168.4.62/24' },
        },
      ],
      pods: [
        { pod: 'kube-system/calico-node-x', node: 'homelab', phase: 'Running', ready: false, restarts: 0, why: '' },
      ],
      daemonSets: { 'kube-system/calico-node': { desired: 3, ready: 2 } },
      addresses: [{ pod: 'production/web', node: 'homelab', address: '10.0.0.2', labels: { app: 'web' } }],
      waiting: [
        { pod: 'production/late', node: 'homelab', why: 'failed to request 1 IPv4 addresses. IPAM allocated only 0' },
      ],
      pools: [{ name: 'p', spec: { cidr: '10.0.0.0/16' } }],
      felix: [],
      bgp: [],
      peers: [],
      blocks: [
        {
          cidr: '10.0.0.0/30',
          node: 'homelab',
          size: 4,
          held: [
            { address: '10.0.0.0', handle: 'vxlan-tunnel-addr-homelab', node: 'homelab' },
            { address: '10.0.0.2', handle: 'k8s-pod-network.1', node: 'homelab', pod: 'production/web' },
          ],
        },
      ],
      policies: [
        {
          ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { podSelector: {} } },
          metadata: { name: 'deny', namespace: 'production' },
        },
      ],
      namespaces: [{ name: 'production', labels: { a: 'b' } }],
    });
  });

  it('is why nothing is known, where the API does not answer or this is no control-plane node', async () => {
    assert.deepEqual(await node.ask('api'), {
      unknown: 'the API does not answer: Error from server (NotFound): there is no /version',
    });
    const other = new DoctorNode();
    assert.deepEqual(await other.ask('api'), { unknown: `there is no ${other.dir}/etc/kubernetes/admin.conf` });
    other.remove();
  });
});
