import assert from 'node:assert/strict';
import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js';
import { Journal } from '../../cli/engine/journal.ts';
import { labelOfUrn } from '../../cli/engine/label.ts';
import { resourceLines } from '../../cli/engine/lines.ts';
import { previewDocument, previewLines } from '../../cli/plan.ts';
import { type Plan, planLines } from '../../kubespray/plan/index.ts';

const cluster = 'calispray:cluster:CalicoCluster';
const command = 'command:remote:Command';
const urn = (types: readonly string[], name: string) => `urn:pulumi:lab::calispray::${types.join('$')}::${name}`;
const lab = urn([cluster], 'lab');

/** A step of the engine on a child of a component of the cluster `lab`. */
function step(op: string, types: readonly string[], name: string, parent: string, more: object = {}): EngineEvent {
  const own = urn(types, name);
  const type = types.at(-1) ?? '';
  const state = { type, urn: own, custom: type === command, id: '', parent, inputs: {}, outputs: {}, provider: '' };
  const metadata = { op, urn: own, type, provider: '', new: state, ...more } as StepEventMetadata;
  return { sequence: 0, timestamp: 0, resOutputsEvent: { metadata, planning: true } };
}

function updated(component: string, child: string, changes: Record<string, [before: unknown, after: unknown]>) {
  const parent = urn([cluster, component], `lab-${child.split('-')[0]}`);
  const side = (at: 0 | 1) => Object.fromEntries(Object.entries(changes).map(([name, pair]) => [name, pair[at]]));
  const detailedDiff = Object.fromEntries(Object.keys(changes).map((name) => [name, { diffKind: 'update' }]));
  const state = { type: command, custom: true, id: '', parent, outputs: {}, provider: '' };
  const event = step('update', [cluster, component, command], `lab-${child}`, parent, {
    detailedDiff,
    old: { ...state, inputs: side(0), outputs: side(0) },
    new: { ...state, inputs: side(1) },
  });
  return [step('same', [cluster, component], `lab-${child.split('-')[0]}`, lab), event];
}

const plan: Plan = {
  first: false,
  differences: [{ sign: '~', path: 'network.mtu', before: 1500, after: 1400, step: 'calico' }],
  steps: [
    {
      kind: 'calico',
      hosts: ['masternode'],
      calls: [{ playbook: 'cluster.yml', tags: ['network'] }],
      reason: 'Calico’s settings differ.',
      effects: ['Pods that run keep their MTU.'],
      minutes: [3, 10],
    },
  ],
};
const planStep = (inputs: object) =>
  step('update', [cluster, 'calispray:kubespray:Plan'], 'lab-plan', lab, { new: { parent: lab, inputs } });

function journalOf(...events: EngineEvent[]): Journal {
  const journal = new Journal();
  for (const event of events) journal.take(event);
  return journal;
}

