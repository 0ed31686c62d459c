import assert from 'node:assert/strict';
import { mistypedVariable } from '../../policies/rules/names/mistyped-variable.ts';
import { addressIn, ipv4, ipv6, isInside, overlap, rangeIn } from '../../policies/rules/ranges/family.ts';
import { compareVersions } from '../../policies/rules/release/versions.ts';
import { complete, type Subject } from '../../policies/rules/subject.ts';
import {
  count,
  hasIpv6,
  hostPathOf,
  isTemplate,
  isYes,
  numberOf,
  pathOf,
  sentence,
  show,
  toSet,
  valueIn,
} from '../../policies/rules/variables.ts';

const facts = {
  cluster: 'home',
  release: { version: 'v2.31.0', kubernetes: '1.35.4', source: 'one' },
  settings: { kubelet_max_pods: 110 },
  calico: { calico_mtu: 1450 },
  hosts: { a: { address: '192.168.4.1', groups: ['etcd'], settings: {}, calico: {} } },
  first: { controlPlane: 'a', etcd: 'a' },
  peers: { 'global-r': { router_id: '192.168.4.254', as: '64700' } },
};

describe('a subject of another program', () => {
  const bare = { variables: {}, hosts: [], network: { nodes: '', interfaceMtu: undefined }, paths: {} };

  it('lacks what it lacks, and nothing of it is made up', () => {
    for (const junk of [undefined, {}, { hosts: 'none', variables: null, network: [], paths: 7, files: 'all' }]) {
      assert.deepEqual(complete(junk as unknown as Subject), bare);
    }
  });

  it('has each part as it was given', () => {
    const host = {
      name: 'a',
      address: '192.168.4.1',
      address6: 'fd00::1',
      groups: ['etcd'],
      hostKey: 'pinned',
      jumpHostKey: 'accept-new',
      os: 'debian-12',
      variables: { ip: '192.168.4.1' },
    } as const;
    const subject: Subject = {
      variables: { calico_mtu: 1450 },
      hosts: [host],
      network: { nodes: '192.168.4.0/24', nodes6: 'fd00::/64', interfaceMtu: 1500 },
      kubespray: { version: 'v2.31.0' },
      extraVars: { calico_wireguard_packages: [] },
      files: ['hosts.yaml'],
      paths: { calico_mtu: 'network.mtu' },
      change: {
        applied: { ...facts, hosts: { a: { ...facts.hosts.a, address6: 'fd00::1', etcdMember: 'etcd1' } } },
        desired: facts,
        removeDead: ['b'],
        migrate: { encapsulation: { from: { kind: 'ipip', mode: 'always' } } },
      },
    };
    assert.deepEqual(complete(subject), subject);
  });

  it('has no change where one of the two is none of a cluster, and no migration that is none', () => {
    for (const change of [
      7,
      {},
      { applied: facts },
      { applied: {}, desired: facts },
      { applied: facts, desired: [] },
    ]) {
      assert.equal(complete({ change } as unknown as Subject).change, undefined);
    }
    const odd = { applied: facts, desired: facts, removeDead: 'b', migrate: { encapsulation: 'none' } };
    assert.deepEqual(complete({ change: odd } as unknown as Subject).change, {
      applied: facts,
      desired: facts,
      removeDead: [],
    });
  });

  it('has texts where there are to be texts', () => {
    const hosts = [{ name: 1, address: null, groups: ['etcd', 2, ''] }, 7, { groups: '{{ groups }}' }];
    const odd = { hosts, kubespray: 7, extraVars: 'x', files: ['a', 1], paths: { a: 1 }, network: { nodes6: 6 } };
    const whole = complete(odd as unknown as Subject);
    assert.deepEqual(whole.hosts, [
      { name: '', address: '', groups: ['etcd'] },
      { name: '', address: '', groups: [] },
      { name: '', address: '', groups: ['{{ groups }}'] },
    ]);
    assert.deepEqual([whole.kubespray, whole.extraVars, whole.files], [{ version: '' }, {}, ['a', '']]);
    assert.deepEqual([whole.paths, whole.network.nodes6], [{ a: '' }, '']);
  });
});

