import assert from 'node:assert/strict';
import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js';
import { changeLines, propertyChanges, show, valueAt } from '../../cli/engine/diff.ts';
import { Journal, type Told } from '../../cli/engine/journal.ts';
import { labelOf } from '../../cli/engine/label.ts';
import {
  countLine,
  diagnosticLines,
  remediationLines,
  resourceLines,
  toldLines,
  violationLines,
  withoutStack,
} from '../../cli/engine/lines.ts';
import { previewLines } from '../../cli/plan.ts';

const urn = (type: string, name: string) => `urn:pulumi:dev::calispray::${type}::${name}`;
const stackUrn = urn('pulumi:pulumi:Stack', 'calispray-dev');

function step(op: string, type: string, name: string, more: Partial<StepEventMetadata> = {}): StepEventMetadata {
  const state = {
    type,
    urn: urn(type, name),
    custom: !type.startsWith('calispray:'),
    id: '',
    parent: stackUrn,
    inputs: {},
    outputs: {},
    provider: '',
  };
  return { op, urn: urn(type, name), type, provider: '', new: state, ...more } as StepEventMetadata;
}
const outputs = (metadata: StepEventMetadata, planning = true): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  resOutputsEvent: { metadata, planning },
});
const pre = (metadata: StepEventMetadata): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  resourcePreEvent: { metadata },
});
const diagnostic = (message: string, severity: 'info' | 'warning' | 'error' = 'error'): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  diagnosticEvent: { message, severity, color: 'never' },
});

