import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Declared, KubernetesObject } from '../../policies/objects/rule.ts';
import { shapeRules } from '../../policies/objects/shape/index.ts';
import { promqlError } from '../../policies/objects/shape/promql.ts';
import { templateError } from '../../policies/objects/shape/template.ts';
import { PackRun } from '../support/pack.ts';

const CALICO = 'projectcalico.org/v3';
const KUBERNETES = 'networking.k8s.io/v1';
const MONITORING = 'monitoring.coreos.com/v1';

interface Given {
  /** Of a patch, instead of the object. */
  readonly patch?: boolean;
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly others?: readonly string[];
}

function object({ apiVersion, kind, spec, name = 'own', others, patch }: Given): KubernetesObject {
  const about = { apiVersion, kind, name, namespace: 'production', labels: {}, spec, unknown: [] };
  const urn = `urn:pulumi:dev::test::kubernetes:${apiVersion}:${kind}${patch ? 'Patch' : ''}::${name}`;
  return { urn, ...about, ...(others === undefined ? {} : { others }) };
}

function declared(objects: readonly Given[], calico?: string): Declared {
  const world = { urn: 'world', resources: [], expect: [], origins: {} };
  const worlds = calico === undefined ? [] : [{ ...world, calico }];
  return { inventories: [], objects: objects.map(object), worlds };
}