describe('a variable', () => {
  const subject = (part: Partial<Subject>) => complete(part);

  it('is what -e says, else the inventory, else the default; a template is not known', () => {
    const said = subject({
      variables: { kubelet_max_pods: 50, calico_mtu: '{{ mtu }}' },
      extraVars: { dns_mode: 'none' },
    });
    assert.deepEqual(
      ['kubelet_max_pods', 'calico_mtu', 'dns_mode', 'calico_pool_blocksize', 'own'].map((name) => valueIn(said, name)),
      [50, undefined, 'none', 26, undefined],
    );
    assert.equal(
      valueIn(subject({ variables: { dns_mode: 'coredns' }, extraVars: { dns_mode: 'none' } }), 'dns_mode'),
      'none',
    );
  });

  it('is a template with either bracket of Jinja', () => {
    const texts = ['{{ a }}', 'x{% if a %}', '{a}', 'a', '', '{ {'];
    assert.deepEqual(texts.map(isTemplate), [true, true, false, false, false, false]);
    assert.equal(isTemplate(['{{ a }}']), false);
  });

  it('is yes as the filter bool has it', () => {
    for (const yes of [true, 1, 'true', 'Yes', 'ON', '1', 't', 'y']) assert.ok(isYes(yes), String(yes));
    for (const no of [false, 0, 2, 'truely', 'untrue', 'no', '', null, ['true'], [1]])
      assert.ok(!isYes(no), String(no));
  });

  it('is a number where it says one', () => {
    assert.deepEqual([numberOf(5), numberOf('5'), numberOf(' 5 ')], [5, 5, 5]);
    for (const none of ['', ' ', 'five', null, true, [5], undefined])
      assert.ok(Number.isNaN(numberOf(none)), String(none));
  });

  it('asks for IPv6 by the new name before the old', () => {
    const answers = [
      { ipv6_stack: true },
      { enable_dual_stack_networks: true },
      { ipv6_stack: false, enable_dual_stack_networks: true },
      {},
    ].map((variables) => hasIpv6(subject({ variables })));
    assert.deepEqual(answers, [true, true, false, false]);
  });

  it('is shown short, whatever it is', () => {
    const ring: unknown[] = [];
    ring.push(ring);
    assert.deepEqual(['text', 7, null, [1], undefined, 10n, ring].map(show), [
      'text',
      '7',
      'null',
      '[1]',
      'nothing',
      '10',
      'a value that holds itself',
    ]);
    assert.equal(show('x'.repeat(60)), 'x'.repeat(60));
    assert.equal(show('x'.repeat(61)), `${'x'.repeat(60)}…`);
  });

  it('has a path and a way out in the words of whoever wrote it', () => {
    const other = subject({});
    const ours = subject({ paths: { cluster_name: 'name', calico_mtu: 'kubespray.extraVariables.calico_mtu' } });
    assert.deepEqual(
      [
        pathOf(other, 'calico_mtu'),
        pathOf(ours, 'calico_mtu'),
        pathOf(ours, 'calico_datastore'),
        pathOf(ours, 'constructor'),
      ],
      ['calico_mtu', 'kubespray.extraVariables.calico_mtu', 'calico.datastore', 'constructor'],
    );
    assert.equal(pathOf({ variables: {}, hosts: [], network: { nodes: '', interfaceMtu: 1500 } }, 'peers'), 'peers');
    assert.deepEqual(
      [hostPathOf(other, 'a', 'local_as'), hostPathOf(ours, '$&', 'local_as'), hostPathOf(ours, 'a', 'calico_mtu')],
      ['nodes.a.local_as', 'nodes.$&.bgp.as', 'nodes.a.calico_mtu'],
    );
    assert.deepEqual(
      [toSet(other, 'calico_mtu', 1), toSet(ours, 'calico_mtu', 1), toSet(ours, 'calico_datastore', 'kdd')],
      [
        'set calico_mtu: 1',
        'set kubespray.extraVariables.calico_mtu to 1',
        'choose calico.datastore so that calico_datastore is kdd',
      ],
    );
    assert.deepEqual([sentence('do it'), count(1, 'block'), count(0, 'block')], ['Do it.', '1 block', '0 blocks']);
  });
});

