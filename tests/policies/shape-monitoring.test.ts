import assert from 'node:assert/strict';
import { promqlError } from '../../policies/objects/shape/promql.ts';
import { templateError } from '../../policies/objects/shape/template.ts';
import { type Given, judged, monitor, relabel, rules } from '../support/shape.ts';

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
