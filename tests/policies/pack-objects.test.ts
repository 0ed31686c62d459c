import assert from 'node:assert/strict';
import fc from 'fast-check';
import { metricsObjects, policyObjects } from '../../cluster/index.ts';
import { subjectOf } from '../../kubespray/index.ts';
import { type KubernetesObject, objectRules } from '../../policies/objects/index.ts';
import { policyRules } from '../../policies/objects/policy/index.ts';
import { INVENTORY, PackRun, UNKNOWN, urnOf } from '../support/pack.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';

const lab = stackCluster('lab');
const good = subjectOf(clusterOf(lab));
const SERVICE = 'kubernetes:core/v1:Service';
const MONITOR = 'kubernetes:monitoring.coreos.com/v1:ServiceMonitor';
const KUBERNETES = 'kubernetes:networking.k8s.io/v1:NetworkPolicy';
const CALICO = 'kubernetes:projectcalico.org/v3:NetworkPolicy';
const GLOBAL = 'kubernetes:projectcalico.org/v3:GlobalNetworkPolicy';
const STAGED = 'kubernetes:projectcalico.org/v3:StagedGlobalNetworkPolicy';
const STAGED_KUBERNETES = 'kubernetes:projectcalico.org/v3:StagedKubernetesNetworkPolicy';
type Resource = [type: string, props: object];

/** Those about policies themselves have worlds of their own to be tried in. */
const others = Object.fromEntries(policyRules.map(({ code }) => [code, 'disabled' as const]));

/** The resources registered in this order, and the stack judged. */
async function judged(resources: readonly Resource[], levels: ConstructorParameters<typeof PackRun>[0] = {}) {
  const run = new PackRun({ ...others, ...levels });
  for (const [i, [type, props]] of resources.entries()) await run.register(type, `r${i}`, props);
  // What a preview has of outputs before there is a cluster: nothing.
  return run.finish(() => ({}));
}

const object = (type: string, spec: unknown, metadata: object = {}): Resource => {
  const [, apiVersion = '', kind = ''] = type.split(':');
  return [
    type,
    {
      apiVersion: apiVersion.replace('core/', ''),
      kind,
      metadata: { name: 'own', namespace: 'kube-system', ...metadata },
      spec,
    },
  ];
};
const labels = { 'k8s-app': 'calico-node' };
const service = (ports: unknown, more: object = {}) =>
  object(SERVICE, { selector: labels, ports, ...more }, { labels });

describe('rules over objects', () => {
  for (const stack of stacks) {
    it(`have nothing against what stack ${stack} declares`, async () => {
      const cluster = clusterOf(stackCluster(stack));
      const declared = [...policyObjects(cluster), ...metricsObjects(cluster)].map(
        ({ apiVersion, kind, metadata, spec }): Resource => {
          const type = `kubernetes:${apiVersion === 'v1' ? 'core/v1' : apiVersion}:${kind}`;
          return [type, { apiVersion, kind, metadata, spec }];
        },
      );
      const { said } = await judged([[INVENTORY, subjectOf(cluster)], ...declared]);
      const codes = new Set(objectRules.map((rule) => rule.code));
      assert.deepEqual(
        said.filter(({ rule }) => codes.has(rule)),
        [],
      );
    });
  }

  it('never throw, whatever the objects hold', async () => {
    const leaf = fc.oneof(fc.constant(UNKNOWN), fc.string(), fc.integer(), fc.constant(null), fc.boolean());
    const key = fc.constantFrom(
      'ports',
      'selector',
      'types',
      'policyTypes',
      'egress',
      'matchLabels',
      'name',
      'endpoints',
      'k8s-app',
    );
    const deep = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    const props = fc.record({ apiVersion: leaf, kind: leaf, metadata: deep, spec: deep }, { requiredKeys: [] });
    const types = fc.constantFrom(SERVICE, MONITOR, KUBERNETES, CALICO, GLOBAL);
    const known = types.chain((type) => deep.map((spec) => object(type, spec)));
    const any = fc.oneof(known, fc.tuple(types, props));
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 4 }), async (junk) => {
        const run = await judged([[INVENTORY, good], ...(junk as Resource[])], {
          ...Object.fromEntries(policyRules.map(({ code }) => [code, 'advisory' as const])),
          'types-missing': 'remediate',
          'metrics-port': 'remediate',
        });
        assert.deepEqual(
          run.said.filter(({ message }) => message.includes('a mistake of the rule')),
          [],
        );
      }),
      { numRuns: 80 },
    );
  });
});