describe("a journal of the engine's events", () => {
  it('shows components before their children, in the same order every time', () => {
    const component = step('create', 'calispray:cluster:Node', 'b');
    const child = step('create', 'command:remote:Command', 'b-facts');
    if (child.new !== undefined) child.new.parent = component.urn;
    const lines = [
      [child, component],
      [component, child],
    ].map((order) => {
      const journal = new Journal();
      for (const metadata of order) journal.take(outputs(metadata));
      return resourceLines(journal);
    });
    assert.deepEqual(lines[0], ['  + node b', '    + command b-facts', '', '2 to create']);
    assert.deepEqual(lines[1], lines[0]);
  });

  it('tells what a rule put right as sentences, secrets left out', () => {
    const told: Told[] = [];
    const journal = new Journal((each) => told.push(each));
    const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: 'x' };
    const before = { spec: { ports: [{ port: 80 }], same: 1 }, stdin: 'a: 1\nb: 2\n', token: secret };
    const after = {
      spec: { ports: [{ port: 81 }], same: 1, types: ['Ingress'] },
      stdin: 'a: 1\nb: 3\n',
      token: secret,
    };
    const policyRemediationEvent = {
      policyName: 'metrics-port',
      resourceUrn: urn('kubernetes:core/v1:Service', 's'),
      before,
      after,
    };
    journal.take({ sequence: 0, timestamp: 0, policyRemediationEvent } as EngineEvent);
    journal.take({
      sequence: 1,
      timestamp: 0,
      policyRemediationEvent: { ...policyRemediationEvent, after: before },
    } as EngineEvent);
    assert.deepEqual(remediationLines(journal.remediations), [
      'remedied metrics-port in Service s',
      '  ~ spec.ports: [{"port":80}] → [{"port":81}]',
      '  + spec.types: ["Ingress"]',
      '  ~ stdin:',
      '      - b: 2',
      '      + b: 3',
    ]);
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['remediation'],
    );
    assert.deepEqual(previewLines(journal).slice(0, 3), ['no change', '', 'remedied metrics-port in Service s']);
  });

  it('counts a replacement once, whatever steps it takes', () => {
    const journal = new Journal();
    for (const op of ['create-replacement', 'replace', 'delete-replaced']) {
      const metadata = step(op, 'command:remote:Command', 'run', { keys: ['triggers'] });
      journal.take(pre(metadata));
      journal.take(outputs(metadata, false));
    }
    journal.take(outputs(step('same', 'command:remote:Command', 'other'), false));
    assert.equal(countLine(journal, 'over'), '1 replaced, 1 unchanged');
  });

  it('ends a replacement with its new self, where the old one is taken away before', () => {
    const told: Told[] = [];
    const journal = new Journal((each) => told.push(each));
    const of = (op: string) => step(op, 'command:remote:Command', 'run', { keys: ['triggers'] });
    for (const op of ['delete-replaced', 'replace']) {
      journal.take(pre(of(op)));
      journal.take(outputs(of(op), false));
    }
    journal.take(pre(of('create-replacement')));
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['begun'],
    );
    assert.equal(countLine(journal, 'over'), '1 not done');
    journal.take({
      sequence: 0,
      timestamp: 0,
      resOpFailedEvent: { metadata: of('create-replacement'), status: 1, steps: 1 },
    });
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['begun', 'ended'],
    );
    assert.match(told.flatMap((each) => toldLines(each)).join(), /✗ command run could not be replaced/);
  });

  it('says of each change how it ended', () => {
    const told: Told[] = [];
    const journal = new Journal((each) => told.push(each));
    journal.take(pre(step('create', 'command:remote:Command', 'good')));
    journal.take(outputs(step('create', 'command:remote:Command', 'good'), false));
    journal.take(pre(step('update', 'command:remote:Command', 'bad')));
    journal.take({
      sequence: 0,
      timestamp: 0,
      resOpFailedEvent: { metadata: step('update', 'command:remote:Command', 'bad'), status: 1, steps: 1 },
    });
    const lines = told.flatMap((each) => toldLines(each)).map((line) => line.replace(/\d+\.\d s$/, 'T'));
    assert.deepEqual(lines, ['  ✓ command good created  T', '  ✗ command bad could not be updated  T']);
    assert.equal(countLine(journal, 'over'), '1 created, 1 not done');
  });

  it('knows when an up would do nothing, and when only an output differs', () => {
    const stackStep = (before: object, after: object) => {
      const metadata = step('same', 'pulumi:pulumi:Stack', 'calispray-dev');
      const state = metadata.new as NonNullable<typeof metadata.new>;
      return { ...metadata, old: { ...state, outputs: before }, new: { ...state, outputs: after } };
    };
    const idle = new Journal();
    idle.take(outputs(stackStep({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })));
    idle.take(outputs(step('same', 'command:remote:Command', 'x')));
    assert.ok(idle.idle());
    assert.equal(countLine(idle, 'planned'), 'no change, 1 unchanged');
    const other = new Journal();
    other.take(outputs(stackStep({ a: 1 }, { a: 2 })));
    assert.ok(!other.idle());
    assert.equal(countLine(other, 'planned'), 'only outputs change');
  });

  it('shows the stack’s outputs with their secrets masked, whatever the engine puts in their place', () => {
    const metadata = step('same', 'pulumi:pulumi:Stack', 'calispray-dev');
    const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', plaintext: '"planted"' };
    if (metadata.new !== undefined) metadata.new.outputs = { kubeconfig: secret, in: [{ deep: secret }], mtu: 1500 };
    const journal = new Journal();
    journal.take(outputs(metadata));
    assert.deepEqual(journal.outputs, { kubeconfig: '[secret]', in: [{ deep: '[secret]' }], mtu: 1500 });
  });

  it("turns our pack's violations into findings and shows each once", () => {
    const journal = new Journal();
    const event: EngineEvent = {
      sequence: 0,
      timestamp: 0,
      policyEvent: {
        resourceUrn: urn('calispray:kubespray:Inventory', 'i'),
        message:
          'Packets fit.\nharmful at network.mtu: MTU 1600 is more than 1500\n  → Write 1500. (kubespray v2.31.0 x:1)',
        color: 'never',
        policyName: 'mtu-above-encapsulation',
        policyPackName: 'calispray',
        policyPackVersion: '1',
        policyPackVersionTag: '1',
        enforcementLevel: 'mandatory',
      },
    };
    journal.take(event);
    journal.take(event);
    assert.deepEqual(violationLines(journal.mandatory()), [
      'harmful mtu-above-encapsulation at network.mtu: MTU 1600 is more than 1500',
      '  → Write 1500. (kubespray v2.31.0 x:1)',
    ]);
  });

  it("replaces the engine's page about a killed run by one line", () => {
    const journal = new Journal();
    journal.take(
      diagnostic(
        `Attempting to deploy or update resources with 1 pending operations from previous deployment.
  * ${urn('command:remote:Command', 'run')}, interrupted while creating
These resources are in an unknown state because the Pulumi CLI was interrupted.`,
        'warning',
      ),
    );
    journal.take(diagnostic('using pulumi-resource-x from $PATH at /y', 'warning'));
    journal.take(diagnostic('update failed'));
    assert.deepEqual(
      journal.diagnostics.map((each) => each.message),
      ['a killed run left off while creating command run; that is done again'],
    );
  });
});