/** `code path: message`, without the name of the object. */
function judged(objects: readonly Given[], calico?: string): string[] {
  return shapeRules.flatMap((rule) =>
    rule.judge(declared(objects, calico)).map(({ path, message, hint }) => {
      assert.ok(hint.length > 5 && /[.\])`]$/.test(hint), hint);
      return `${rule.code} ${path}: ${message.replace(/^\w+ (production\/)?\S+?(: | )/, '')}`;
    }),
  );
}

const rule = (more: object) => ({ types: ['Ingress'], ingress: [{ action: 'Allow', ...more }] });
const gnp = (spec: object): Given => ({ apiVersion: CALICO, kind: 'GlobalNetworkPolicy', spec: spec as Given['spec'] });
const np = (spec: object): Given => ({ apiVersion: KUBERNETES, kind: 'NetworkPolicy', spec: spec as Given['spec'] });
const monitor = (endpoint: object): Given => ({
  apiVersion: MONITORING,
  kind: 'ServiceMonitor',
  spec: { selector: {}, endpoints: [{ port: 'metrics', ...endpoint }] },
});
const relabel = (step: object) => monitor({ relabelings: [step] });
const rules = (...of: object[]): Given => ({
  apiVersion: MONITORING,
  kind: 'PrometheusRule',
  spec: { groups: [{ name: 'calico', rules: of }] },
});

describe('what the API of Calico swallows', () => {
  const cases: [what: string, given: Given, said: string[]][] = [
    [
      'a prefix that is too long',
      gnp(rule({ source: { nets: ['10.0.0.0/8', '192.168.4.0/33'] } })),
      ['calico-refuses spec.ingress[0].source.nets[1]: "192.168.4.0/33" is no CIDR and no address'],
    ],
    [
      'a name for a net',
      gnp(rule({ source: { nets: ['lan'] } })),
      ['calico-refuses spec.ingress[0].source.nets[0]: "lan" is no CIDR and no address'],
    ],
    [
      'IPv4 and IPv6 in one rule',
      gnp(rule({ source: { nets: ['10.0.0.0/8', 'fd00::/8'] } })),
      ['calico-refuses spec.ingress[0].source.nets[1]: the rule has CIDRs of IPv4 and of IPv6'],
    ],
    [
      'a protocol that is none',
      gnp(rule({ protocol: 'TPC' })),
      ['calico-refuses spec.ingress[0].protocol: "TPC" is none of TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite'],
    ],
    [
      'a selector that is broken',
      gnp({ ...rule({}), selector: "app == 'web" }),
      ['calico-refuses spec.selector: "app == \'web" is no selector: the text \'web has no end'],
    ],
    [
      'a range that runs backwards',
      gnp(rule({ protocol: 'TCP', destination: { ports: ['99:22'] } })),
      [
        'calico-refuses spec.ingress[0].destination.ports[0]: "99:22" is no port: a number, a range as 80:90, or a name',
      ],
    ],
    [
      'a port beyond all',
      gnp(rule({ protocol: 'TCP', destination: { ports: [22, 70000] } })),
      ['calico-refuses spec.ingress[0].destination.ports[1]: 70000 is no port: a number, a range as 80:90, or a name'],
    ],
    [
      'ports without a protocol',
      gnp(rule({ destination: { ports: [22] } })),
      ['calico-refuses spec.ingress[0].destination.ports: numbers need protocol TCP, UDP or SCTP'],
    ],
    [
      'an order that is a text',
      gnp({ ...rule({}), order: 'ten' }),
      ['calico-refuses spec.order: order must be a number'],
    ],
    [
      'a block that is too large',
      { apiVersion: CALICO, kind: 'IPPool', spec: { cidr: '10.0.0.0/8', blockSize: 12 } },
      ['calico-refuses spec.blockSize: blockSize of an IPv4 pool must be from 20 to 32, and is 12'],
    ],
    [
      'a name that is none',
      { ...gnp(rule({})), name: 'Allow_All' },
      ["calico-refuses metadata.name: \"Allow_All\" is not a name of lower-case letters, digits, '-' and '.'"],
    ],
    [
      'a field that nobody knows',
      gnp({ ...rule({ source: { net: ['10.0.0.0/8'] } }), ordr: 5 }),
      [
        'unknown-field spec.ordr: there is no field ordr in spec, and the API drops it without a word',
        'unknown-field spec.ingress[0].source.net: there is no field net in spec.ingress[0].source, and the API drops it without a word',
      ],
    ],
    [
      'a field beside the spec',
      { ...gnp(rule({})), others: ['order'] },
      ['unknown-field order: there is no field order, and the API drops it without a word'],
    ],
    [
      'a tier that is not there',
      gnp({ ...rule({}), tier: 'platfrom' }),
      ['tier-missing spec.tier: lies in the tier platfrom, and this stack declares none of that name'],
    ],
    [
      'a set with a net that is none',
      { apiVersion: CALICO, kind: 'GlobalNetworkSet', spec: { nets: ['10.0.0.0/8', 'x'] } },
      ['calico-refuses spec.nets[1]: "x" is no CIDR and no address'],
    ],
    [
      'a staged policy as the policy itself',
      { apiVersion: CALICO, kind: 'StagedNetworkPolicy', spec: rule({ protocol: 'tpc' }) as Given['spec'] },
      ['calico-refuses spec.ingress[0].protocol: "tpc" is none of TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite'],
    ],
    [
      'a tier that ends in another way than there is',
      { apiVersion: CALICO, kind: 'Tier', spec: { defaultAction: 'Drop' } },
      ['calico-refuses spec.defaultAction: "Drop" is none of Pass, Deny'],
    ],
    [
      'a Felix that is told something it does not know',
      {
        apiVersion: CALICO,
        kind: 'FelixConfiguration',
        name: 'node.one',
        spec: { bpfEnable: true, mtuIfacePattern: '(?!x)' },
      },
      [
        'calico-refuses spec.mtuIfacePattern: "(?!x)" is no regular expression of Go: invalid or unsupported Perl syntax: `(?!`',
        'unknown-field spec.bpfEnable: there is no field bpfEnable in spec, and the API drops it without a word',
      ],
    ],
  ];
  for (const [what, given, said] of cases)
    it(`${what}: is said before it is made`, () => assert.deepEqual(judged([given]), said));

  it('is nothing of what is right, made-up names and all', () => {
    const tier: Given = { apiVersion: CALICO, kind: 'Tier', name: 'platform', spec: { order: 10 } };
    const right = gnp({
      ...rule({ protocol: 'TCP', source: { nets: ['10.0.0.0/8'] }, destination: { ports: [22, '80:90', 'http'] } }),
      order: 5.5,
    });
    assert.deepEqual(
      judged([tier, { ...right, spec: { ...right.spec, tier: 'platform' } }, { ...right, name: '' }]),
      [],
    );
  });

  it('is the name of a policy in a tier, by the version of Calico', () => {
    const inTier = (name: string): Given[] => [
      { apiVersion: CALICO, kind: 'Tier', name: 'platform', spec: {} },
      { ...gnp({ ...rule({}), tier: 'platform' }), name },
    ];
    const said = 'calico-refuses metadata.name: a policy of the tier platform must be named platform.dns, and is dns';
    assert.deepEqual(judged(inTier('dns'), 'v3.31.5'), [said]);
    assert.deepEqual(judged(inTier('platform.dns'), 'v3.31.5'), []);
    for (const version of ['v3.29.5', 'v3.32.0', undefined]) assert.deepEqual(judged(inTier('dns'), version), []);
  });

  it('is not the tiers that Calico makes, which differ by version', () => {
    const inTier = (tier: string) => [{ ...gnp({ ...rule({}), tier }), name: `${tier}.x` }];
    assert.deepEqual(judged(inTier('adminnetworkpolicy'), 'v3.31.5'), []);
    assert.deepEqual(judged(inTier('kube-admin'), 'v3.32.0'), []);
    assert.equal(judged(inTier('kube-admin'), 'v3.31.5').length, 1);
  });

  it('is a kind that came with a later Calico', () => {
    const staged: Given = { apiVersion: CALICO, kind: 'StagedGlobalNetworkPolicy', spec: rule({}) };
    const tier: Given = { apiVersion: CALICO, kind: 'Tier', spec: {} };
    assert.deepEqual(judged([staged, tier], 'v3.29.5'), [
      'calico-refuses kind: Calico v3.29.5 has no StagedGlobalNetworkPolicy, it came with v3.30',
    ]);
    assert.equal(judged([staged, tier, { ...gnp({ ...rule({}), tier: 'own' }), name: 'own.x' }], 'v3.28.5').length, 3);
    assert.deepEqual(judged([staged, tier], 'v3.31.5'), []);
  });

  it('is told with what to write instead', () => {
    const hint = (given: Given) =>
      shapeRules.flatMap((each) => each.judge(declared([given])).map((found) => found.hint));
    assert.deepEqual(hint(gnp(rule({ protocol: 'TPC' }))), ['Write TCP.']);
    assert.deepEqual(hint(gnp(rule({ destination: { ports: [22] } }))), [
      'Write protocol: TCP, UDP or SCTP beside the ports.',
    ]);
    assert.deepEqual(hint(gnp({ ...rule({}), selctor: 'all()' })), ['Write selector, or leave it out.']);
    assert.deepEqual(hint(gnp({ ...rule({}), order: 'ten' })), ['Write a number, without quotes: order: 100.']);
  });
});

describe('what is there before the stack', () => {
  const felix: Given = { apiVersion: CALICO, kind: 'FelixConfiguration', name: 'default', spec: { xdpEnabled: true } };
  const pool: Given = { apiVersion: CALICO, kind: 'IPPool', name: 'default-pool', spec: { disabled: true } };

  it('is patched, and not declared', () => {
    const tier: Given = {
      apiVersion: CALICO,
      kind: 'Tier',
      name: 'default',
      spec: { order: 1_000_000, defaultAction: 'Deny' },
    };
    const system: Given = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system', spec: {} };
    assert.deepEqual(judged([felix, { ...pool, spec: { cidr: '10.0.0.0/16' } }, tier, system]), [
      'not-ours metadata.name: is Calico’s own, and the stack declares it as one of its own',
      'not-ours metadata.name: is kubespray’s own, and the stack declares it as one of its own',
      'not-ours metadata.name: is Calico’s own, and the stack declares it as one of its own',
      'not-ours metadata.name: is Kubernetes’ own, and the stack declares it as one of its own',
    ]);
    assert.deepEqual(
      judged([
        { ...felix, name: 'node.one' },
        { ...pool, name: 'more', spec: { cidr: '10.0.0.0/16' } },
      ]),
      [],
    );
  });

  it('need not be whole in a patch, and is judged all the same', () => {
    assert.deepEqual(
      judged([
        { ...felix, patch: true },
        { ...pool, patch: true },
      ]),
      [],
    );
    const wrong = { ...felix, patch: true, spec: { xdpEnabled: 'yes', xdp: true } };
    assert.deepEqual(judged([wrong]), [
      'calico-refuses spec.xdpEnabled: xdpEnabled must be true or false',
      'unknown-field spec.xdp: there is no field xdp in spec, and the API drops it without a word',
    ]);
  });
});

describe('what Kubernetes refuses of its own policies', () => {
  const cases: [spec: object, said: string][] = [
    [
      { podSelector: {}, ingress: [{ ports: [{ port: 70000 }] }] },
      'spec.ingress[0].ports[0].port: port must be from 1 to 65535, and is 70000',
    ],
    [
      { podSelector: {}, ingress: [{ ports: [{ port: 90, endPort: 80 }] }] },
      'spec.ingress[0].ports[0].endPort: endPort is 80, and the range begins at 90',
    ],
    [
      { podSelector: {}, egress: [{ ports: [{ port: 'http', endPort: 80 }] }] },
      'spec.egress[0].ports[0].endPort: endPort cannot stand beside a named port',
    ],
    [
      { podSelector: {}, egress: [{ ports: [{ protocol: 'ICMP' }] }] },
      'spec.egress[0].ports[0].protocol: "ICMP" is none of TCP, UDP, SCTP',
    ],
    [
      { podSelector: {}, ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] },
      'spec.ingress[0].from[0]: ipBlock cannot stand beside podSelector or namespaceSelector',
    ],
    [
      { podSelector: {}, ingress: [{ from: [{}] }] },
      'spec.ingress[0].from[0]: from[0] must say podSelector, namespaceSelector or ipBlock',
    ],
    [
      { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] },
      'spec.egress[0].to[0].ipBlock.except[0]: 11.0.0.0/16 is no part of 10.0.0.0/8',
    ],
    [
      { podSelector: { matchLabels: { 'a b': 'c' } } },
      'spec.podSelector.matchLabels: "a b" is no name of at most 63 characters',
    ],
    [
      { podSelector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
      'spec.podSelector.matchExpressions[0].values: values must be set with In',
    ],
    [{ podSelector: {}, policyTypes: ['ingress'] }, 'spec.policyTypes[0]: "ingress" is none of Ingress, Egress'],
    [{ podSelector: 'all()' }, 'spec.podSelector: podSelector must be a map'],
  ];
  for (const [spec, said] of cases) {
    it(`${JSON.stringify(spec)}`, () => {
      const [found = '', ...others] = judged([np(spec)]);
      assert.deepEqual(others, []);
      assert.equal(found.replace(/^kubernetes-refuses /, ''), said);
      // The same, before it is enforced.
      const staged = { apiVersion: CALICO, kind: 'StagedKubernetesNetworkPolicy', spec: spec as Given['spec'] };
      const path = said.slice(0, said.indexOf(': '));
      assert.equal(judged([staged]).filter((each) => each.includes(` ${path}: `)).length, 1);
    });
  }

  it('is nothing of what is right', () => {
    const spec = {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{}],
      egress: [
        {
          to: [{ ipBlock: { cidr: '10.0.0.1/8', except: ['10.2.0.0/16'] } }],
          ports: [{ port: 80, endPort: 90 }, { port: 'http' }],
        },
      ],
    };
    assert.deepEqual(judged([np(spec)]), []);
  });

  it('is the same of the policies over the whole cluster', () => {
    const spec = { priority: 5, subject: { namespaces: {} }, ingress: [{ action: 'Accept', from: [], form: [] }] };
    const found = judged([{ apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'AdminNetworkPolicy', spec }]);
    assert.deepEqual(found, [
      'kubernetes-refuses spec.ingress[0].action: action must be one of Allow, Deny, Pass',
      'unknown-field spec.ingress[0].form: there is no field form in spec.ingress[0], and the API drops it without a word',
    ]);
  });

  it('is a field that nobody knows, which it drops', () => {
    assert.deepEqual(judged([np({ podSelector: {}, ingress: [{ form: [] }] })]), [
      'unknown-field spec.ingress[0].form: there is no field form in spec.ingress[0], and the API drops it without a word',
    ]);
  });
});

describe('what the Prometheus operator passes over', () => {
  const skipped = (path: string, what: string) =>
    `monitoring-skipped ${path}: ${what}, and the operator passes the whole object over`;
  const at = 'spec.endpoints[0].relabelings[0]';
  const cases: [given: Given, said: string[]][] = [
    [
      relabel({ action: 'keep', regex: 'calico-(node' }),
      [skipped(`${at}.regex`, 'the regex "calico-(node" does not compile: missing closing ): `calico-(node`')],
    ],
    [
      relabel({ action: 'drop', regex: '(?!kube).*' }),
      [skipped(`${at}.regex`, 'the regex "(?!kube).*" does not compile: invalid or unsupported Perl syntax: `(?!`')],
    ],
    [relabel({ sourceLabels: ['a'] }), [skipped(`${at}.targetLabel`, 'replace needs the label that gets the result')]],
    [relabel({ targetLabel: 'no-label' }), [skipped(`${at}.targetLabel`, '"no-label" is no label')]],
    [relabel({ action: 'HashMod', targetLabel: 'shard' }), [skipped(`${at}.modulus`, 'hashmod needs a modulus')]],
    [
      relabel({ action: 'labeldrop', regex: 'a.*', separator: ',' }),
      [skipped(`${at}.separator`, 'labeldrop takes no separator')],
    ],
    [
      relabel({ action: 'keepequal', sourceLabels: ['a'], targetLabel: 'b', regex: 'x' }),
      [skipped(`${at}.regex`, 'keepequal takes no regex')],
    ],
    [
      monitor({ interval: '30s', scrapeTimeout: '1m' }),
      [
        skipped(
          'spec.endpoints[0].scrapeTimeout',
          'an answer is waited for longer (1m) than until the next scrape (30s)',
        ),
      ],
    ],
    [monitor({ interval: '30 s' }), ['monitoring-refuses spec.endpoints[0].interval']],
    [
      monitor({ relabellings: [] }),
      [
        'unknown-field spec.endpoints[0].relabellings: there is no field relabellings in spec.endpoints[0], and the API drops it without a word',
      ],
    ],
    [
      rules({ alert: 'A', expr: 'up == 0' }, { alert: 'B', expr: 'sum(up' }),
      [skipped('spec.groups[0].rules[1].expr', 'the expression does not parse: unclosed (')],
    ],
    [
      rules({ expr: 'up' }),
      [skipped('spec.groups[0].rules[0]', 'a rule is a record or an alert, and this one says neither')],
    ],
    [
      rules({ alert: 'A', record: 'a', expr: 'up' }),
      [skipped('spec.groups[0].rules[0]', 'a rule is a record or an alert, and this one says both')],
    ],
    [
      rules({ record: 'a:b', expr: 'up', for: '5m' }),
      [skipped('spec.groups[0].rules[0].for', 'for is for alerts, and this is a record')],
    ],
    [rules({ alert: 'A', expr: 'up', for: '5 minutes' }), ['monitoring-refuses spec.groups[0].rules[0].for']],
    [
      rules({ alert: 'A', expr: 'up', annotations: { summary: '{{ $value' } }),
      [skipped('spec.groups[0].rules[0].annotations.summary', 'the template does not parse: {{ $value is not closed')],
    ],
    [
      { ...rules(), spec: { groups: [{ name: 'a' }, { name: 'a' }] } },
      [skipped('spec.groups[1].name', 'the group a is there already')],
    ],
    [{ ...monitor({}), name: 'Calico' }, ['monitoring-refuses metadata.name']],
  ];
  for (const [given, said] of cases) {
    it(JSON.stringify(given.spec), () => {
      const found = judged([given]);
      assert.equal(found.length, said.length, found.join('\n'));
      for (const [i, text] of said.entries()) assert.ok((found[i] ?? '').startsWith(text), `${found[i]}\n${text}`);
    });
  }

  it('is nothing of what is right', () => {
    const right = [
      relabel({
        action: 'replace',
        sourceLabels: ['__meta_kubernetes_node_name'],
        regex: '(?i)node-(.*)',
        targetLabel: 'node',
        replacement: '$1',
      }),
      relabel({ action: 'LabelMap', regex: '__meta_(.+)' }),
      relabel({ action: 'labelkeep', regex: 'a|b', replacement: '$1' }),
      rules({
        alert: 'FelixDown',
        expr: 'up{job="calico-node"} == 0',
        for: '5m',
        labels: { severity: 'critical' },
        annotations: { summary: '{{ $labels.instance }} is {{ if eq $value 0.0 }}down{{ else }}up{{ end }}' },
      }),
    ];
    assert.deepEqual(judged(right), []);
  });
});

describe('PromQL', () => {
  const good = [
    'up',
    '1',
    '-5',
    'sum by (node) (rate(felix_int_dataplane_failures{job="calico-node"}[5m:1m] offset 1h)) > 0',
    'sum(x) without (a) / on (a, b) group_left (c) count(y == bool 0)',
    'a and b or c unless on (x) d',
    'histogram_quantile(0.99, sum(rate(x_bucket[5m])) by (le)) > 1e-3 # the slow ones',
    'x @ start() * -y ^ 2',
    '{__name__=~"felix_.*", a!~\'b"\'} % 2',
    'absent(up{job="x"}) == 1h30m',
    'label_replace(up, "a", `$1`, "b", "(.*)")',
    'max_over_time(x[5m]) != Inf',
    'foo:bar:rate5m >= bool 1',
    'x offset -5m',
  ];
  const bad = [
    '',
    '  # nothing',
    'sum(up',
    'up)',
    'up ==',
    '== 1',
    'up foo',
    'up 5',
    'rate(x[5m)',
    'x{a="b}',
    'up; down',
    'a * / b',
    'sum(, x)x y',
    '(x +)',
  ];
  for (const text of good) it(`takes ${text}`, () => assert.equal(promqlError(text), undefined));
  for (const text of bad) it(`refuses ${JSON.stringify(text)}`, () => assert.notEqual(promqlError(text), undefined));
});

describe('a template of Go', () => {
  it('is read as far as its brackets and blocks', () => {
    const good = [
      '',
      'plain }} text',
      '{{ $value }}',
      '{{- with query "a}}b" -}}x{{ end }}',
      '{{/* a note */}}',
      '{{ range $i := .X }}{{ . }}{{ else }}-{{ end }}',
    ];
    for (const text of good) assert.equal(templateError(text), undefined, text);
    for (const text of ['{{', '{{ $value }', '{{}}', '{{ if .A }}', '{{ end }}', '{{ else }}', '{{ "a }}'])
      assert.notEqual(templateError(text), undefined, text);
  });
});

describe('the rules about shape', () => {
  it('see in the pack what stands beside the usual fields', async () => {
    const run = new PackRun({});
    const { spec } = gnp(rule({}));
    const metadata = { name: 'own', label: { team: 'net' }, labels: {}, finalizers: [] };
    await run.register(`kubernetes:${CALICO}:GlobalNetworkPolicy`, 'own', {
      apiVersion: CALICO,
      kind: 'GlobalNetworkPolicy',
      metadata,
      spec,
      order: 5,
    });
    const { said } = await run.finish(() => ({}));
    const found = said
      .filter((each) => each.rule === 'unknown-field')
      .map(({ message }) => message)
      .join('\n');
    assert.match(found, /at order: GlobalNetworkPolicy own: there is no field order, /);
    assert.match(
      found,
      /at metadata\.label: GlobalNetworkPolicy own: there is no field label in metadata, [^→]*→ Write labels/s,
    );
    assert.equal(found.match(/there is no field/g)?.length, 2);
  });

  it('are plain about themselves', () => {
    for (const { code, class: kind, description, reference } of shapeRules) {
      assert.match(code, /^[a-z-]+$/);
      assert.ok(kind === 'refused' || kind === 'harmful');
      assert.ok(description.length > 40 && reference.length > 10, code);
    }
  });

  it('never break down, whatever objects hold', () => {
    const keys = fc.constantFrom(
      'ingress',
      'source',
      'nets',
      'ports',
      'endpoints',
      'relabelings',
      'regex',
      'groups',
      'rules',
      'expr',
      'podSelector',
      'from',
      'ipBlock',
      'cidr',
      'except',
      'tier',
      'labels',
      'annotations',
      'matchLabels',
    );
    const spec = fc.object({
      key: keys,
      maxDepth: 6,
      values: [fc.constantFrom('', 'a', '{{', '(', 'up', null, 0, -1, 1.5, true, '10.0.0.0/8')],
    });
    const kinds: [string, string][] = [
      [CALICO, 'GlobalNetworkPolicy'],
      [CALICO, 'StagedKubernetesNetworkPolicy'],
      [CALICO, 'IPPool'],
      [KUBERNETES, 'NetworkPolicy'],
      [MONITORING, 'ServiceMonitor'],
      [MONITORING, 'PodMonitor'],
      [MONITORING, 'PrometheusRule'],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), spec, ([apiVersion, kind], spec) => {
        judged([{ apiVersion, kind, spec: spec as Given['spec'] }], 'v3.31.5');
      }),
      { numRuns: 500 },
    );
  });
});
