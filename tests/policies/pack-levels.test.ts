import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { configurables, levels, levelsSchema, parseLevels } from '../../policies/levels.ts';
import { policies } from '../../policies/pack.ts';
import { mistakesOf } from '../support/json-schema.ts';

/** What is said against it, as `code path: message → hint`. */
function against(value: unknown): string[] {
  const parsed = parseLevels(value);
  return parsed.ok ? [] : parsed.findings.map((f) => `${f.code} ${f.path}: ${f.message} → ${f.hint}`);
}

describe('levels of a stack', () => {
  it('are none where the stack says nothing', () => {
    assert.deepEqual(parseLevels(undefined), { ok: true, levels: {} });
    assert.deepEqual(parseLevels(null), { ok: true, levels: {} });
  });

  it('are taken as they are written', () => {
    const value = { 'mtu-above-encapsulation': 'advisory', 'mtu-below-best': 'disabled', 'types-missing': 'remediate' };
    assert.deepEqual(parseLevels(value), { ok: true, levels: value });
  });

  it('can be said of every policy of the pack, and of nothing else', () => {
    assert.deepEqual(
      configurables.map(({ code }) => code),
      policies.map(({ name }) => name),
    );
    for (const { code, default: level } of configurables) assert.deepEqual(against({ [code]: level }), [], code);
  });

  it('name an unknown rule or level with the nearest, all mistakes at once', () => {
    assert.deepEqual(against({ 'mtu-above-encapsulaton': 'advisory', 'mtu-below-best': 'advisry', 'block-size': 7 }), [
      'policy-unknown-rule calispray:policy.mtu-above-encapsulaton: there is no rule mtu-above-encapsulaton → Did you mean mtu-above-encapsulation?',
      'policy-level calispray:policy.mtu-below-best: "advisry" is no level → Did you mean advisory?',
      'policy-level calispray:policy.block-size: 7 is no level → Write one of mandatory.',
    ]);
    assert.match(against({ constructor: 'advisory' }).join(), /there is no rule constructor/);
    for (const value of [[], 'advisory', 7, true]) assert.match(against(value).join(), /levels are a mapping/);
  });

  it('do not lower what kubespray would refuse', () => {
    for (const { code, class: cls } of configurables) {
      for (const level of levels) {
        const found = against({ [code]: level });
        if (cls === 'refused' && level !== 'mandatory')
          assert.match(found.join(), /^policy-lowered /, `${code} ${level}`);
        else assert.doesNotMatch(found.join(), /policy-lowered/);
      }
    }
  });

  it('take remediate of exactly the policies that can put something right', () => {
    for (const policy of policies) {
      const remedies = (policy as { remediateResource?: unknown }).remediateResource !== undefined;
      assert.equal(against({ [policy.name]: 'remediate' }).length === 0, remedies, policy.name);
    }
    const remedied = configurables.filter((each) => each.levels.includes('remediate')).map(({ code }) => code);
    assert.deepEqual(remedied.sort(), [
      'metrics-port',
      'mtu-above-encapsulation',
      'namespace-label-missing',
      'types-missing',
    ]);
  });

  it('keep the one that says what nothing judged', () => {
    assert.equal(against({ 'not-judged': 'disabled' }).length, 1);
    assert.deepEqual(against({ 'not-judged': 'mandatory' }), []);
  });

  it('are described for editors as they are', () => {
    const file = join(import.meta.dirname, '../../schema/policy.schema.json');
    const text = `${JSON.stringify(levelsSchema(), null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
    assert.equal(readFileSync(file, 'utf8'), text, 'node policies/levels.ts > schema/policy.schema.json');
  });

  it('are right to the schema exactly where they are right here', () => {
    const schema = levelsSchema() as Record<string, unknown>;
    const code = fc.oneof(
      fc.constantFrom(...configurables.map((each) => each.code)),
      fc.constantFrom('all', 'mtu', ''),
    );
    const level = fc.oneof(fc.constantFrom(...levels), fc.constantFrom('off', 1, null));
    fc.assert(
      fc.property(fc.dictionary(code, level), (value) => {
        assert.equal(mistakesOf(schema, value).length === 0, parseLevels(value).ok, JSON.stringify(value));
      }),
    );
  });

  it('never throw', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseLevels(value)));
  });
});
