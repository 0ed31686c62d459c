import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shapeRules } from '../../policies/objects/shape/index.ts';
import { PackRun } from '../support/pack.ts';
import { CALICO, type Given, gnp, judged, KUBERNETES, MONITORING, rule } from '../support/shape.ts';

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
