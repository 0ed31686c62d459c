import assert from 'node:assert/strict';
import fc from 'fast-check';
import { importInventory } from '../../kubespray/import/index.ts';
import { pythonLiteral } from '../../kubespray/import/python-literal.ts';
import { readHosts } from '../../kubespray/import/read-hosts.ts';
import { readIni } from '../../kubespray/import/read-ini.ts';
import { plain, readYaml } from '../../kubespray/import/read-yaml.ts';
import { isSecret } from '../../kubespray/import/secrets.ts';

// What Ansible makes of all of these was read off `ansible-inventory --list` of ansible-core 2.18.19.

function yaml(text: string): unknown {
  const { tree, findings } = readYaml('x.yml', text);
  assert.deepEqual(findings, []);
  return tree === undefined ? assert.fail('not read') : plain(tree);
}

/** Code and line of what is wrong with a file. */
function wrongIn(text: string): [string, number | undefined][] {
  return readYaml('x.yml', text).findings.map(({ code, at }) => [code, at?.line]);
}

describe('YAML as Ansible reads it', () => {
  it('takes plain scalars as PyYAML does', () => {
    const scalars: [string, unknown][] = [
      ...(['yes', 'On', 'TRUE'] as const).map((text): [string, unknown] => [text, true]),
      ...(['no', 'Off', 'false'] as const).map((text): [string, unknown] => [text, false]),
      ...(['~', 'null', ''] as const).map((text): [string, unknown] => [text, null]),
      ...(['y', 'N', '1e3', '0o17', '08', '1.2.3', '2026-01-01'] as const).map((t): [string, unknown] => [t, t]),
      ['0755', 493],
      ['0x1F', 31],
      ['0b101', 5],
      ['22:22', 1342],
      ['1:30.5', 90.5],
      ['1_000', 1000],
      ['1.0e+3', 1000],
      ['-0', 0],
      ['.5', 0.5],
      ['"1"', '1'],
    ];
    for (const [text, value] of scalars) assert.deepEqual([text, yaml(`v: ${text}`)], [text, { v: value }]);
  });

  it('follows anchors, merge keys and the later of two equal keys', () => {
    const text = 'a: &a {k: v, l: [1]}\nb: *a\nc:\n  <<: *a\n  k: w\nd: {<<: [*a, {m: 1, k: z}]}\n';
    const a = { k: 'v', l: [1] };
    assert.deepEqual(yaml(text), { a, b: a, c: { k: 'w', l: [1] }, d: { k: 'v', l: [1], m: 1 } });
    const twice = readYaml('x.yml', 'a: 1\nb: 2\na: 3\n');
    assert.deepEqual(twice.tree && plain(twice.tree), { b: 2, a: 3 });
    assert.match(twice.findings[0]?.message ?? '', /line 1/);
    assert.deepEqual(wrongIn('a: 1\nb: 2\na: 3\n'), [['duplicate-key', 3]]);
  });

  it('says the line of what it cannot read, and none of its text', () => {
    assert.deepEqual(wrongIn('a: 1\n\tb: 2\n'), [['not-yaml', 2]]);
    assert.deepEqual(wrongIn('a: 1\nb: [1, 2\n'), [['not-yaml', 3]]);
    assert.deepEqual(wrongIn('a: 1\n---\nb: 2\n'), [['not-yaml', 2]]);
    assert.deepEqual(wrongIn('a: *nowhere\n'), [['not-yaml', 1]]);
    assert.deepEqual(wrongIn('a: 1\n? [x]\n: 2\n'), [['not-yaml', 2]]);
    assert.match(readYaml('x.yml', 'a: {{ b }}\n').findings[0]?.hint ?? '', /a template stands between quotes/);
    assert.deepEqual(wrongIn('a: 1\nb: \u0000\n'), [['control-character', 2]]);
    const { findings } = readYaml('x.yml', 'password: "planted\n: [');
    assert.doesNotMatch(JSON.stringify(findings), /planted/);
  });

  it('ends at bombs of aliases and of levels', () => {
    const levels = Array.from({ length: 12 }, (_, i) => {
      const item = i === 0 ? 'x' : `*a${i - 1}`;
      return `a${i}: &a${i} [${Array(10).fill(item).join(', ')}]`;
    });
    assert.deepEqual(
      wrongIn(levels.join('\n')).map(([code]) => code),
      ['alias-bomb'],
    );
    assert.deepEqual(
      wrongIn(`a: ${'['.repeat(100)}${']'.repeat(100)}\n`).map(([code]) => code),
      ['too-deep'],
    );
    assert.deepEqual(
      wrongIn(`a: ${'['.repeat(50_000)}${']'.repeat(50_000)}`).map(([code]) => code),
      ['too-deep'],
    );
    assert.deepEqual(
      wrongIn('a: &a [*a]\n').map(([code]) => code),
      ['too-deep'],
    );
  });
});