describe('types-missing', () => {
  const rule = [{ action: 'Allow' }];
  const cases: [type: string, spec: object, expected: string[] | undefined][] = [
    [KUBERNETES, {}, ['Ingress']],
    [KUBERNETES, { ingress: [] }, ['Ingress']],
    [KUBERNETES, { ingress: [{}] }, ['Ingress']],
    [KUBERNETES, { egress: [{}] }, ['Ingress', 'Egress']],
    [KUBERNETES, { policyTypes: [], ingress: [{}], egress: [{}] }, ['Ingress', 'Egress']],
    [CALICO, {}, ['Ingress']],
    [CALICO, { ingress: rule }, ['Ingress']],
    [CALICO, { egress: rule }, ['Egress']],
    [GLOBAL, { egress: rule }, ['Egress']],
    [GLOBAL, { ingress: rule, egress: rule }, ['Ingress', 'Egress']],
    [STAGED, { egress: rule }, ['Egress']],
    [STAGED_KUBERNETES, { egress: [{}] }, ['Ingress', 'Egress']],
    // Whoever writes an empty list means to deny egress, and gets Ingress: not one right answer.
    [KUBERNETES, { egress: [] }, undefined],
    [GLOBAL, { ingress: rule, egress: [] }, undefined],
  ];
  for (const [type, spec, expected] of cases) {
    const kind = type.split(':').slice(1).join(' ');
    it(`of ${kind} ${JSON.stringify(spec)} are ${expected?.join(' and ') ?? 'for a person to say'}`, async () => {
      const advised = await judged([object(type, spec)]);
      assert.deepEqual(advised.codes, ['advisory types-missing']);
      const run = await judged([object(type, spec)], { 'types-missing': 'remediate' });
      const field = [KUBERNETES, STAGED_KUBERNETES].includes(type) ? 'policyTypes' : 'types';
      assert.deepEqual(
        run.remedied.map(({ props }) => props.spec),
        expected === undefined ? [] : [{ ...spec, [field]: expected }],
      );
      assert.deepEqual(run.codes, expected === undefined ? ['mandatory types-missing'] : []);
    });
  }

  it('are left alone where they are said, and in objects of another API', async () => {
    const said = [
      object(KUBERNETES, { policyTypes: ['Egress'] }),
      object(GLOBAL, { types: ['Ingress'] }),
      object(STAGED_KUBERNETES, { stagedAction: 'Delete' }),
      object(SERVICE, {}),
    ];
    const { codes, remedied } = await judged(said, { 'types-missing': 'remediate' });
    assert.deepEqual([codes, remedied], [[], []]);
  });

  it('are not judged where they are not known yet, and that is said', async () => {
    for (const spec of [UNKNOWN, { policyTypes: UNKNOWN }, { egress: [{ to: UNKNOWN }] }]) {
      const { said } = await judged([object(KUBERNETES, spec)], { 'types-missing': 'remediate' });
      assert.deepEqual(
        said.map(({ rule: code, level, urn }) => [code, level, urn]),
        [['not-judged', 'advisory', urnOf(KUBERNETES, 'r0')]],
      );
      assert.match(
        said[0]?.message ?? '',
        /at spec\S*: spec\S* of NetworkPolicy kube-system\/own is known only after the up, so .*types-missing.* could not judge it/,
      );
    }
  });
});

describe('metrics-port', () => {
  const inventory: Resource = [INVENTORY, good];
  const remediate = { 'metrics-port': 'remediate' } as const;

  it('is the port of Felix, and is put right', async () => {
    const wrong = service([{ name: 'metrics', port: 9091, targetPort: 9099 }]);
    assert.deepEqual((await judged([inventory, wrong])).codes, ['mandatory metrics-port']);
    const run = await judged([inventory, wrong], remediate);
    assert.deepEqual(run.codes, []);
    assert.deepEqual(run.remedied[0]?.props.spec, {
      selector: labels,
      ports: [{ name: 'metrics', port: 9091, targetPort: 9091 }],
    });
  });

  it('counts port where no target is said, takes a name for the pod’s business and leaves other ports alone', async () => {
    assert.deepEqual((await judged([inventory, service([{ port: 80 }])])).codes, ['mandatory metrics-port']);
    assert.deepEqual((await judged([inventory, service([{ port: 80, targetPort: 'felix' }])])).codes, []);
    const two = service([
      { name: 'metrics', port: 9091 },
      { name: 'bgp', port: 179 },
    ]);
    assert.deepEqual((await judged([inventory, two])).codes, []);
    assert.deepEqual(
      (await judged([inventory, object(SERVICE, { selector: { app: 'x' }, ports: [{ port: 80 }] })])).codes,
      [],
    );
  });

  it('stays a violation where the Service came before the inventory, or Felix answers nobody', async () => {
    const wrong = service([{ name: 'metrics', port: 80 }]);
    assert.deepEqual((await judged([wrong, inventory], remediate)).codes, ['mandatory metrics-port']);
    const off: Resource = [
      INVENTORY,
      { ...good, variables: { ...good.variables, calico_felix_prometheusmetricsenabled: false } },
    ];
    const run = await judged([off, service([{ port: 9091 }])], remediate);
    assert.deepEqual([run.codes, run.remedied], [['mandatory metrics-port'], []]);
  });

  it('is not judged where the cluster is not in the stack, or which of two it is, cannot be known', async () => {
    const wrong = service([{ port: 80 }]);
    assert.deepEqual((await judged([wrong])).codes, []);
    const unknown: Resource = [
      INVENTORY,
      { ...good, variables: { ...good.variables, calico_felix_prometheusmetricsport: UNKNOWN } },
    ];
    const { codes, said } = await judged([unknown, wrong]);
    assert.deepEqual([...new Set(codes)], ['advisory not-judged']);
    assert.ok(said.some(({ message }) => message.includes('so metrics-port could not judge it')));
  });
});

