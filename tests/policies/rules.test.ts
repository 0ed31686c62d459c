import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { formatFinding } from '../../cluster/index.ts';
import { fieldOf } from '../../kubespray/fields.ts';
import { reference } from '../../policies/reference.ts';
import { complete, judge, rules, type Subject } from '../../policies/rules/index.ts';

const worlds = join(import.meta.dirname, 'worlds');
const base = parse(readFileSync(join(worlds, 'base.yaml'), 'utf8')) as Subject;

/** What JSON cannot say. */
const ring: unknown[] = [];
ring.push(ring);

/** The healthy base with what the world has otherwise; a part or a variable that is null there is not said at all. */
function world(file: string): Subject {
  const own = parse(readFileSync(file, 'utf8')) as Partial<Subject>;
  const said = (part: object) => Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null));
  return complete(said({ ...base, ...own, variables: said({ ...base.variables, ...own.variables }) }));
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
      ...Object.keys(fieldOf),
      ...['kube_proxy_strict_arp', 'metallb_enabled', 'kube_vip_enabled', 'download_localhost', 'gvisor_enabled'],
      ...['containerd_version', 'cloud_provider', 'external_cloud_provider', 'dns_mode', 'container_manager', 'ipip'],
      ...['calico_bgp_peers', 'loadbalancer_apiserver_port', 'enable_dual_stack_networks', 'ignore_assert_errors'],
    ];
    const names = fc.constantFrom(...Object.keys(base.variables), ...read);
    const name = fc.oneof(names, fc.string(), fc.stringMatching(/^(calico|kube)_[a-z_]{1,60}$/));
    const likely = fc.constantFrom<unknown>(true, 'vxlan', 'etcd', 'fd00::/64', '10.0.0.0/8', [{}], ring, 10n, null);
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    const value = fc.oneof(anything, likely, fc.array(anything));
    const variables = fc.dictionary(name, value);
    const group = fc.oneof(fc.constantFrom('etcd', 'calico_rr', 'kube_node', 'k8s_cluster'), fc.string());
    const host = fc.record(
      {
        name: fc.oneof(fc.string(), fc.constantFrom('a', 'b')),
        address: fc.oneof(fc.string(), fc.constantFrom('192.168.4.1', 'fd00::1')),
        address6: fc.oneof(fc.string(), fc.constantFrom('fd00::1', '::')),
        groups: fc.array(group),
        os: fc.oneof(fc.string(), fc.constantFrom('rocky-10', 'ol-8.9')),
        variables,
      },
      { requiredKeys: [] },
    );
    const parts = fc.dictionary(fc.constantFrom('address', 'groups', 'etcdMember', 'settings', 'calico'), value);
    const facts = fc.record(
      {
        cluster: fc.constantFrom('a', 'a', 'b'),
        release: fc.oneof(
          fc.record({ version: fc.constantFrom('v2.28.0', 'v2.31.0', 'x'), kubernetes: fc.string() }),
          anything,
        ),
        settings: fc.oneof(variables, anything),
        calico: fc.oneof(variables, anything),
        hosts: fc.oneof(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(host, parts)), anything),
        first: fc.oneof(
          fc.record({ controlPlane: fc.constantFrom('a', 'b'), etcd: fc.constantFrom('a', 'b') }),
          anything,
        ),
        peers: anything,
      },
      { requiredKeys: ['cluster'] },
    );
    const subject = fc.record(
      {
        variables,
        hosts: fc.array(fc.oneof(host, anything)),
        network: fc.oneof(fc.record({ nodes: fc.string(), nodes6: fc.string(), interfaceMtu: fc.double() }), anything),
        extraVars: fc.oneof(variables, anything),
        files: fc.oneof(fc.array(fc.oneof(fc.string(), fc.constant('group_vars/x.yml'))), anything),
        paths: fc.oneof(fc.dictionary(name, fc.string()), anything),
        kubespray: fc.oneof(fc.constantFrom({ version: 'v2.28.0' }), anything),
        change: fc.oneof(
          fc.record({ applied: facts, desired: facts, migrate: anything, removeDead: anything }),
          anything,
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(subject, anything, (part, junk) => {
        const own = { ...base, ...part, variables: { ...base.variables, ...part.variables } };
        for (const whole of [own, part, junk]) {
          for (const finding of judge(whole as Partial<Subject>)) assert.equal(typeof finding.message, 'string');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('name the field of the stack file wherever there is one, and the variable where there is not', () => {
    for (const file of globSync(join(worlds, '*/bad*.yaml'))) {
      const subject = world(file);
      const rule = rules.find(({ code }) => code === basename(join(file, '..')));
      for (const { path } of rule?.judge({ ...subject, paths: { ...fieldOf, ...subject.paths } }) ?? []) {
        const [first = ''] = path.split(/[.[]/);
        assert.ok(!Object.hasOwn(fieldOf, first), `${path} in ${file}`);
      }
    }
  });

  it('are described in docs/rules.md as they are', () => {
    const file = join(import.meta.dirname, '../../docs/rules.md');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, reference());
    assert.equal(readFileSync(file, 'utf8'), reference(), 'node policies/reference.ts > docs/rules.md');
  });
});
