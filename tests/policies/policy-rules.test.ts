import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Declared, KubernetesObject, ObjectRule } from '../../policies/objects/index.ts';
import { policyRules } from '../../policies/objects/policy/index.ts';
import { complete } from '../../policies/rules/index.ts';
import { isTemplate } from '../../policies/rules/variables.ts';
import type { Resource } from '../../reachability/index.ts';

const worlds = join(import.meta.dirname, 'policy-worlds');
const base = parse(readFileSync(join(worlds, 'base.yaml'), 'utf8')) as { calico: string; resources: Resource[] };

/** A case as it is written. */
interface Written {
  readonly calico?: string;
  /** `none`: the stack says nothing of its cluster. */
  readonly world?: 'none';
  /** Beside the base. */
  readonly more?: Resource[];
  readonly objects: (Resource & { spec?: Record<string, unknown> })[];
  /** Fields that are known only after the up, by the name of their object. */
  readonly unknown?: Record<string, string[]>;
  /** Of the inventory; absent: the stack declares none. */
  readonly variables?: Record<string, unknown>;
}

/** As the pack gives it to the rule. */
function declaredIn(file: string, rule: ObjectRule): Declared {
  const written = parse(readFileSync(file, 'utf8')) as Written;
  const objects = written.objects.map(({ apiVersion, kind, metadata, spec = {} }): KubernetesObject => {
    const { name, namespace = 'default', labels = {} } = metadata;
    const unknown = written.unknown?.[name] ?? [];
    return { urn: `${kind} ${name}`, apiVersion, kind, name, namespace, labels, spec, unknown };
  });
  const isRead = ({ unknown }: KubernetesObject) =>
    !unknown.some((path) => rule.fields.some((field) => within(path, field) || within(field, path)));
  const subject = complete({ variables: written.variables ?? {} });
  const isKnown = rule.variables.every((name) => !isTemplate(subject.variables[name]));
  const world = {
    urn: 'world',
    calico: written.calico ?? base.calico,
    resources: [...base.resources, ...(written.more ?? [])],
    expect: [],
    origins: {},
  };
  return {
    inventories: written.variables === undefined || !isKnown ? [] : [{ urn: 'inventory', subject }],
    objects: objects.filter(isRead),
    unread: objects.filter((object) => !isRead(object)),
    worlds: written.world === 'none' ? [] : [world],
  };
}

function within(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`);
}

describe('rules about policies', () => {
  it('have worlds each, good, bad and unknown, and no world is without its rule', () => {
    const folders = readdirSync(worlds, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), policyRules.map(({ code }) => code).sort());
    for (const { name } of folders) {
      const files = readdirSync(join(worlds, name));
      for (const kind of ['good', 'bad', 'unknown'])
        assert.ok(
          files.some((file) => file.startsWith(kind)),
          `${name} has no ${kind} world`,
        );
    }
  });

  for (const rule of policyRules) {
    describe(rule.code, () => {
      for (const file of globSync(join(worlds, rule.code, 'good*.yaml')).sort()) {
        it(`passes ${basename(file)}`, () => assert.deepEqual(rule.judge(declaredIn(file, rule)), []));
      }
      for (const file of globSync(join(worlds, rule.code, 'unknown*.yaml')).sort()) {
        it(`cannot judge ${basename(file)}, and says nothing`, () => {
          assert.match(readFileSync(file, 'utf8'), /\{\{|^unknown:/, 'something is not known');
          assert.deepEqual(rule.judge(declaredIn(file, rule)), []);
        });
      }
      for (const file of globSync(join(worlds, rule.code, 'bad*.yaml')).sort()) {
        it(`finds ${basename(file)}`, () => {
          const declared = declaredIn(file, rule);
          const findings = rule.judge(declared);
          assert.ok(findings.length > 0, 'a bad world without a finding');
          for (const { urn } of findings) assert.ok(declared.objects.some((object) => object.urn === urn));
          const lines = findings.map((one) => `${one.urn} at ${one.path}: ${one.message}\n  → ${one.hint}\n`);
          const golden = file.replace(/\.yaml$/, '.txt');
          if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, lines.join(''));
          assert.ok(existsSync(golden), `${golden} is missing: UPDATE_GOLDEN=1`);
          assert.equal(lines.join(''), readFileSync(golden, 'utf8'));
        });
      }
    });
  }

  it('namespace-label-missing writes the label that Kubernetes sets, where a namespace has that name', () => {
    const [rule] = policyRules.filter(({ code }) => code === 'namespace-label-missing');
    assert.ok(rule?.remedy !== undefined);
    const remedied = (file: string) => {
      const declared = declaredIn(join(worlds, rule.code, file), rule);
      return declared.objects.map((object) => JSON.stringify(rule.remedy?.(object, declared)));
    };
    const [scraping = '', dns = ''] = remedied('bad-spec.yaml');
    assert.match(scraping, /"namespaceSelector":\{"matchLabels":\{"kubernetes.io\/metadata.name":"monitoring"\}\}/);
    assert.match(dns, /"namespaceSelector":\{"matchLabels":\{"kubernetes.io\/metadata.name":"kube-system"\}\}/);
    // A selector of Calico's own is a text, and a label that names no namespace may be meant for one.
    assert.deepEqual([...remedied('bad-calico.yaml'), ...remedied('bad-cluster.yaml')], [undefined, undefined]);
    assert.deepEqual(remedied('good-name.yaml'), [undefined, undefined]);
  });
});
