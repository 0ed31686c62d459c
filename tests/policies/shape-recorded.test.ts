import assert from 'node:assert/strict';
import type { KubernetesObject } from '../../policies/objects/rule.ts';
import { shapeRules } from '../../policies/objects/shape/index.ts';
import { fields, text } from '../../reachability/raw.ts';
import { validateResource } from '../../reachability/validate/index.ts';
import { calicoWorlds, kubernetesWorlds, moreResources, recordedResources } from '../conformance/recorded.ts';

function judged(resources: readonly unknown[]): string[] {
  const objects = resources.map((resource, i): KubernetesObject => {
    const { apiVersion, kind, metadata, spec } = fields(resource);
    const { name, namespace, labels } = fields(metadata);
    return {
      urn: `urn:pulumi:dev::recorded::kubernetes:${apiVersion}:${kind}::${i}`,
      apiVersion: text(apiVersion),
      kind: text(kind),
      name: text(name),
      namespace: text(namespace) || 'default',
      labels: fields(labels),
      spec: fields(spec),
      unknown: [],
    };
  });
  return shapeRules.flatMap((rule) =>
    rule.judge({ inventories: [], objects, worlds: [] }).map(({ path, message }) => `${rule.code} ${path}: ${message}`),
  );
}

describe('the rules about shape, over what was recorded of Calico', () => {
  it('have nothing against the policies, sets, tiers and pods of any world', () => {
    const worlds = [...calicoWorlds(), ...kubernetesWorlds()];
    assert.ok(worlds.length > 300);
    assert.deepEqual(
      worlds.flatMap(({ name, resources }) => judged(resources).map((said) => `${name} ${said}`)),
      [],
    );
  });

  it('refuse what Calico refuses, and nothing that it takes', () => {
    const recorded = [...recordedResources(), ...moreResources()];
    const refused = (said: readonly string[]) => said.filter((each) => each.includes('-refuses '));
    // Without a name the provider makes one up.
    const named = recorded.filter(({ resource }) => text(fields(fields(resource).metadata).name) !== '');
    assert.ok(named.length > 1500);
    // Of metadata, rules see the name, the namespace and the labels.
    const unseen = /^metadata( must be|\.(annotations|generateName|namespace|name must be a text|labels must be))/;
    const wrong = named.filter(
      ({ ok, resource }) => !ok && validateResource(resource).errors.some((error) => !unseen.test(error)),
    );
    assert.ok(wrong.length > 1200, `${wrong.length}`);
    assert.deepEqual(
      wrong.filter(({ resource }) => refused(judged([resource])).length === 0),
      [],
    );
    const good = recorded.filter(({ ok }) => ok).flatMap(({ resource }) => refused(judged([resource])));
    // The validator takes the block, and the API server does not.
    assert.deepEqual(
      good.filter((said) => !said.startsWith('calico-refuses spec.blockSize: ')),
      [],
    );
  });
});
