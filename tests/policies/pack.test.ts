import assert from 'node:assert/strict';
import fc from 'fast-check';
import { subjectOf } from '../../kubespray/index.ts';
import { isAboutChange } from '../../policies/mount/change-rules.ts';
import { policyOf } from '../../policies/mount/inventory-rules.ts';
import { corrected } from '../../policies/mount/mtu-remedy.ts';
import { Seen } from '../../policies/mount/seen.ts';
import { notJudgedPolicy } from '../../policies/mount/wanting.ts';
import { objectRules } from '../../policies/objects/index.ts';
import { policies } from '../../policies/pack.ts';
import { type Rule, rules, type Subject } from '../../policies/rules/index.ts';
import { INVENTORY, PackRun, UNKNOWN, urnOf } from '../support/pack.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';

const lab = stackCluster('lab');
const good = subjectOf(clusterOf(lab));
const withVariables = (change: object) => ({ ...good, variables: { ...good.variables, ...change } });

/** The inventory alone, judged as a resource and then with the stack. */
async function judged(inputs: object, levels: ConstructorParameters<typeof PackRun>[0] = {}): Promise<PackRun> {
  const run = new PackRun(levels);
  await run.register(INVENTORY, 'own', inputs);
  return run.finish();
}

describe('the pack', () => {
  it('has every rule once, at the level of its class', () => {
    const names = policies.map((policy) => policy.name);
    assert.deepEqual([...new Set(names)], names);
    assert.deepEqual(names, [...rules.map((r) => r.code), ...objectRules.map((r) => r.code), 'not-judged']);
    for (const rule of [...rules, ...objectRules]) {
      const policy = policies.find(({ name }) => name === rule.code);
      assert.deepEqual(
        [policy?.enforcementLevel, policy?.severity],
        { refused: ['mandatory', 'critical'], harmful: ['mandatory', 'high'], advice: ['advisory', 'low'] }[rule.class],
      );
    }
  });

  for (const stack of stacks) {
    it(`says of stack ${stack} what its rules say, and of a resource once only`, async () => {
      const run = await judged(subjectOf(clusterOf(stackCluster(stack))));
      assert.deepEqual(
        run.codes.filter((code) => code.startsWith('mandatory')),
        [],
      );
    });
  }

  it('reports a violation with class, severity, field, way out and source', async () => {
    const { said } = await judged(withVariables({ calico_mtu: 9000, calico_veth_mtu: 9000 }));
    const [first, ...others] = said;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [first?.rule, first?.level, first?.urn],
      ['mtu-above-encapsulation', 'mandatory', urnOf(INVENTORY, 'own')],
    );
    assert.match(
      first?.message ?? '',
      /\nharmful \(high\) at network\.mtu: MTU 9000 .*\n {2}→ .* \(kubespray v2\.31\.0 .*\)$/,
    );
  });

  it('does not unpack the stack for rules that judged the resources', async () => {
    const { notApplicable } = await judged(good);
    assert.deepEqual(
      rules
        // Of a change there is nothing in a stack at all.
        .filter((rule) => !isAboutChange(rule))
        .map((rule) => rule.code)
        .filter((code) => !notApplicable.includes(code)),
      [],
    );
  });

  it('keeps mandatory what kubespray would refuse, lowered or disabled', async () => {
    const wrong = withVariables({ kube_network_plugin: 'cilium' });
    for (const level of ['advisory', 'disabled', 'remediate'] as const) {
      const { codes } = await judged(wrong, { 'network-plugin': level });
      assert.ok(codes.includes('mandatory network-plugin'), `${level}: ${codes}`);
      assert.equal(codes.filter((code) => code.endsWith(' network-plugin')).length, 1, level);
    }
    const harmful = await judged(withVariables({ calico_mtu: 9000, calico_veth_mtu: 9000 }), {
      'mtu-above-encapsulation': 'advisory',
    });
    assert.deepEqual(harmful.codes, ['advisory mtu-above-encapsulation']);
  });

  it('judges an inventory that is only in the stack from what is kept of it, or says that it cannot', async () => {
    const run = new PackRun();
    run.left(INVENTORY, 'old', withVariables({ kube_network_plugin: 'cilium' }));
    run.left(INVENTORY, 'bare', { digest: 'd' });
    await run.finish();
    const old = run.said.filter(({ urn }) => urn === urnOf(INVENTORY, 'old')).map(({ rule }) => rule);
    assert.ok(old.includes('network-plugin'), String(old));
    const bare = run.said.filter(({ urn }) => urn === urnOf(INVENTORY, 'bare'));
    assert.deepEqual(
      bare.map(({ rule, level }) => [rule, level]),
      [['not-judged', 'advisory']],
    );
  });

  it('reads a resource anew when the engine asks of it again', async () => {
    const run = new PackRun();
    await run.register(INVENTORY, 'own', withVariables({ calico_mtu: 9000, calico_veth_mtu: 9000 }));
    assert.deepEqual(run.codes, ['mandatory mtu-above-encapsulation']);
    await run.register(INVENTORY, 'own', good);
    assert.deepEqual(run.codes, ['mandatory mtu-above-encapsulation']);
  });
});

