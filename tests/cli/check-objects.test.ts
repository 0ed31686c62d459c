import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { calispray } from '../support/command.ts';
import { edited, stackCluster } from '../support/stacks.ts';

const dev = stackCluster('dev');
/** As the reference has it in its document. */
const wordForWord = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'allow-cluster-internal' },
  spec: {
    order: 100,
    ingress: [{ action: 'Allow', source: { nets: ['10.244.0.0/16', '192.168.4.0/24'] } }],
    egress: [{ action: 'Allow' }],
  },
};
const broken = { ...wordForWord, spec: { ...wordForWord.spec, selector: 'all(' } };
const { policies } = dev as { policies: Record<string, unknown> };
const withPolicies = (more: object) =>
  edited({ ...dev, policies: { ...policies, allowClusterInternal: undefined } }, { policies: more });

interface Said {
  readonly code: string;
  readonly class: string;
  readonly path: string;
  readonly message: string;
  readonly mend?: string;
  readonly at?: { readonly file: string; readonly line: number };
}

describe('calispray check, of policies and expectations', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-check-objects-'));
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: own\nruntime: nodejs\n');
    mkdirSync(join(dir, 'policies'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  function check(cluster: object, policy: Record<string, string> = {}) {
    const text = stringify({ config: { 'calispray:cluster': cluster, 'calispray:policy': policy } });
    writeFileSync(join(dir, 'Pulumi.own.yaml'), text);
    const { code, out, err } = calispray('-C', dir, 'check', '--stack', 'own', '--json');
    assert.equal(err, '');
    const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Said[] };
    const of = (rule: string) => findings.filter((finding) => finding.code === rule);
    return {
      code,
      ok,
      findings,
      of,
      lineOf: (words: string) => text.split('\n').findIndex((line) => line.includes(words)) + 1,
    };
  }

  it('has nothing against those of the reference cluster', () => {
    const { ok, findings } = check(dev);
    assert.deepEqual([ok, findings.filter(({ class: cls }) => cls !== 'advice')], [true, []]);
  });

  it('names the expectation with its line, the connection, the rule and where that stands, and the mend', () => {
    const { code, of, lineOf } = check(withPolicies({ extra: [wordForWord] }));
    const [found, ...others] = of('expectation');
    assert.deepEqual([code, others, found?.path, found?.class], [1, [], 'expect[1]', 'harmful']);
    assert.equal(found?.at?.line, lineOf('- deny:'));
    assert.match(
      found?.message ?? '',
      /must be denied and is allowed: .*ingress\[0\] of GlobalNetworkPolicy allow-cluster-internal.*\(policies\.extra\[0\]\)/,
    );
    assert.match(found?.mend ?? '', /^apiVersion: projectcalico\.org\/v3\nkind: GlobalNetworkPolicy$/m);
  });

  it('prints the mend below the way out, as it would be written', () => {
    check(withPolicies({ extra: [wordForWord] }));
    const { out } = calispray('-C', dir, 'check', '--stack', 'own');
    assert.match(
      out,
      /^harmful expectation at expect\[1\] \(.*\n {2}→ .*\n {6}apiVersion: projectcalico\.org\/v3\n {6}kind: GlobalNetworkPolicy\n/m,
    );
  });

  for (const file of ['README.md', 'docs/policies-pack.md']) {
    it(`is told in ${file} as it is printed`, () => {
      check(withPolicies({ extra: [wordForWord] }));
      const { out } = calispray('-C', dir, 'check', '--stack', 'own');
      const printed = /^harmful expectation at .*\n(?: {2,}.*\n)+/m
        .exec(out)?.[0]
        .replace(/ \(\S*Pulumi\.own\.yaml:\d+\)/, '');
      const path = join(import.meta.dirname, '../..', file);
      const text = readFileSync(path, 'utf8');
      const told = /(?<=^```text\n)harmful expectation at .*\n(?: {2,}.*\n)*(?=```$)/m;
      if (process.env.UPDATE_GOLDEN === '1')
        writeFileSync(
          path,
          text.replace(told, () => printed ?? ''),
        );
      assert.equal(told.exec(readFileSync(path, 'utf8'))?.[0], printed);
    });
  }

  it('names the field of a policy that stands in the stack file, with its line', () => {
    const { code, findings, lineOf } = check(withPolicies({ extra: [broken] }));
    const found = findings.filter(({ path }) => path === 'policies.extra[0].spec.selector');
    assert.equal(code, 1);
    assert.deepEqual([...new Set(found.map(({ class: cls }) => cls))], ['refused']);
    for (const { at } of found) assert.equal(at?.line, lineOf('selector: all('));
  });

  it('names manifest and document of a policy that stands there', () => {
    const documents = [
      {
        ...wordForWord,
        metadata: { name: 'first' },
        spec: { ...wordForWord.spec, namespaceSelector: "kubernetes.io/metadata.name == 'monitoring'" },
      },
      wordForWord,
    ];
    writeFileSync(join(dir, 'policies/own.yaml'), documents.map((one) => stringify(one)).join('---\n'));
    const { of } = check(withPolicies({ manifests: ['policies/own.yaml'] }));
    assert.match(of('expectation')[0]?.message ?? '', /\(policies\/own\.yaml#2\)/);
  });

  it('names the field of a policy in a manifest, with the line there', () => {
    const text = [wordForWord, { ...broken, metadata: { name: 'broken' } }].map((one) => stringify(one)).join('---\n');
    writeFileSync(join(dir, 'policies/broken.yaml'), text);
    const { findings } = check(withPolicies({ manifests: ['policies/broken.yaml'] }));
    const found = findings.filter(({ path }) => path === 'policies/broken.yaml#2 spec.selector');
    assert.ok(found.length > 0, findings.map(({ path }) => path).join());
    const line = text.split('\n').findIndex((each) => each.includes('selector: all(')) + 1;
    for (const { at } of found) {
      assert.match(at?.file ?? '', /policies\/broken\.yaml$/);
      assert.equal(at?.line, line);
    }
  });

  it('goes by the levels of the stack', () => {
    const cluster = withPolicies({ extra: [wordForWord] });
    const said = check(cluster, { expectation: 'advisory' });
    assert.equal(said.of('expectation').length, 1);
    assert.equal(check(cluster, { expectation: 'disabled' }).of('expectation').length, 0);
  });

  it('says nothing of expectations where a typing error leaves open who is there', () => {
    const typed = withPolicies({ extra: [wordForWord], defaultDenyIngres: ['production'] });
    writeFileSync(join(dir, 'Pulumi.own.yaml'), stringify({ config: { 'calispray:cluster': typed } }));
    const { err } = calispray('-C', dir, 'check', '--stack', 'own');
    assert.match(err, /unknown-key at policies\.defaultDenyIngres/);
    assert.doesNotMatch(err, /expectation/);
  });
});
