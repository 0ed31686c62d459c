import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { yamlLines } from '../../policies/objects/yaml.ts';

describe('the YAML of a mend', () => {
  it('is what somebody would write', () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'allow', namespace: 'production' },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
            ports: [{ protocol: 'TCP', port: 8080 }],
          },
        ],
      },
    };
    assert.deepEqual(yamlLines(policy), [
      'apiVersion: networking.k8s.io/v1',
      'kind: NetworkPolicy',
      'metadata: { name: allow, namespace: production }',
      'spec:',
      '  podSelector: {}',
      '  policyTypes: [Ingress]',
      '  ingress:',
      '    - from:',
      '        - { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }',
      '      ports:',
      '        - { protocol: TCP, port: 8080 }',
    ]);
  });

  it('means what it was made of, whatever that is', () => {
    const hard = fc.constantFrom(
      'yes',
      'null',
      '1',
      '1e3',
      '0x1',
      '- a',
      'a: b',
      '#',
      '{',
      '',
      ' ',
      '~',
      '=',
      '<<',
      'é',
    );
    const text = fc.oneof(hard, fc.string(), fc.string({ unit: 'grapheme' }));
    const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, depthIdentifier: 'yaml' },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(text, value, { minKeys: 1, noNullPrototype: true }), (map) => {
        const lines = yamlLines(map);
        assert.deepEqual(parse(lines.join('\n'), { merge: false }), JSON.parse(JSON.stringify(map)), lines.join('\n'));
      }),
      { numRuns: 500 },
    );
  });
});