describe('the lines of a preview', () => {
  const [component, calico] = updated('calispray:kubespray:Build', 'build-calico', {
    stdin: ['{\n  "part": {\n    "calico_mtu": 1500\n  }\n}', '{\n  "part": {\n    "calico_mtu": 1400\n  }\n}'],
  }) as [EngineEvent, EngineEvent];

  it('say what happens to the cluster first, and none of it twice', () => {
    const journal = journalOf(component, calico, planStep({ plan, says: [], change: {} }));
    const lines = previewLines(journal);
    assert.deepEqual(lines.slice(0, planLines(plan).length + 1), [...planLines(plan), '']);
    assert.deepEqual(resourceLines(journal), ['  ~ Calico settings', '', '1 to update, 1 unchanged']);
    assert.deepEqual(previewDocument('lab', journal).plan, plan);
  });

  it('show what a command gets where no plan says so', () => {
    assert.match(resourceLines(journalOf(component, calico)).join('\n'), /calico_mtu": 1400/);
  });

  it('do not take a plan for a resource that changes', () => {
    const journal = journalOf(planStep({}));
    assert.ok(journal.idle());
    assert.deepEqual(previewDocument('lab', journal).plan, { first: false, differences: [], steps: [] });
    assert.equal(previewLines(journal)[0], 'no change');
    assert.ok(!('plan' in previewDocument('lab', journalOf())));
  });

  it('name the files of the inventory that differ, and no line of them', () => {
    const files = (hosts: string) =>
      JSON.stringify({ 'inventory/hosts.yaml': hosts, known_hosts: 'same', 'desired.json': '{}' }, null, 1);
    const changed = updated('calispray:kubespray:Inventory', 'inventory-files', { stdin: [files('a'), files('b')] });
    assert.deepEqual(resourceLines(journalOf(...changed, planStep({}))).slice(0, 2), [
      '  ~ files of the inventory',
      '      ~ inventory/hosts.yaml',
    ]);
  });

  it('say of the declared world that it changes, and nothing of what is in it', () => {
    const world = 'calispray:reachability:World';
    const state = (expect: unknown) => ({ parent: lab, type: world, custom: false, inputs: { expect } });
    const event = step('update', [cluster, world], 'lab-world', lab, {
      detailedDiff: { 'expect[0]': { diffKind: 'add' } },
      old: state([]),
      new: state([{ verdict: 'deny', from: { kind: 'internet' } }]),
    });
    assert.deepEqual(resourceLines(journalOf(event)), ['  ~ declared world lab-world', '', '1 to update']);
  });

  it('put what is only read again into one line', () => {
    const reads = [
      ...updated('calispray:kubespray:Build', 'build-record', { stdin: ['a', 'b'] }),
      ...updated('calispray:kubespray:Kubeconfig', 'kubeconfig-read', { stdin: ['a', 'b'] }),
      ...updated('calispray:kubernetes:ApiGate', 'gate-wait', { stdin: ['a', 'b'], create: ['x', 'y'] }),
    ];
    assert.deepEqual(resourceLines(journalOf(...reads, planStep({}))).slice(0, -2), [
      '  ~ wait for the API',
      '      ~ what it runs',
      '  ~ afterwards: record of what was carried out, kubeconfig',
    ]);
  });

  it('say of another connection that nothing but a check runs, once a node', () => {
    const secret: [unknown, unknown] = ['[secret]', '[secret]'];
    const node = (name: string) => [
      step('same', [cluster, 'calispray:cluster:Node'], `lab-${name}`, lab),
      step('update', [cluster, 'calispray:cluster:Node', command], `lab-${name}-facts`, '', {
        detailedDiff: { connection: { diffKind: 'update' } },
        old: { parent: urn([cluster, 'calispray:cluster:Node'], `lab-${name}`), inputs: { connection: 1 } },
        new: {
          parent: urn([cluster, 'calispray:cluster:Node'], `lab-${name}`),
          type: command,
          custom: true,
          inputs: { connection: 2 },
        },
      }),
    ];
    const release = updated('calispray:kubespray:Build', 'build-release', { connection: secret });
    const journal = journalOf(...node('masternode'), ...release, planStep({}));
    assert.deepEqual(resourceLines(journal).slice(0, 2), [
      '  ~ connection of masternode: nothing runs on the nodes but a check',
      '',
    ]);
  });
});

describe('labels', () => {
  it('say what a command is for', () => {
    const build = [cluster, 'calispray:kubespray:Build', command];
    const controller = [cluster, 'calispray:kubespray:Controller', command];
    for (const [types, name, label] of [
      [build, 'lab-build-release', 'release'],
      [build, 'lab-build-settings', 'settings'],
      [build, 'lab-build-calico', 'Calico settings'],
      [build, 'lab-build-member-my-release', 'member my-release'],
      [build, 'lab-build-peer-a-member-b', 'BGP peer a-member-b'],
      [controller, 'lab-controller-authorised-on-my-key', 'access to my-key'],
      [controller, 'lab-controller-key', 'key of the controller'],
      [[cluster, 'calispray:cluster:Node', command], 'lab-homelab-facts', 'facts of lab-homelab'],
      [[cluster, 'calispray:kubernetes:ApiGate', command], 'lab-gate-wait', 'wait for the API'],
      [[command], 'lab-build-release', 'command lab-build-release'],
    ] as const) {
      assert.equal(labelOfUrn(urn(types, name)), label);
    }
  });
});