describe('lines about what went wrong', () => {
  it('are bounded in number and length, and end with the last ones', () => {
    const message = Array.from({ length: 500 }, (_, at) => `line ${at} ${'x'.repeat(1000)}`).join('\n');
    const lines = diagnosticLines({ severity: 'error', message });
    assert.equal(lines.length, 31);
    assert.ok(lines.every((line) => line.length < 420));
    assert.match(lines[0] ?? '', /470 lines before these/);
    assert.match(lines.at(-1) ?? '', /line 499/);
  });

  it("show no stack trace for a mistake of the user's, and keep it for a bug", () => {
    const thrown =
      'Unhandled exception: UserError: refused x at a.b: wrong\n  → mend it\n    at f (/a.ts:1:2)\n    at g (/b.ts:3:4)';
    assert.equal(withoutStack(thrown), 'refused x at a.b: wrong\n  → mend it');
    const bug = 'Unhandled exception: TypeError: x\n    at f (/a.ts:1:2)';
    assert.equal(withoutStack(bug), bug);
  });
});

describe('property changes', () => {
  const metadata = {
    old: { inputs: { spec: { order: 100, types: ['Ingress'] }, stdin: 'a\nb\nc\nd' }, outputs: {} },
    new: { inputs: { spec: { order: 200, types: ['Ingress', 'Egress'] }, stdin: 'a\nB\nc\nd' }, outputs: {} },
    detailedDiff: {
      'spec.order': { diffKind: 'update', inputDiff: true },
      'spec.types[1]': { diffKind: 'add', inputDiff: true },
      stdin: { diffKind: 'update-replace', inputDiff: true },
    },
  } as unknown as StepEventMetadata;

  it('are read along the engine’s paths and shown short', () => {
    assert.deepEqual(propertyChanges(metadata).flatMap(changeLines), [
      '~ spec.order: 100 → 200',
      '+ spec.types[1]: "Egress"',
      '~ stdin:  (needs a new one)',
      '    - b',
      '    + B',
    ]);
  });

  it('follow quoted keys', () => {
    assert.equal(valueAt({ metadata: { labels: { 'a.b/c': 'x' } } }, 'metadata.labels["a.b/c"]'), 'x');
    assert.equal(valueAt({ a: [{ b: 1 }] }, 'a[0].b'), 1);
    assert.equal(valueAt({ a: 1 }, 'a.b.c'), undefined);
  });

  it('say what is not known yet, and cut what is long', () => {
    assert.equal(show('04da6b54-80e4-46f7-96ec-b56ff0331ba9'), '(known after up)');
    assert.equal(show('x'.repeat(200)).length, 72);
  });
});

describe('labels', () => {
  it('name an object of Kubernetes by kind, namespace and name', () => {
    const type = 'kubernetes:networking.k8s.io/v1:NetworkPolicy';
    const made = step('create', type, 'lab-policies-production-allow-dns');
    if (made.new !== undefined) made.new.inputs = { metadata: { name: 'allow-dns', namespace: 'production' } };
    assert.equal(labelOf(made), 'NetworkPolicy production/allow-dns');
  });
});