describe('versions', () => {
  it('are compared number by number', () => {
    const pairs: [unknown, string, number | undefined][] = [
      ['1.3.7', '1.3.7', 0],
      ['v1.3.7', '1.3.7', 0],
      ['1.10.0', '1.9.9', 1],
      ['1.3', '1.3.0', 0],
      ['1.3', '1.3.1', -1],
      ['12.0', '2.0', 1],
      ['0.9.9', '1.0.0', -1],
      [1.3, '1.3', undefined],
      ['latest', '1.3', undefined],
      ['1.3-rc1', '1.3', undefined],
      ['x1.3', '1.3', undefined],
      ['1.v3', '1.3', undefined],
      ['1.3', 'latest', undefined],
    ];
    for (const [a, b, expected] of pairs) assert.equal(compareVersions(a, b), expected, `${a} and ${b}`);
  });
});

describe('ranges of both families', () => {
  it('are read with their last address, and written without host bits', () => {
    assert.deepEqual(rangeIn(ipv4, '10.0.0.7/30'), {
      first: 167772164n,
      last: 167772167n,
      prefix: 30,
      text: '10.0.0.4/30',
      hasHostBits: true,
    });
    assert.deepEqual(rangeIn(ipv6, 'FD00::/127'), {
      first: 0xfd00n << 112n,
      last: (0xfd00n << 112n) + 1n,
      prefix: 127,
      text: 'fd00::/127',
      hasHostBits: false,
    });
  });

  it('are none where the text is none', () => {
    const texts = [
      '10.0.0.0',
      '10.0.0.0/',
      '10.0.0.0/x8',
      '10.0.0.0/8x',
      '10.0.0.0/0008',
      '10.0.0.0/8/8',
      '/8',
      '',
      '10/8',
    ];
    for (const text of [...texts, 8, null, undefined]) assert.equal(rangeIn(ipv4, text), undefined, String(text));
    for (const text of ['fd00::', 'fd00::/129', 'fe80::1%eth0/64', '10.0.0.0/8']) {
      assert.equal(rangeIn(ipv6, text), undefined, text);
    }
    assert.deepEqual(
      [addressIn(ipv4, '::1'), addressIn(ipv6, '1.2.3.4'), addressIn(ipv4, 7)],
      Array(3).fill(undefined),
    );
  });

  it('overlap and lie inside one another to the last address', () => {
    const of = (text: string) => rangeIn(ipv4, text) as NonNullable<ReturnType<typeof rangeIn>>;
    const [whole, last, next] = [of('10.0.0.0/24'), of('10.0.0.255/32'), of('10.0.1.0/24')];
    assert.deepEqual([overlap(whole, last), overlap(last, whole), overlap(whole, next)], [true, true, false]);
    assert.deepEqual([isInside(whole, last), isInside(last, whole), isInside(whole, whole)], [true, false, true]);
  });
});

describe('the spelling of variables', () => {
  const meant = (name: string) =>
    mistypedVariable.judge(complete({ variables: { [name]: 1 } })).map(({ hint }) => /Perhaps (\w+)/.exec(hint)?.[1]);

  it('is forgiven less the shorter the name, and more under the prefix of Calico', () => {
    const names: [string, string | undefined][] = [
      ['dns_modes', undefined],
      ['helm_enable', 'helm_enabled'],
      ['helm_enabl', undefined],
      ['kube_proxy_mod', 'kube_proxy_mode'],
      ['kube_proxy_mo', undefined],
      ['kube_service_addrese', 'kube_service_addresses'],
      ['kube_service_addres', undefined],
      ['calico_mtux', 'calico_mtu'],
      ['calico_mtuxxx', undefined],
      ['calico_network_backexx', 'calico_network_backend'],
      ['calico_network_backxxx', undefined],
      ['calico_ipam_autoallocatebxxxks', 'calico_ipam_autoallocateblocks'],
      ['calico_ipam_autoallocatxxxxcks', undefined],
      ['calico_networkxbaxxxend', undefined],
      ['calico_pool_cidr_ipv4', 'calico_pool_cidr'],
      ['calico_ipv4_pool_cidr', undefined],
      ['calico_own_thing_ipv4', undefined],
    ];
    for (const [name, expected] of names) assert.deepEqual(meant(name), expected === undefined ? [] : [expected], name);
  });

  it('of a name without an underscore is nobody’s business', () => assert.deepEqual(meant('peer'), []));
});
