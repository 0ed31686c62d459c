import assert from 'node:assert/strict';
import fc from 'fast-check';
import { metricsObjects, policyObjects } from '../../cluster/index.ts';
import { subjectOf } from '../../kubespray/index.ts';
import { worldInputs } from '../../policies/objects/declared.ts';
import { INVENTORY, PackRun, UNKNOWN, urnOf } from '../support/pack.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';

const WORLD = 'calispray:reachability:World';
const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';
const POLICY = 'kubernetes:networking.k8s.io/v1:NetworkPolicy';
const CALICO = 'kubernetes:projectcalico.org/v3:GlobalNetworkPolicy';
type Resource = [type: string, props: object];

const dev = stackCluster('dev');

/** What a preview of the stack declares: the inventory, the world, the objects. */
function declaredBy(value: object): Resource[] {
  const cluster = clusterOf(value);
  const objects = [...policyObjects(cluster), ...metricsObjects(cluster)].map(
    ({ apiVersion, kind, metadata, spec }): Resource => {
      const type = `kubernetes:${apiVersion === 'v1' ? 'core/v1' : apiVersion}:${kind}`;
      return [type, { apiVersion, kind, metadata, spec }];
    },
  );
  return [[INVENTORY, subjectOf(cluster)], [WORLD, worldInputs(cluster)], ...objects];
}

async function judged(resources: readonly Resource[], levels: ConstructorParameters<typeof PackRun>[0] = {}) {
  const run = new PackRun(levels);
  for (const [i, [type, props]] of resources.entries()) await run.register(type, `r${i}`, props);
  await run.finish(() => ({}));
  const of = (rule: string) => run.said.filter((said) => said.rule === rule);
  return { run, expectations: of('expectation'), unjudged: of('not-judged') };
}

/** The reference's own policy, word for word: at order 100 it allows before any policy of Kubernetes is asked. */
const wordForWord: Resource = [
  CALICO,
  {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkPolicy',
    metadata: { name: 'word-for-word' },
    spec: {
      order: 100,
      ingress: [{ action: 'Allow', source: { nets: ['10.244.0.0/16', '192.168.4.0/24'] } }],
      egress: [{ action: 'Allow' }],
    },
  },
];
const policy = (metadata: object, spec: unknown): Resource => [
  POLICY,
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec },
];