describe('what a preview cannot know', () => {
  it('is said of every variable that a rule reads, and is no violation', async () => {
    const read = new Set<string>();
    const get = (variables: object, name: string | symbol): unknown => {
      read.add(String(name));
      return Reflect.get(variables, name);
    };
    const recorded: Subject = {
      ...good,
      variables: new Proxy<Record<string, unknown>>({ ...good.variables }, { get }),
    };
    for (const rule of rules) rule.judge(recorded);
    const names = Object.keys(good.variables).filter((name) => read.has(name));
    assert.ok(names.length > 15, names.join());
    for (const name of names) {
      const { said } = await judged(withVariables({ [name]: UNKNOWN }));
      const text = said.map(({ rule, level, message }) => `${level} ${rule} ${message}`).join('\n');
      assert.match(text, new RegExp(`advisory not-judged [\\s\\S]*: ${name} is known only after the up, so `), name);
      assert.doesNotMatch(text, /mandatory/, name);
    }
  });

  it('is no crash and no false alarm anywhere in the inputs', async () => {
    const paths = ['variables', 'hosts', 'network', 'kubespray', 'paths', 'network.interfaceMtu', 'network.nodes'];
    const ofHosts = [
      'hosts.0',
      'hosts.1.address',
      'hosts.2.groups',
      'hosts.0.groups.1',
      'hosts.0.name',
      'kubespray.version',
    ];
    for (const path of [...paths, ...ofHosts]) {
      const inputs = structuredClone(good) as unknown as Record<string, unknown>;
      const keys = path.split('.');
      const last = keys.pop() as string;
      const at = keys.reduce((value, key) => value[key] as Record<string, unknown>, inputs);
      at[last] = UNKNOWN;
      const { codes } = await judged(inputs);
      assert.deepEqual([...new Set(codes)], path === 'paths' ? [] : ['advisory not-judged'], path);
    }
  });

  it('is said of a template too, where a rule asks for it by name', async () => {
    const { said } = await judged(withVariables({ calico_mtu: '{{ elsewhere }}', ntp_timezone: '{{ nobody asks }}' }));
    assert.deepEqual(
      said.map(({ rule, level }) => `${level} ${rule}`),
      ['advisory not-judged'],
    );
    assert.match(
      said[0]?.message ?? '',
      /at network\.mtu: calico_mtu is a template that only Ansible can fill, so .*mtu-above/,
    );
  });

  it('is said of what stands deeper, of a host and of what is passed with -e', async () => {
    const said = async (change: object) =>
      (await judged({ ...good, ...change })).said.map(({ message }) => message).join();
    const variables = {
      ...good.variables,
      peer_with_router: true,
      peers: [{ router_id: '192.168.4.1', as: '{{ as }}' }],
    };
    assert.match(await said({ variables }), /peers is a template that only Ansible can fill, so .*as-number/);
    const mtu = /calico_mtu is known only after the up, so mtu-above-encapsulation/;
    assert.match(await said({ extraVars: { calico_mtu: UNKNOWN } }), mtu);
    const hosts = good.hosts.map((host, i) => (i === 0 ? { ...host, address: '{{ address }}' } : host));
    assert.match(await said({ hosts }), /hosts\[0\]\.address is a template that only Ansible can fill/);
  });

  it('holds the run up where the stack says that nothing may pass unjudged', async () => {
    const { codes } = await judged(withVariables({ calico_mtu: UNKNOWN }), { 'not-judged': 'mandatory' });
    assert.deepEqual(codes, ['mandatory not-judged']);
  });

  it('includes a rule that fails: the others go on, and it is named', async () => {
    const broken: Rule = {
      ...(rules[0] as Rule),
      code: 'broken',
      judge: () => {
        throw new TypeError('of its own');
      },
    };
    const seen = new Seen();
    const run = new PackRun({}, [policyOf(broken, seen), notJudgedPolicy(seen)]);
    await run.register(INVENTORY, 'own', good);
    assert.deepEqual(run.codes, ['advisory not-judged']);
    assert.match(run.said[0]?.message ?? '', /rule broken failed on these values.*TypeError: of its own/);
  });

  it('cannot make the pack fail, whatever the inputs are', async () => {
    const leaf = fc.oneof(
      fc.constant(UNKNOWN),
      fc.constant('{{ x }}'),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), fc.oneof(leaf, fc.array(leaf))));
    const name = fc.constantFrom(...Object.keys(good.variables), 'peers', 'calico_bgp_peers', 'x');
    const inputs = fc.record(
      {
        variables: fc.oneof(value, fc.dictionary(name, value)),
        hosts: fc.oneof(
          value,
          fc.array(fc.dictionary(fc.constantFrom('name', 'address', 'groups', 'os', 'variables'), value)),
        ),
        network: value,
        kubespray: value,
        paths: value,
        extraVars: value,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(inputs, async (junk) => {
        await judged(junk, { 'mtu-above-encapsulation': 'remediate' });
      }),
      { numRuns: 60, examples: [[{ hosts: { length: [UNKNOWN] } }]] },
    );
  });
});