describe('INI as Ansible reads it', () => {
  it('takes values as Python literals where they are some', () => {
    const values: [string, unknown][] = [
      ['1   # trailing', 1],
      ['text   # trailing', 'text   # trailing'],
      ['"quoted text"', 'quoted text'],
      ["[1, 'x', None]", [1, 'x', null]],
      ["['a','b',]", ['a', 'b']],
      ["{'k': {'l': True}}", { k: { l: true } }],
      ['(1,2)', [1, 2]],
      ['(1)', 1],
      ['(1,)', [1]],
      ['true', 'true'],
      ['True', true],
      ['07', '07'],
      ['0o17', 15],
      ['0x1f', 31],
      ['-3', -3],
      ['1e3', 1000],
      ['1_000', 1000],
      ['1.2.3', '1.2.3'],
      ['1 2', '1 2'],
      ['"a" "b"', 'ab'],
      ["r'x'", 'x'],
      ["'''tri'''", 'tri'],
      ['"x\\ty"', 'x\ty'],
      ['[1,', '[1,'],
      ['10.0.0.1', '10.0.0.1'],
      ['', ''],
    ];
    for (const [text, value] of values) assert.deepEqual([text, pythonLiteral(text)], [text, value]);
  });

  it('expands ranges, splits words as a shell and keeps every line', () => {
    const text = `; comment
loner x=1  # comment
[a]
n[01:05:2].lan:2222 q='a b' esc=a\\ b n=5
n[a:c] x="it's # no comment" y=p=q
fe80::1
[b:children]
a
[a:vars]
v = 1
`;
    const { groups, findings } = readIni('inventory.ini', text);
    assert.deepEqual(findings, []);
    assert.deepEqual(
      [...(groups.groups.get('a')?.hosts.keys() ?? [])],
      ['n01.lan', 'n03.lan', 'n05.lan', 'na', 'nb', 'nc', 'fe80::1'],
    );
    const values = (host: string) =>
      Object.fromEntries([...(groups.hosts.get(host)?.variables ?? [])].map(([name, { value }]) => [name, value]));
    assert.deepEqual(values('n03.lan'), { ansible_port: 2222, q: 'a b', esc: 'a b', n: 5 });
    assert.deepEqual(values('nb'), { x: "it's # no comment", y: 'p=q' });
    assert.equal(groups.hosts.get('nb')?.place.line, 5);
    assert.deepEqual([...(groups.groups.get('b')?.children.keys() ?? [])], ['a']);
    assert.deepEqual(groups.groups.get('a')?.variables.get('v')?.value, 1);
  });

  it('names the line of what Ansible would stop at, without its text', () => {
    const text =
      '[a:wrong]\nx\n[sp ace]\nn[3:1]\nn[1\nh password\nh "open\n[c:vars]\nplanted\nk=1\nk=2\n[d:children]\ntwo words\n';
    const { findings } = readIni('inventory.ini', text);
    assert.deepEqual(
      findings.map(({ code, at }) => [code, at?.line]),
      [
        ['bad-ini', 1],
        ['bad-ini', 3],
        ['bad-host-range', 4],
        ['bad-host-range', 5],
        ['bad-ini', 6],
        ['bad-ini', 7],
        ['bad-ini', 9],
        ['duplicate-key', 11],
        ['bad-ini', 13],
        ['bad-ini', 8],
      ],
    );
    assert.doesNotMatch(JSON.stringify(findings), /planted|password/);
  });
});

