import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { CalicoCluster, clusterOutputs } from '../../components/index.ts';
import { verifyPlan } from '../../kubespray/verify/index.ts';
import { type Declared, HOST_KEY, noteDeclared, type Preview } from '../support/declared.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const NAME = 'vmstation-verification-checks';

describe('the verification of a stack', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-verification-'));
    writeFileSync(join(dir, 'id'), 'PLANTED-PRIVATE-KEY\n');
    writeFileSync(join(dir, 'known_hosts'), ['63', '62', '61'].map((n) => `192.168.4.${n} ${HOST_KEY}\n`).join(''));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const clusterWith = (change: object = {}) =>
    clusterOf(
      edited(
        edited(stackCluster('dev'), { ssh: { key: join(dir, 'id'), knownHosts: join(dir, 'known_hosts') } }),
        change,
      ),
    );

  /** All that a program declares with the change, and what its outputs come to. */
  async function declaredWith(change: object = {}, preview?: Preview) {
    const declared = noteDeclared(undefined, preview);
    const cluster = clusterWith(change);
    const made = new CalicoCluster('vmstation', { cluster });
    const { verified } = clusterOutputs(cluster, made);
    const said = await new Promise<string>((done) => void pulumi.output(verified as string).apply(done));
    await pulumi.runtime.disconnect();
    return { declared, said, cluster };
  }
  const checksOf = (declared: readonly Declared[]): Declared => {
    const found = declared.find(({ name }) => name === NAME);
    assert.ok(found, declared.map(({ name }) => name).join(', '));
    return found;
  };
  const triggersWith = async (change: object) =>
    checksOf((await declaredWith(change)).declared).inputs.triggers as string[];

  it('is carried out on the controller, last of all, with the plan of the cluster', async () => {
    const { declared, cluster } = await declaredWith();
    const checks = checksOf(declared);
    const commands = declared.filter(({ type }) => type === 'command:remote:Command' || type.startsWith('kubernetes:'));
    const prometheus = ['Service', 'ServiceMonitor', 'PrometheusRule', 'ConfigMap'];
    const last = commands.filter(({ type }) => !prometheus.includes(type.split(':').at(-1) ?? '')).at(-1);
    assert.equal(last?.name, NAME);
    assert.match(JSON.stringify(checks.inputs.connection), /"host":"192\.168\.4\.63"/);
    const told = JSON.parse(String(checks.inputs.stdin)) as { plan: unknown };
    assert.deepEqual(told.plan, verifyPlan(cluster));
  });

  it('says what came of it, and keeps what is secret out of what it is told', async () => {
    const { declared, said } = await declaredWith();
    assert.equal(said, '0 checks passed', 'the mock of a command prints no results');
    const { connection: _, ...inputs } = checksOf(declared).inputs;
    assert.doesNotMatch(JSON.stringify(inputs), /PLANTED/);
  });

  it('is carried out again when facts of the build, pools, policies or its own plan are otherwise', async () => {
    const before = await triggersWith({});
    const changes: Record<string, [change: object, differs: number[]]> = {
      nothing: [{}, []],
      'a fact of the build': [{ felix: { logSeverity: 'warning' } }, [0]],
      'a policy': [
        {
          policies: {
            isolate: ['monitoring'],
            allowClusterInternal: { order: 100, except: ['production', 'monitoring'] },
          },
        },
        [1],
      ],
      'its own plan': [{ verify: { outside: ['203.0.113.7'] } }, [2]],
      'what Prometheus has': [{ monitoring: 'none' }, []],
    };
    for (const [what, [change, differs]] of Object.entries(changes)) {
      const after = await triggersWith(change);
      assert.deepEqual(
        before.flatMap((trigger, i) => (trigger === after[i] ? [] : [i])),
        differs,
        what,
      );
    }
  });

  it('is told in a preview what it will be told in the up', async () => {
    const { declared } = await declaredWith({}, { record: undefined });
    assert.ok(checksOf(declared).inputs.stdin !== undefined);
  });

  it('is not there where the stack says never', async () => {
    const { declared, said } = await declaredWith({ verify: { after: 'never' } });
    assert.deepEqual(
      declared.filter(({ type, name }) => /verif/i.test(`${type} ${name}`)),
      [],
    );
    assert.equal(said, 'not verified');
  });
});