describe('the MTU put right', () => {
  const levels = { 'mtu-above-encapsulation': 'remediate' } as const;
  const wrong = subjectOf(clusterOf(edited(lab, { network: { encapsulation: { ipip: 'always' }, mtu: 1500 } })));
  const files = JSON.stringify(
    { 'inventory/group_vars/x.yml': '# Why.\ncalico_mtu: 1500\ncalico_veth_mtu: 1500\n' },
    null,
    1,
  );

  it('leaves what is passed with -e, with variables beside it or without, and still finds it', async () => {
    for (const variables of [wrong.variables, undefined]) {
      const run = new PackRun(levels);
      const passed = { ...wrong, variables, extraVars: { calico_mtu: 1500, calico_veth_mtu: 1500 } };
      assert.deepEqual(await run.register(INVENTORY, 'own', passed), passed);
      assert.deepEqual(run.remedied, []);
      if (variables !== undefined) assert.ok(run.said.some(({ rule }) => rule === 'mtu-above-encapsulation'));
    }
  });

  it('changes the inputs and the files that go with them', async () => {
    const run = new PackRun(levels);
    const inputs = await run.register(INVENTORY, 'own', wrong);
    const { calico_mtu, calico_veth_mtu } = inputs.variables as Record<string, unknown>;
    assert.deepEqual([calico_mtu, calico_veth_mtu], [1480, 1480]);
    const command = { stdin: files, connection: { host: UNKNOWN } };
    const laid = await run.register('command:remote:Command', 'own-files', command, urnOf(INVENTORY, 'own'));
    assert.match(String(laid.stdin), /calico_mtu: 1480 # 1500 is declared/);
    assert.deepEqual(laid.connection, { host: UNKNOWN });
    const other = await run.register('command:remote:Command', 'other', { stdin: files });
    assert.equal(other.stdin, files);
    await run.finish();
    assert.deepEqual(run.codes, []);
  });

  it('waits for files that are not known yet, and says so', async () => {
    const run = new PackRun(levels);
    await run.register(INVENTORY, 'own', wrong);
    await run.register('command:remote:Command', 'own-files', { stdin: UNKNOWN }, urnOf(INVENTORY, 'own'));
    await run.finish();
    assert.deepEqual(run.codes, ['advisory mtu-above-encapsulation']);
    assert.match(run.said[0]?.message ?? '', /its files are known only in the up, and put right there/);
  });

  it('is not called right where no files were found, or none with that MTU', async () => {
    for (const stdin of [undefined, 'no JSON', '{"a":"calico_mtu: 1400"}']) {
      const run = new PackRun(levels);
      await run.register(INVENTORY, 'own', wrong);
      if (stdin !== undefined) {
        await run.register('command:remote:Command', 'own-files', { stdin }, urnOf(INVENTORY, 'own'));
      }
      await run.finish();
      assert.deepEqual(run.codes, ['mandatory mtu-above-encapsulation'], String(stdin));
    }
  });

  it('leaves everything as it is at any other level', async () => {
    const run = new PackRun();
    await run.register(INVENTORY, 'own', wrong);
    assert.deepEqual(run.remedied, []);
  });

  it('touches no line but those of an MTU that is too large', () => {
    fc.assert(
      fc.property(fc.integer({ min: 576, max: 9000 }), fc.integer({ min: 576, max: 9000 }), (mtu, most) => {
        const text = `a: ${mtu}\ncalico_mtu: ${mtu}\n  calico_veth_mtu: ${mtu}\n`;
        const fixed = corrected(JSON.stringify({ f: text }), most);
        if (mtu <= most) assert.equal(fixed, undefined);
        else {
          const lines = (JSON.parse(fixed ?? '{}').f as string).split('\n');
          assert.deepEqual([lines[0], lines[2]], [`a: ${mtu}`, `  calico_veth_mtu: ${mtu}`]);
          assert.match(lines[1] ?? '', new RegExp(`^calico_mtu: ${most} # ${mtu} is declared`));
        }
      }),
    );
  });
});
