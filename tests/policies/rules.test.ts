import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { formatFinding } from '../../cluster/index.ts';
import { complete, judge, rules, type Subject } from '../../policies/rules/index.ts';
import { reference } from '../../policies/rules/reference.ts';

const worlds = join(import.meta.dirname, 'worlds');
const base = parse(readFileSync(join(worlds, 'base.yaml'), 'utf8')) as Subject;

/** The healthy base with what the world has otherwise; a variable that is null there is not said at all. */
function world(file: string): Subject {
  const own = parse(readFileSync(file, 'utf8')) as Partial<Subject>;
  const variables = Object.entries({ ...base.variables, ...own.variables }).filter(([, value]) => value !== null);
  return complete({ ...base, ...own, variables: Object.fromEntries(variables) });
}

describe('rules', () => {
  it('remark nothing on the base world', () => assert.deepEqual(judge(base), []));

  it('have worlds each, good, bad and unknown, and no world is without its rule', () => {
    const folders = readdirSync(worlds, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map((f) => f.name).sort(), rules.map((r) => r.code).sort());
    for (const { name } of folders) {
      const files = readdirSync(join(worlds, name));
      for (const kind of ['good', 'bad', 'unknown']) {
        assert.ok(
          files.some((f) => f.startsWith(kind)),
          `${name} has no ${kind} world`,
        );
      }
    }
  });

  for (const rule of rules) {
    describe(rule.code, () => {
      for (const file of globSync(join(worlds, rule.code, 'good*.yaml')).sort()) {
        it(`passes ${basename(file)}`, () => assert.deepEqual(rule.judge(world(file)), []));
      }
      for (const file of globSync(join(worlds, rule.code, 'unknown*.yaml')).sort()) {
        it(`cannot judge ${basename(file)}, and says nothing`, () => {
          assert.match(readFileSync(file, 'utf8'), /\{\{/, 'what is unknown is a template');
          assert.deepEqual(rule.judge(world(file)), []);
        });
      }
      for (const file of globSync(join(worlds, rule.code, 'bad*.yaml')).sort()) {
        it(`finds ${basename(file)}`, () => {
          const findings = rule.judge(world(file));
          assert.ok(findings.length > 0, 'a bad world without a finding');
          for (const finding of findings) {
            assert.deepEqual([finding.code, finding.class, finding.reference], [rule.code, rule.class, rule.reference]);
          }
          const golden = file.replace(/\.yaml$/, '.txt');
          const text = `${findings.map(formatFinding).join('\n')}\n`;
          if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text);
          assert.ok(existsSync(golden), `${golden} is missing: UPDATE_GOLDEN=1`);
          assert.equal(text, readFileSync(golden, 'utf8'));
        });
      }
    });
  }

  it('cannot judge what only Ansible can fill, and say nothing of it', () => {
    const templates = Object.fromEntries(Object.keys(base.variables).map((name) => [name, '{{ elsewhere }}']));
    assert.deepEqual(judge({ ...base, variables: templates }), []);
  });

  it('never throw, whatever the variables hold', () => {
    const read = [
      'kube_version',
      'calico_version',
      'calico_bpf_enabled',
      'typha_enabled',
      'typha_secure',
      'ipv6_stack',
    ];
    const bgp = ['peers', 'peer_with_router', 'peer_with_calico_rr', 'cluster_id', 'calico_advertise_cluster_ips'];
    const named = ['ipip', 'calico_bgp_peers', 'calico_ipip_mode_ipv6', 'calico_advertise_service_external_ips'];
    const names = fc.constantFrom(...Object.keys(base.variables), ...read, ...bgp, ...named);
    const name = fc.oneof(names, fc.string(), fc.stringMatching(/^calico_[a-z_]{1,60}$/));
    const value = fc.oneof(fc.anything(), fc.constantFrom(true, 'vxlan', 'etcd'), fc.array(fc.anything()));
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.anything(), (variables, junk) => {
        judge({ ...base, variables: { ...base.variables, ...variables } });
        judge(complete(junk as Partial<Subject>));
      }),
      { numRuns: 500 },
    );
  });

  it('are described in docs/rules.md as they are', () => {
    const file = join(import.meta.dirname, '../../docs/rules.md');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, reference());
    assert.equal(readFileSync(file, 'utf8'), reference(), 'node policies/rules/reference.ts > docs/rules.md');
  });
});
