import assert from 'node:assert/strict';
import * as command from '@pulumi/command';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { parse, parseDocument } from 'yaml';
import { policyObjects } from '../../cluster/index.ts';
import { World, worldArgs } from '../../components/world.ts';
import { GlobalNetworkPolicy, NetworkPolicy } from '../../resources/index.ts';
import { Calispray } from '../support/calispray.ts';
import { PackOnEngine } from '../support/pack-engine.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

/** As the reference has it in its document: an allow-all at order 100, for every pod. */
const wordForWord = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'allow-cluster-internal' },
  spec: {
    order: 100,
    ingress: [{ action: 'Allow', source: { nets: ['10.244.0.0/16', '192.168.4.0/24'] } }],
    egress: [{ action: 'Allow' }],
  },
};

/** The stack's file with other policies of its own, and without the `allowClusterInternal` that leaves production out. */
function withExtra(text: string, extra: readonly object[]): string {
  const document = parseDocument(text);
  document.deleteIn(['config', 'calispray:cluster', 'policies', 'allowClusterInternal']);
  document.setIn(['config', 'calispray:cluster', 'policies', 'extra'], document.createNode(extra));
  return String(document);
}

interface Shown {
  readonly ok: boolean;
  readonly violations: readonly {
    readonly rule: string;
    readonly mandatory: boolean;
    readonly finding?: {
      readonly path: string;
      readonly message: string;
      readonly hint: string;
      readonly mend?: string;
    };
  }[];
}

describe('expectations of a stack, on the real engine', function () {
  this.timeout(120_000);
  const place = new Calispray('expectations');
  after(() => place.remove());

  const preview = async (name: string, change: (text: string) => string) => {
    const dir = place.project(name, 'dev', change);
    const { code, text } = await place.run('-C', dir, 'preview', '--stack', 'dev', '--json');
    const shown = JSON.parse(text.slice(text.indexOf('\n{') + 1)) as Shown;
    return { code, shown, of: (rule: string) => shown.violations.filter((each) => each.rule === rule) };
  };

  it('hold for the reference cluster, and nothing is left unjudged', async () => {
    const { code, shown } = await preview('clean', (text) => `${text}\n`);
    assert.deepEqual([code, shown.ok], [0, true]);
    assert.deepEqual(
      shown.violations.filter(({ rule, mandatory }) => mandatory || ['expectation', 'not-judged'].includes(rule)),
      [],
    );
  });

  it('stop the reference’s own policy word for word, with the connection, the rule and the change that mends it', async () => {
    const { code, of } = await preview('word-for-word', (text) => withExtra(text, [wordForWord]));
    assert.equal(code, 1);
    assert.deepEqual(
      of('policy-cancelled').map(({ finding }) => finding?.path),
      ['policies.extra[0].spec.ingress[0]', 'policies.extra[0].spec.egress[0]'],
    );
    const [found, ...others] = of('expectation');
    assert.deepEqual([others, found?.mandatory, found?.finding?.path], [[], true, 'expect[1]']);
    const { message = '', mend = '' } = found?.finding ?? {};
    assert.match(message, /^\S+.* -> .*production.* must be denied and is allowed: /);
    assert.match(message, /ingress\[0\] of GlobalNetworkPolicy allow-cluster-internal.*\(policies\.extra\[0\]\)/);
    const mended = parse(mend);
    assert.deepEqual([mended.kind, mended.metadata.name], ['GlobalNetworkPolicy', 'allow-cluster-internal']);
    const after = await preview('mended', (text) => withExtra(text, [mended]));
    assert.deepEqual([after.code, after.of('expectation'), after.of('not-judged')], [0, [], []]);
  });
});

describe('expectations of a program, on the real engine', function () {
  this.timeout(120_000);
  let engine: PackOnEngine;
  before(() => {
    engine = new PackOnEngine();
  });
  after(() => engine.remove());

  const cluster = clusterOf(stackCluster('dev'));

  /** The reference cluster's world and policies, with what else a program declares. */
  const program = (more: (provider: kubernetes.Provider) => void) => async () => {
    new World('declared', worldArgs(cluster));
    const provider = new kubernetes.Provider('api', { kubeconfig: new command.Provider('later').id });
    for (const { kind, metadata, spec } of policyObjects(cluster)) {
      const named = { metadata, spec: spec as never };
      if (kind === 'NetworkPolicy') new kubernetes.networking.v1.NetworkPolicy(metadata.name, named, { provider });
      else new GlobalNetworkPolicy(metadata.name, named, { provider });
    }
    more(provider);
  };
  const expectations = (violations: readonly { code: string; message: string }[]) =>
    violations.filter(({ code }) => code === 'expectation').map(({ message }) => message);

  it('are judged with policies that a program declares in TypeScript', async () => {
    const held = await engine.preview(program(() => {}));
    assert.deepEqual(expectations(held.violations), []);
    const { ok, violations } = await engine.preview(
      program((provider) => {
        const metadata = { name: 'open', namespace: 'production' };
        const ingress = [{ action: 'Allow' as const, source: { nets: ['0.0.0.0/0'] } }];
        new NetworkPolicy('open', { metadata, spec: { order: 10, types: ['Ingress'], ingress } }, { provider });
      }),
    );
    assert.equal(ok, false);
    assert.match(
      expectations(violations).join('\n'),
      /at expect\[1\]: .*ingress\[0\] of Calico NetworkPolicy production\/open/,
    );
  });

  it('are not taken for held where a policy is known only after the up', async () => {
    const { codes, violations } = await engine.preview(
      program((provider) => {
        // The id of a resource that is not created yet is the plainest unknown.
        const { id: selector } = new command.Provider('selector');
        const spec = { ...wordForWord.spec, selector, types: ['Ingress'] } as never;
        new GlobalNetworkPolicy('own', { metadata: { name: 'own' }, spec }, { provider });
      }),
    );
    assert.deepEqual(expectations(violations), []);
    assert.ok(codes.includes('advisory not-judged'), codes.join());
    assert.match(
      violations.map(({ message }) => message).join('\n'),
      /spec\.selector of GlobalNetworkPolicy own is known only after the up, so .*expectation.* could not judge it/,
    );
  });

  it('are judged in an exported state', async () => {
    const declared = (object: { kind: string; apiVersion: string; metadata: { name: string }; spec: object }) =>
      new Noted(`kubernetes:${object.apiVersion}:${object.kind}`, object.metadata.name, object);
    const run = await engine.run('up', async () => {
      new World('declared', worldArgs(cluster));
      for (const object of policyObjects(cluster)) declared(object);
    });
    assert.equal(run.ok, true, run.failure);
    const stack = await engine.select(async () => {});
    const state = JSON.stringify(await stack.exportStack());
    await stack.destroy({ color: 'never' });
    const good = engine.analyze(state);
    assert.equal(good.status, 0, `${good.stdout}${good.stderr}`);
    const open = state.replaceAll("not in {'production'}", "not in {'other'}");
    assert.notEqual(open, state);
    const bad = engine.analyze(open);
    assert.notEqual(bad.status, 0);
    assert.match(`${bad.stdout}${bad.stderr}`, /expect\[1\]: .* must be denied and is allowed/);
  });
});

/** An object of Kubernetes that a state holds, without an API that would have made it. */
class Noted extends pulumi.ComponentResource {
  constructor(type: string, name: string, inputs: object) {
    super(type, name, { ...inputs });
    this.registerOutputs({});
  }
}
