import assert from 'node:assert/strict';
import type { Evidence } from '../../../kubespray/doctor/index.ts';
import { subjectOf } from '../../../kubespray/doctor/judge.ts';
import { evidenceOf, type Written } from './support/edit.ts';

const symptoms = (written: Written): readonly string[] => subjectOf(evidenceOf(written)).symptoms;

const deaf = { small: 'silent', largest: null, tcp: 'silent', udp: 'silent' };
const fromMaster = { layer: 'pod', from: 'masternode', to: 'homelab' };
const deny = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', namespace: 'production' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
};

describe('symptoms', () => {
  it('are paths that are silent, narrow, or carry echoes alone', () => {
    const at = (change: object) =>
      symptoms({ base: { way: 'vxlan' }, edits: [{ at: ['paths', fromMaster], with: { ...change } }] });
    assert.deepEqual(at(deaf), ['path pod masternode→homelab silent']);
    assert.deepEqual(at({ largest: 1400 }), ['path pod masternode→homelab narrow']);
    assert.deepEqual(at({ tcp: 'silent', udp: 'silent' }), ['path pod masternode→homelab without TCP and UDP']);
    assert.deepEqual(at({ small: 'silent', largest: null }), [], 'an answer to anything is an answer');
  });

  it('are paths that miss UDP alone, or TCP, where a second one of a node says so too', () => {
    const at = (which: Readonly<Record<string, unknown>>, change: object) =>
      symptoms({ base: { way: 'none' }, edits: [{ at: ['paths', which], with: { ...change } }] });
    const homelab = { layer: 'pod', to: 'homelab' };
    assert.deepEqual(at(homelab, { udp: 'silent' }), [
      'path pod masternode→homelab without UDP',
      'path pod storagenodet3500→homelab without UDP',
    ]);
    assert.deepEqual(at({ layer: 'pod', from: 'homelab' }, { tcp: 'silent' }), [
      'path pod homelab→masternode without TCP',
      'path pod homelab→storagenodet3500 without TCP',
    ]);
    assert.deepEqual(at(fromMaster, { udp: 'silent' }), [], 'nodes say “port unreachable” a few times a second only');
    assert.deepEqual(at({ layer: 'node', to: 'homelab' }, { udp: 'silent' }), [], 'a firewall of nodes may drop it');
  });

  it('are not found between nodes whose firewall drops echoes and closed ports, and a port that matters answers', () => {
    const node = { layer: 'node', from: 'homelab', to: 'masternode' };
    assert.deepEqual(symptoms({ base: { way: 'none' }, edits: [{ at: ['paths', node], with: deaf }] }), []);
    const shut = { ...deaf, ports: { 'tcp/179': 'silent', 'tcp/6443': 'silent' } };
    assert.deepEqual(symptoms({ base: { way: 'none' }, edits: [{ at: ['paths', node], with: shut }] }), [
      'path node homelab→masternode silent',
    ]);
  });

  it('are not what a policy does, where it is enforced', () => {
    const edits: Written['edits'] = [
      { at: ['paths', fromMaster], with: deaf },
      { at: ['api', 'value', 'policies'], add: [deny] },
    ];
    assert.deepEqual(symptoms({ base: { way: 'vxlan' }, edits }), []);
    assert.deepEqual(symptoms({ base: { way: 'vxlan', lab: true }, edits }), ['path pod masternode→homelab silent']);
    const elsewhere = { ...deny, metadata: { name: 'deny', namespace: 'kube-system' } };
    const other: Written['edits'] = [
      edits[0] as Written['edits'][number],
      { at: ['api', 'value', 'policies'], add: [elsewhere] },
    ];
    assert.deepEqual(symptoms({ base: { way: 'vxlan' }, edits: other }), ['path pod masternode→homelab silent']);
    const nameless: Written['edits'] = [...other, { at: ['api', 'value', 'addresses', '*', 'labels'], remove: true }];
    assert.deepEqual(symptoms({ base: { way: 'vxlan' }, edits: nameless }), [], 'nobody knows whom it selects');
  });

  it('are sessions that are not there, routes that are missing, and who is not ready', () => {
    const edits: Written['edits'] = [
      {
        at: ['nodes', 'homelab', 'value', 'bird', 0, 'lines'],
        to: ['Mesh BGP --- start 10:00:00 Active', '    Neighbor address: 192.168.4.63'],
      },
      { at: ['nodes', 'homelab', 'value', 'routes', { to: '10.244.0.0/26' }], remove: true },
      // There a path is answered: the route came after it was looked for.
      { at: ['nodes', 'homelab', 'value', 'routes', { to: '10.244.0.64/26' }], remove: true },
      { at: ['paths', { layer: 'pod', from: 'homelab', to: 'masternode' }], remove: true },
      { at: ['api', 'value', 'nodes', { name: 'homelab' }], with: { ready: false } },
      { at: ['api', 'value', 'pods', { pod: 'kube-system/coredns-0' }], with: { ready: false } },
      { at: ['api', 'value', 'waiting'], add: [{ pod: 'production/new', node: 'homelab', why: '' }] },
    ];
    assert.deepEqual([...symptoms({ base: { way: 'none' }, edits })].sort(), [
      'bgp homelab→192.168.4.63',
      'bgp homelab→storagenodet3500 missing',
      'node homelab not ready',
      'pod kube-system/coredns-0 not ready',
      'pod production/new waits',
      'route homelab→10.244.0.0/26 missing',
    ]);
  });

  it('of routers are their sessions alone: nobody misses a mesh', () => {
    const network = { bgp: { as: 64512, topology: 'routers', peers: [{ address: '192.168.4.1', as: 64500 }] } };
    const lines = ['R BGP --- up 10:00:00 Established', '    Neighbor address: 192.168.4.1'];
    const edits: Written['edits'] = [{ at: ['nodes', '*', 'value', 'bird', 0, 'lines'], to: lines }];
    assert.deepEqual(symptoms({ base: { way: 'none', network }, edits }), []);
  });

  it('of a silent API are that alone, and where no node answers not even that', () => {
    const unread: Written = { base: { way: 'none' }, edits: [{ at: ['api'], to: { unknown: 'refused' } }] };
    assert.deepEqual(symptoms(unread), [], 'the nodes reach it: nobody could read it, and that is no symptom');
    const edits = [...unread.edits, { at: ['nodes', '*', 'value', 'api'], to: null }];
    const silent: Written = { ...unread, edits };
    assert.deepEqual(symptoms(silent), ['api silent']);
    const nobody: Evidence = {
      ...evidenceOf(silent),
      nodes: { masternode: { unknown: 'x' }, homelab: { unknown: 'x' }, storagenodet3500: { unknown: 'x' } },
      paths: [],
    };
    assert.deepEqual(subjectOf(nobody).symptoms, [
      'node masternode silent',
      'node homelab silent',
      'node storagenodet3500 silent',
    ]);
  });
});