describe('the inventory in YAML', () => {
  it('has ranges, one host as text, nested groups and the place of each variable', () => {
    const text = `all:
  hosts:
    n[1:2]: { ip: 10.0.0.1 }
  children:
    kube_node:
      hosts: n1
      vars: { v: yes }
      chilren: { x: }
`;
    const { groups, findings } = readHosts('hosts.yaml', text);
    assert.deepEqual([...(groups?.hosts.keys() ?? [])], ['n1', 'n2']);
    assert.deepEqual(groups?.groups.get('kube_node')?.variables.get('v')?.value, true);
    assert.equal(groups?.groups.get('kube_node')?.variables.get('v')?.place.line, 7);
    assert.deepEqual(
      findings.map(({ code, at, hint }) => [code, at?.line, hint]),
      [['unknown-group-key', 8, 'Did you mean children?']],
    );
  });
});

describe('secrets', () => {
  it('are known by name, by the names inside, by the look of the value; what lies around one is none', () => {
    for (const [name, value] of [
      ['ansible_become_pass', 'x'],
      ['kube_oidc_client_secret', 'x'],
      ['registries', [{ auth: { password: 'x' } }]],
      ['anything', '-----BEGIN RSA PRIVATE KEY-----'],
      ['http_proxy', 'http://user:word@proxy:3128'],
      ['bootstrap_token', 123456],
      ['kubeadm_certificate_key', '0123456789abcdef0123'],
    ] as const) {
      assert.equal(isSecret(name, value), true, name);
    }
    for (const [name, value] of [
      ['kube_token_dir', '/etc/kubernetes/tokens'],
      ['kube_encrypt_secret_data', false],
      ['http_proxy', 'http://proxy:3128'],
      ['password', ''],
      ['kubeadm_certificate_key', "{{ lookup('password', 'x length=64') }}"],
      ['tls_key', '/etc/ssl/private/key.pem'],
      ['calico_pool_name', 'pods'],
    ] as const) {
      assert.equal(isSecret(name, value), false, name);
    }
  });
});

describe('whatever the files hold', () => {
  const names = ['hosts.yaml', 'inventory.ini', 'group_vars/all.yml', 'group_vars/k8s_cluster/x.yml', 'host_vars/n1'];
  const lines = fc.constantFrom(
    ...['all:', '  hosts:', '    n1:', '      ip: 10.0.0.1', '  children: { kube_node: { hosts: { n1: } } }'],
    ...['kube_control_plane: { hosts: { n1: , n2: } }', '[kube_node]', '[etcd:children]', 'n[1:3] ip=10.0.0.1'],
    ...['peers: [{ router_id: 1, as: x }]', 'peer_with_router: true', 'calico_mtu: {}', 'node_labels: [1]', '[x:vars]'],
    ...['calico_ipip_mode: Always', 'kube_pods_subnet: 300.0.0.0/99', 'ipv6_stack: true', 'typha_enabled: "yes"'],
    ...['\t', '&a [*a]', '? [', '"', '{{ x }}', '__proto__: { x: 1 }', 'constructor: 1', '<<: 1', '- 1', 'a=b'],
  );
  const text = fc.oneof(
    fc.array(fc.oneof(lines, fc.string()), { maxLength: 12 }).map((parts) => parts.join('\n')),
    fc.string({ unit: 'binary' }),
  );

  it('nothing is thrown, and every finding has a place or a field', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text, { minKeys: 1 }), (files) => {
        for (const { at, path, code, hint } of importInventory(files).findings) {
          assert.ok(at !== undefined || path !== '' || code === 'no-inventory', code);
          assert.notEqual(hint, '', code);
        }
      }),
      { numRuns: 500 },
    );
  });
});
