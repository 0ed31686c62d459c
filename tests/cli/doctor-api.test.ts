import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
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
    assert.deepEqual(await node.ask('api'), { unknown: 'the API refuses what it is asked: HTTP 403: pods is forbidden' });
  });

  it('is not told anything where its certificate is another’s, and is not believed in', async () => {
    node.file('/etc/kubernetes/admin.conf', kubeconfig(certificate('other').cert, mine));
    const { unknown } = (await node.ask('api')) as { unknown: string };
    assert.match(unknown, /^the API does not answer: 127\.0\.0\.1:\d+: .*certificate verify failed/i);
    assert.deepEqual(asked, []);
  });
});