describe('expectations, in the pack', () => {
  for (const stack of stacks) {
    it(`hold for stack ${stack}, whose policies do nothing that harms`, async () => {
      const { run, expectations, unjudged } = await judged(declaredBy(stackCluster(stack)));
      assert.deepEqual([expectations, unjudged], [[], []]);
      assert.deepEqual(
        run.said.filter(({ level }) => level === 'mandatory'),
        [],
      );
    });
  }

  it('are broken by a policy of another program, which is named with the connection and the rule', async () => {
    const { expectations } = await judged([...declaredBy(dev), wordForWord]);
    assert.deepEqual(
      expectations.map(({ level, urn }) => [level, urn]),
      [['mandatory', urnOf(WORLD, 'r1')]],
    );
    const { message = '' } = expectations[0] ?? {};
    assert.match(message, /harmful \(high\) at expect\[1\]: \S+ .*-> .*production.* must be denied and is allowed: /);
    assert.match(message, /ingress\[0\] of GlobalNetworkPolicy word-for-word/);
  });

  for (const [what, expected, hint] of [
    [
      'nodes, which no policy for pods is about',
      { from: 'internet', to: 'other-nodes' },
      /No policy for pods can mend it/,
    ],
    [
      'labels that no namespace carries',
      { from: { namespaces: { team: 'x' } }, to: 'dns' },
      /policies\.namespaceLabels/,
    ],
  ] as const) {
    it(`that are about ${what} are told so, and not sent to change a policy`, async () => {
      const { expectations } = await judged(declaredBy(edited(dev, { expect: [{ deny: expected }] })));
      assert.match(expectations.map(({ message }) => message).join(), hint);
    });
  }

  it('that a staged policy would meet lead to its being enforced, and to no other policy of its name', async () => {
    const staged = edited(dev, {
      policies: { staged: ['NetworkPolicy production/default-deny-ingress'], allowPrometheusScraping: [] },
    });
    const expect = [{ deny: { from: 'internet', to: { namespace: 'production' } } }];
    const { expectations } = await judged(declaredBy({ ...staged, expect }));
    const [{ message = '' } = {}] = expectations;
    assert.match(message, /must be denied and is allowed/);
    assert.match(message, /It holds once the staged policies are enforced/);
    assert.doesNotMatch(message, /apiVersion/);
    // Enforced, it would not be met either.
    const other = await judged(
      declaredBy({ ...staged, expect: [{ deny: { from: { namespace: 'production' }, to: 'dns' } }] }),
    );
    assert.doesNotMatch(other.expectations.map(({ message }) => message).join(), /staged policies/);
    assert.equal(other.expectations.length, 1);
  });

  it('say where in the stack file the rule stands that decides', async () => {
    const none = edited(dev, { policies: { allowPrometheusScraping: [] } });
    const { expectations } = await judged(declaredBy(none));
    assert.match(
      expectations[0]?.message ?? '',
      /at expect\[0\]: .*default-deny-ingress.*\(policies\.defaultDenyIngress\[0\]\)/,
    );
    assert.match(
      expectations[0]?.message ?? '',
      /\n\s+→ Add NetworkPolicy production\/.* It goes into policies\.extra, or into a manifest\.\n/,
    );
  });

  it('are judged at the level that the stack says', async () => {
    const resources = [...declaredBy(dev), wordForWord];
    const advised = await judged(resources, { expectation: 'advisory' });
    assert.deepEqual(
      advised.expectations.map(({ level }) => level),
      ['advisory'],
    );
    assert.deepEqual((await judged(resources, { expectation: 'disabled' })).expectations, []);
  });

  it('are neither held nor broken where a policy is not known, which is said and stops where nothing may pass unjudged', async () => {
    const hidden = [
      policy({ name: 'own', namespace: 'production' }, UNKNOWN),
      policy({ name: 'own', namespace: 'production' }, { podSelector: {}, ingress: [{ from: UNKNOWN }] }),
      policy({ name: 'own', namespace: UNKNOWN }, { podSelector: {}, policyTypes: ['Ingress'] }),
    ];
    for (const one of hidden) {
      const resources = [...declaredBy(dev), wordForWord, one];
      const { expectations, unjudged } = await judged(resources);
      assert.deepEqual(expectations, []);
      assert.match(
        unjudged.map(({ message }) => message).join('\n'),
        /is known only after the up, so .*expectation.* could not judge it/,
      );
      const strict = await judged(resources, { 'not-judged': 'mandatory' });
      assert.ok(strict.run.codes.includes('mandatory not-judged'));
      const off = await judged(resources, { expectation: 'disabled', 'types-missing': 'disabled' });
      assert.doesNotMatch(off.unjudged.map(({ message }) => message).join('\n'), /expectation/);
    }
  });

  it('are judged where something is not known that no policy looks at', async () => {
    const containers = [{ name: 'a', env: [{ name: 'PASSWORD', value: UNKNOWN }], ports: [{ containerPort: 8080 }] }];
    const template = { metadata: { labels: { app: 'other' } }, spec: { containers } };
    const deployment: Resource = [
      DEPLOYMENT,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'other', namespace: 'production' },
        spec: { replicas: 2, template },
      },
    ];
    const { expectations, unjudged } = await judged([...declaredBy(dev), wordForWord, deployment]);
    assert.deepEqual([expectations.length, unjudged], [1, []]);
    const labels = { ...template, metadata: { labels: UNKNOWN } };
    const blind = deployment.with(1, { ...(deployment[1] as object), spec: { template: labels } }) as Resource;
    const run = await judged([...declaredBy(dev), wordForWord, blind]);
    assert.deepEqual([run.expectations.length, run.unjudged.length], [0, 1]);
  });

  it('take what patches an object together with the object, and do not guess at the rest of a policy that is elsewhere', async () => {
    const deny = policy(
      { name: 'default-deny-ingress', namespace: 'production' },
      { podSelector: { matchLabels: { app: 'x' } } },
    );
    const patch: Resource = [`${POLICY}Patch`, deny[1]];
    const { expectations } = await judged([...declaredBy(dev), patch]);
    assert.match(expectations.map(({ message }) => message).join('\n'), /at expect\[1\]/);
    const elsewhere: Resource = [`${POLICY}Patch`, policy({ name: 'theirs', namespace: 'production' }, {})[1]];
    const { unjudged } = await judged([...declaredBy(dev), elsewhere]);
    assert.match(
      unjudged[0]?.message ?? '',
      /NetworkPolicy production\/theirs is patched here, and the rest of it is not in this stack/,
    );
  });

  it('are judged beside a policy that is declared twice, which is found', async () => {
    const again = policy({ name: 'allow-dns', namespace: 'production' }, { podSelector: {}, policyTypes: ['Egress'] });
    const elsewhere = policy({ name: 'allow-dns', namespace: 'other' }, { podSelector: {}, policyTypes: ['Ingress'] });
    const declared = declaredBy(dev);
    const { run } = await judged([...declared, elsewhere, again]);
    const twice = run.said.filter(({ rule }) => rule === 'object-twice');
    assert.deepEqual(
      twice.map(({ level, urn }) => [level, urn]),
      [['mandatory', urnOf(POLICY, `r${declared.length + 1}`)]],
    );
    assert.match(twice[0]?.message ?? '', /NetworkPolicy production\/allow-dns is declared twice: r\d+ and r\d+ /);
    // Of two clusters nothing says that it is one object.
    const other = worldInputs(clusterOf(dev));
    const { run: two } = await judged([...declared, [WORLD, other], again]);
    assert.deepEqual(
      two.said.filter(({ rule }) => rule === 'object-twice'),
      [],
    );
  });

  it('are judged without what a Helm release installs, and that is said', async () => {
    const release: Resource = ['kubernetes:helm.sh/v3:Release', { chart: 'prometheus', name: 'prometheus' }];
    const { expectations, unjudged } = await judged([...declaredBy(dev), wordForWord, release]);
    assert.equal(expectations.length, 1);
    assert.match(
      unjudged[0]?.message ?? '',
      /what this Helm release installs is not seen .*, so expectation could not judge it/,
    );
  });

  it('leave open what others are where one of them is not known', async () => {
    const [inventory, [, world], ...objects] = declaredBy(dev) as [Resource, Resource, ...Resource[]];
    const { expect } = world as { expect: object[] };
    const some = {
      ...world,
      expect: [{ ...expect[0], to: UNKNOWN }, ...expect.slice(1), { verdict: 'allow', from: 7 }],
    };
    const { expectations, unjudged } = await judged([inventory, [WORLD, some], ...objects, wordForWord]);
    assert.deepEqual(expectations, []);
    const said = unjudged.map(({ message }) => message).join('\n');
    assert.match(said, /expect\[0\]\.to is known only after the up, so expectation could not judge it/);
    assert.match(said, /expect\[4\] is not what belongs there/);
    assert.match(said, /expect\[1\] speaks of others, and not every expectation is known/);
  });

  it('are not judged for a stack of two clusters, which is said of each', async () => {
    const other = worldInputs(clusterOf(dev));
    const { expectations, unjudged } = await judged([...declaredBy(dev), [WORLD, other], wordForWord]);
    assert.deepEqual(expectations, []);
    assert.deepEqual(
      unjudged.map(({ urn }) => urn),
      [urnOf(WORLD, 'r1'), urnOf(WORLD, `r${declaredBy(dev).length}`)],
    );
    assert.match(
      unjudged[0]?.message ?? '',
      /the stack tells of 2 clusters, and which of them an object goes to is not known/,
    );
  });

  it('never fail by themselves, whatever a program says of its world', async () => {
    const leaf = fc.oneof(fc.constant(UNKNOWN), fc.string(), fc.integer(), fc.constant(null), fc.boolean());
    const key = fc.constantFrom(
      'kind',
      'metadata',
      'name',
      'labels',
      'spec',
      'verdict',
      'from',
      'to',
      'ports',
      'pods',
      'net',
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const kind = fc.constantFrom(
      'pods',
      'addresses',
      'internet',
      'own-node',
      'other-nodes',
      'dns',
      'anyone',
      'others',
      'x',
    );
    const end = fc.record(
      { kind, namespace: leaf, namespaces: value, pods: value, net: leaf },
      { requiredKeys: ['kind'] },
    );
    const expectation = fc.record(
      { verdict: fc.constantFrom('allow', 'deny', 'x'), from: end, to: end, ports: value },
      { requiredKeys: ['verdict', 'from', 'to'] },
    );
    const resource = fc.record(
      {
        apiVersion: leaf,
        kind: fc.constantFrom('Pod', 'Node', 'IPPool', 'Service', 'Namespace', 'x'),
        metadata: value,
        spec: value,
      },
      { requiredKeys: [] },
    );
    const { resources } = worldInputs(clusterOf(dev));
    const inputs = fc.record(
      {
        calico: leaf,
        resources: fc.oneof(
          value,
          fc.array(resource, { maxLength: 3 }).map((more) => [...resources, ...more]),
        ),
        expect: fc.oneof(value, fc.array(expectation, { maxLength: 3 })),
        origins: value,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(inputs, async (junk) => {
        const { run } = await judged([[WORLD, junk], wordForWord]);
        assert.deepEqual(
          run.said.filter(({ message }) => message.includes('a mistake of the rule')),
          [],
        );
      }),
      { numRuns: 100 },
    );
  });
});
