import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { nodeEvidence } from '../../kubespray/doctor/evidence.ts';
import { apiAnswer, nodeAnswer } from '../../kubespray/doctor/evidence-schema.ts';
import { readEvidence, writtenEvidence } from '../../kubespray/doctor/read.ts';
import { scrubbed } from '../../kubespray/doctor/scrub.ts';
import { declaredForDump } from '../../kubespray/doctor/scrub-declared.ts';
import type { Evidence } from '../../kubespray/doctor/types.ts';
import { planted } from '../kubespray/doctor/support/planted.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';
import { DoctorNode } from './doctor-node.ts';

const texts = Object.values(planted).map(([text]) => text);
const inOneLine = texts.map((text) => text.replaceAll('\n', '\\n'));
/** Where nothing but the secret itself stands, so that no shape tells it. */
const BARE = 'correct-horse-battery-staple';

/** Every place that evidence comes from has every kind of secret in it. */
describe('a dump of a cluster in which secrets lie about', () => {
  let node: DoctorNode;
  before(() => {
    node = new DoctorNode();
  });
  after(() => node.remove());

  async function collected(): Promise<Evidence> {
    node.command(
      'nft',
      [
        'table inet fw {',
        '\tchain input {',
        ...inOneLine.map((text) => `\t\ttcp dport 1 ${text} drop comment "${BARE}"`),
        '\t}',
        '}',
      ].join('\n'),
    );
    node.command(
      'ip',
      JSON.stringify(
        texts.map((text) => ({ ifname: `x ${text}`, mtu: 1500, addr_info: [], dst: text, gateway: text })),
      ),
    );
    node.file(
      '/var/log/pods/kube-system_calico-node-x_1/calico-node/0.log',
      inOneLine.map((text) => `Failed to execute: ${text}\n${text} ${BARE}\n`).join(''),
    );
    node.file(
      '/etc/kubernetes/kubelet.conf',
      `clusters:\n- cluster:\n    server: https://127.0.0.1:1\nusers:\n- user:\n    token: ${BARE}\n${texts.join('\n')}`,
    );
    node.file('/var/lib/calico/nodename', `n ${texts.join(' ')}`);
    node.file(
      '/etc/kubernetes/kubelet-config.yaml',
      `clusterDNS:\n${inOneLine.map((text) => `- ${text}\n`).join('')}authentication: ${BARE}\n`,
    );
    const bird = createServer((socket) => {
      const errors = inOneLine.map((text) => `   Last error:       ${text}\n   Password: ${BARE}\n`).join('');
      socket.end(`0001 BIRD ready.\n1002-M BGP  master start 10:00 Idle ${texts[5]}\n${errors}0000 \n`);
      socket.on('error', () => {});
    });
    mkdirSync(join(node.dir, 'var/run/calico'), { recursive: true });
    bird.listen(join(node.dir, 'var/run/calico/bird.ctl'));
    await once(bird, 'listening');
    const answer = nodeAnswer.parse(await node.ask('node', { address: '127.0.0.1' }));
    bird.close();
    assert.ok(
      answer.log.length > 10 && answer.drops.length > 10 && (answer.bird[0]?.lines.length ?? 0) > 10,
      'they were read',
    );

    node.file('/etc/kubernetes/admin.conf', texts.join('\n'));
    const named = Object.fromEntries(texts.map((text, at) => [`n${at}`, text]));
    const metadata = {
      name: 'a',
      namespace: 'kube-system',
      labels: named,
      annotations: { ...named, bare: BARE, 'projectcalico.org/IPv4Address': texts[1] },
    };
    const waits = { waiting: { reason: 'CrashLoopBackOff', message: texts.join(' ') } };
    const env = [{ name: 'PASSWORD', value: BARE }];
    node.kubectl({
      '/version': { gitVersion: 'v1.35.4' },
      '/api/v1/nodes': { items: [{ metadata, status: {} }] },
      '/api/v1/pods': {
        items: texts.map((text) => ({
          metadata: { ...metadata, name: 'calico-node-x' },
          spec: { nodeName: 'a', containers: [{ env }] },
          status: { phase: 'Pending', message: text, containerStatuses: [{ state: waits }] },
        })),
      },
      '/api/v1/namespaces': { items: [{ metadata }] },
      '/apis/projectcalico.org/v3': {
        resources: [
          { name: 'bgppeers', kind: 'BGPPeer' },
          { name: 'globalnetworkpolicies', kind: 'GlobalNetworkPolicy' },
        ],
      },
      '/apis/projectcalico.org/v3/bgppeers': { items: [{ metadata, spec: { password: BARE, filters: texts } }] },
      '/apis/projectcalico.org/v3/globalnetworkpolicies': {
        items: [{ metadata, spec: { ingress: [{ metadata: { annotations: named } }] } }],
      },
    });
    const api = apiAnswer.parse(await node.ask('api'));
    assert.ok(!('unknown' in api) && api.peers.length === 1 && api.waiting.length > 10);

    const declared = declaredForDump({
      ...stackCluster('dev'),
      kubespray: {
        version: 'v2.31.0',
        extraVariables: { one: BARE, ...Object.fromEntries(texts.map((text, at) => [`v${at}`, [text]])) },
      },
      surplus: texts,
    });
    const tick = { asked: 1, told: 1, heard: 1 };
    return {
      ...{ version: 1, at: '2026-11-23T00:00:00Z', declared, paths: [], lab: false, api: { value: api } },
      nodes: {
        a: { value: nodeEvidence(answer, tick, clusterOf(stackCluster('dev')), api) },
        b: { unknown: `no way to https://u:${BARE}@host, ${texts.join(' ')}` },
      },
    };
  }

  it('has none of them, and is one all the same', async () => {
    const { value, removed } = scrubbed(await collected(), [BARE]);
    const dump = writtenEvidence(value);
    for (const [kind, [, secret]] of Object.entries(planted)) {
      const at = dump.indexOf(secret);
      assert.equal(at, -1, `${kind}: ${dump.slice(Math.max(0, at - 200), at + 100)}`);
    }
    assert.ok(!dump.includes(BARE));
    assert.ok(Object.keys(removed).length >= 8, JSON.stringify(removed));
    assert.deepEqual(readEvidence(dump, 'x').nodes, value.nodes);
  });

  it('has none of those that stand where nothing is read, though nobody knows them for secrets', async () => {
    const { value } = scrubbed(await collected());
    const dump = writtenEvidence(value);
    const left = [...dump.matchAll(new RegExp(`.{0,60}${BARE}`, 'g'))].map(([line]) => line);
    assert.deepEqual(left, []);
  });
});