describe('rules over several resources', () => {
  it('find two inventories of one cluster and a node in two clusters', async () => {
    const run = await judged([
      [INVENTORY, good],
      [INVENTORY, good],
    ]);
    assert.deepEqual([...new Set(run.codes)], ['mandatory one-inventory']);
    assert.equal(run.codes.length, 1 + good.hosts.length);
    const other = subjectOf(clusterOf(edited(lab, { name: 'other' })));
    const shared = await judged([
      [INVENTORY, good],
      [INVENTORY, other],
    ]);
    assert.equal(shared.codes.length, good.hosts.length);
    const hosts = other.hosts.map((host, i) => ({ ...host, address: `192.168.5.${i}` }));
    const apart = await judged([
      [INVENTORY, good],
      [INVENTORY, { ...other, hosts }],
    ]);
    assert.ok(!apart.codes.some((code) => code.endsWith('one-inventory')), apart.codes.join());
  });

  it('say of hosts that are not known that they could not be compared', async () => {
    const { said } = await judged([
      [INVENTORY, good],
      [INVENTORY, { ...good, variables: { ...good.variables, cluster_name: 'b' }, hosts: UNKNOWN }],
    ]);
    assert.ok(
      said.some(({ rule, message }) => rule === 'not-judged' && /hosts is .*so one-inventory could not/.test(message)),
    );
  });

  it('find a ServiceMonitor that selects nothing, and one that names no port of its Service', async () => {
    const monitor = (matchLabels: object, port = 'metrics', more: object = {}) =>
      object(MONITOR, { selector: { matchLabels }, endpoints: [{ port }], ...more });
    const own = service([{ name: 'metrics', port: 9091 }]);
    assert.deepEqual((await judged([own, monitor(labels)])).codes, []);
    assert.deepEqual((await judged([own, monitor({ app: 'x' })])).codes, ['advisory monitor-without-service']);
    assert.deepEqual((await judged([own, monitor(labels, '9091')])).codes, ['mandatory monitor-port']);
    const elsewhere = { namespaceSelector: { matchNames: ['monitoring'] } };
    assert.deepEqual((await judged([own, monitor(labels, 'metrics', elsewhere)])).codes, [
      'advisory monitor-without-service',
    ]);
    assert.deepEqual((await judged([own, monitor(labels, 'metrics', { namespaceSelector: { any: true } })])).codes, []);
    const byExpression = object(MONITOR, {
      selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
      endpoints: [],
    });
    assert.deepEqual((await judged([own, byExpression])).codes, []);
  });

  it('find objects of Calico’s API where nothing serves it', async () => {
    const policy = object(GLOBAL, { types: ['Ingress'] });
    const off = { ...good, variables: { ...good.variables, calico_apiserver_enabled: false } };
    assert.deepEqual((await judged([[INVENTORY, off], policy])).codes, ['mandatory api-server-off']);
    assert.deepEqual((await judged([[INVENTORY, good], policy])).codes, []);
    assert.deepEqual((await judged([policy])).codes, []);
  });

  it('refuse what the API would refuse, whatever a configuration makes of their level', async () => {
    const refused = objectRules.filter((rule) => rule.class === 'refused').map(({ code }) => code);
    assert.ok(refused.length > 0);
    const broken = [
      object(GLOBAL, { types: ['Ingress'], selector: 'all(' }),
      object(KUBERNETES, { podSelector: {}, policyTypes: ['Sideways'] }),
      object(MONITOR, { selector: {}, endpoints: [{ port: 'web', interval: 'soon' }] }),
    ];
    const refusals = async (level: 'mandatory' | 'advisory' | 'disabled') => {
      const levels = Object.fromEntries(refused.map((code) => [code, level]));
      const { said } = await judged(broken, levels);
      return said.filter(({ rule }) => refused.includes(rule)).map(({ rule, level, urn }) => `${level} ${rule} ${urn}`);
    };
    const all = await refusals('mandatory');
    assert.deepEqual(new Set(all.map((each) => each.split(' ')[1])), new Set(refused));
    for (const level of ['advisory', 'disabled'] as const)
      assert.deepEqual((await refusals(level)).sort(), [...all].sort(), level);
  });

  it('judge nothing by an object’s own failure', () => {
    for (const rule of objectRules) {
      const object: KubernetesObject = {
        urn: '',
        apiVersion: '',
        kind: '',
        name: '',
        namespace: '',
        labels: {},
        spec: {},
        unknown: [],
      };
      assert.deepEqual(rule.judge({ inventories: [], objects: [object], worlds: [] }), [], rule.code);
    }
  });
});
