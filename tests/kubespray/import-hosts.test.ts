import assert from 'node:assert/strict';
import { importInventory } from '../../kubespray/import/index.ts';

/** An inventory of one control-plane node and two workers; `hosts` are lines of its INI, `more` further files. */
function imported(more: Readonly<Record<string, string>>, workers = 'w1 ip=10.0.0.2\nw2 ip=10.0.0.3') {
  const ini = `[kube_control_plane]\ncp ip=10.0.0.1\n[etcd]\ncp\n[kube_node]\n${workers}\n[k8s_cluster:children]\nkube_control_plane\nkube_node\n`;
  const { 'inventory.ini': rest = '', ...files } = more;
  const { value, findings } = importInventory({ 'inventory.ini': ini + rest, ...files }, { name: 'x' });
  const fields = value as {
    nodes: Record<string, Record<string, unknown>>;
    network: Record<string, Record<string, unknown>>;
    kubespray: { extraVariables?: Record<string, unknown>; order?: string[] };
    kubernetes?: { maxPods?: number };
    calico?: { node?: { logLevel?: string } };
    ssh?: Record<string, unknown>;
  };
  return { ...fields, codes: findings.filter((f) => f.code !== 'assumed').map(({ code }) => code), findings };
}

describe('precedence', () => {
  /** The value that wins of a variable that each of the places sets. */
  const winner = (...places: string[]) => {
    const files: Record<string, string> = {};
    for (const place of places) {
      if (place.startsWith('['))
        files['inventory.ini'] = `${files['inventory.ini'] ?? ''}${place}\nwho=${place.slice(1, 4)}\n`;
      else files[place] = `who: ${place}\n`;
    }
    return imported(files).kubespray.extraVariables?.who;
  };

  it('lets the closer group win, group_vars over the inventory file, and the later file of a folder', () => {
    assert.equal(winner('[all:vars]', '[k8s_cluster:vars]'), 'k8s');
    assert.equal(winner('[k8s_cluster:vars]', 'group_vars/all.yml'), 'group_vars/all.yml');
    assert.equal(winner('group_vars/k8s_cluster.yml', 'group_vars/all.yml'), 'group_vars/k8s_cluster.yml');
    assert.equal(winner('group_vars/all/b.yml', 'group_vars/all/a.yml'), 'group_vars/all/b.yml');
    assert.equal(winner('group_vars/all/b/x.yml', 'group_vars/all/a.yml'), 'group_vars/all/b/x.yml');
    assert.equal(winner('group_vars/all/main', 'group_vars/all.yml'), 'group_vars/all/main');
  });

  it('sorts groups of one depth by priority, then by name', () => {
    const groups = '[aa]\ncp\nw1\nw2\n[bb]\ncp\nw1\nw2\n[aa:vars]\nwho=aa\n[bb:vars]\nwho=bb\n';
    assert.equal(imported({ 'inventory.ini': groups }).kubespray.extraVariables?.who, 'bb');
    const priority = { 'inventory.ini': `${groups}[aa:vars]\nansible_group_priority=10\n` };
    assert.equal(imported(priority).kubespray.extraVariables?.who, 'aa');
  });

  it('takes the first control-plane node at its word where hosts differ, and drops an extra variable that does', () => {
    const files = { 'group_vars/kube_node.yml': 'kubelet_max_pods: 50\nmine: 1\n', 'host_vars/w2.yml': 'mine: 2\n' };
    const made = imported({ ...files, 'group_vars/all.yml': 'kubelet_max_pods: 200\n' });
    assert.equal(made.kubernetes?.maxPods, 200);
    assert.equal(made.kubespray.extraVariables, undefined);
    assert.deepEqual(
      made.codes.filter((code) => code === 'differs-between-hosts'),
      ['differs-between-hosts', 'differs-between-hosts'],
    );
  });

  it('keeps an extra variable of some hosts for all, and says so', () => {
    const made = imported({ 'host_vars/w2.yml': 'mine: 2\n' });
    assert.deepEqual(made.kubespray.extraVariables, { mine: 2 });
    assert.ok(made.codes.includes('widened'));
  });

  it('keeps a name that the chosen release still reads', () => {
    const files = { 'hosts.yaml': 'kube_node: { hosts: { a: } }\n', 'group_vars/all.yml': 'calico_cni_pool: true\n' };
    const codes = (kubespray: string) => importInventory(files, { kubespray }).findings.map(({ code }) => code);
    assert.ok(codes('v2.29.0').includes('ignored-variable'));
    assert.ok(!codes('v2.28.1').includes('ignored-variable'));
  });

  it('knows every level that Felix logs at, error among them, which the comment of kubespray leaves out', () => {
    for (const level of ['debug', 'warning', 'error', 'fatal']) {
      const made = imported({ 'group_vars/all.yml': `calico_loglevel: ${level}\n` });
      assert.deepEqual([made.calico?.node?.logLevel, made.codes.includes('bad-value')], [level, false]);
    }
    assert.ok(imported({ 'group_vars/all.yml': 'calico_loglevel: loud\n' }).codes.includes('bad-value'));
  });

  it('orders control-plane and etcd nodes as their groups do', () => {
    const made = imported({ 'inventory.ini': '[kube_control_plane]\nzz ip=10.0.0.9\naa ip=10.0.0.8\n[etcd]\nw2\n' });
    assert.deepEqual(made.kubespray.order, ['cp', 'zz', 'aa', 'w2']);
  });
});

describe('how a host is reached', () => {
  const ssh = (variables: string) => imported({ 'group_vars/all.yml': variables }).ssh;

  it('is written once where all hosts have it, else at the node', () => {
    const made = imported(
      { 'group_vars/all.yml': 'ansible_user: ops\n' },
      'w1 ip=10.0.0.2 ansible_port=2022\nw2 ip=10.0.0.3',
    );
    assert.deepEqual([made.ssh, made.nodes.w1?.ssh, made.nodes.w2?.ssh], [{ user: 'ops' }, { port: 2022 }, undefined]);
    assert.deepEqual(ssh('ansible_user: ops\nansible_become: false\n'), { user: 'ops', become: false });
    assert.deepEqual(ssh('ansible_user: ops\nansible_become: true\n'), { user: 'ops' });
    assert.deepEqual(ssh('ansible_private_key_file: ~/.ssh/id\n'), { key: '~/.ssh/id' });
  });

  const jumps: [string, unknown][] = [
    ['-o ProxyJump=ops@jump.lan:2200', { host: 'jump.lan', port: 2200, user: 'ops' }],
    ['-J jump.lan', { host: 'jump.lan' }],
    ['-o "ProxyJump ops@[2001:db8::1]:22"', { host: '2001:db8::1', user: 'ops' }],
    ['-o ProxyCommand="ssh -W %h:%p -q ops@jump.lan"', { host: 'jump.lan', user: 'ops' }],
    [
      "-o ProxyCommand='ssh -i ~/.ssh/jump -p 2200 -l ops -W %h:%p jump.lan'",
      { host: 'jump.lan', port: 2200, user: 'ops', key: '~/.ssh/jump' },
    ],
  ];
  for (const [args, jump] of jumps) {
    it(`goes through the host of ${args}`, () => {
      const { ssh: found, codes } = imported({
        'group_vars/all.yml': `ansible_ssh_common_args: ${JSON.stringify(args)}\n`,
      });
      assert.deepEqual(found, { jump });
      assert.ok(!codes.includes('ssh-options'));
    });
  }

  it('says options that are no jump host', () => {
    for (const args of ['-o ServerAliveInterval=30', '-o ProxyCommand="nc -x proxy %h %p"', '-J a -o X=y']) {
      const { codes } = imported({ 'group_vars/all.yml': `ansible_ssh_common_args: ${JSON.stringify(args)}\n` });
      assert.ok(codes.includes('ssh-options'), args);
    }
  });

  it('says a connection that is not SSH, and a root or sudo of another kind', () => {
    const says = (variables: string) => imported({ 'group_vars/all.yml': variables }).codes;
    assert.ok(says('ansible_connection: local\n').includes('connection'));
    assert.ok(!says('ansible_connection: ssh\n').includes('connection'));
    assert.ok(says('ansible_become_method: su\n').includes('become-method'));
    assert.ok(says('ansible_become_user: admin\n').includes('become-user'));
  });

  it('goes through the bastion for every node, and the bastion is no node', () => {
    const made = imported({
      'inventory.ini': '[bastion]\ngate ansible_host=198.51.100.7 ansible_user=ops ansible_port=2022\n',
    });
    assert.deepEqual(made.ssh, { jump: { host: '198.51.100.7', port: 2022, user: 'ops' } });
    assert.deepEqual(Object.keys(made.nodes), ['cp', 'w1', 'w2']);
  });

  it('takes ip for the address, follows a reference, and says a second one', () => {
    const made = imported({}, 'w1 ansible_host=10.0.0.2 ip="{{ ansible_host }}"\nw2 ip=10.0.0.3 access_ip=203.0.113.3');
    assert.deepEqual([made.nodes.w1?.address, made.nodes.w2?.address], ['10.0.0.2', '10.0.0.3']);
    assert.ok(made.findings.some((f) => f.code === 'second-address' && f.class === 'harmful' && /w2/.test(f.message)));
  });
});

describe('the second stack', () => {
  const two = 'w1 ip=10.0.0.2 ip6=fd00::2\nw2 ip=10.0.0.3 access_ip6=fd00::3\n[kube_node:vars]\nx=1';

  it('is there where ipv6_stack, or its old name, says so; an IPv6 address alone has no effect', () => {
    const single = imported({}, two);
    assert.deepEqual([single.network.ipv6, single.nodes.w1?.address6], [undefined, undefined]);
    assert.equal(single.codes.filter((code) => code === 'without-effect').length, 2);
    for (const name of ['ipv6_stack', 'enable_dual_stack_networks']) {
      const dual = imported({ 'group_vars/all.yml': `${name}: true\n`, 'host_vars/cp': 'ip6: fd00::1\n' }, two);
      assert.deepEqual([dual.nodes.cp?.address6, dual.nodes.w2?.address6], ['fd00::1', 'fd00::3']);
      assert.equal(dual.network.ipv6?.nodes, 'fd00::/64');
      assert.deepEqual(dual.network.ipv6?.encapsulation, { vxlan: 'always' });
    }
  });
});

describe('peers', () => {
  const group = (peers: string, more = 'peer_with_router: true\n') => ({
    'group_vars/k8s_cluster.yml': `${more}peers: ${peers}\n`,
  });

  it('are of all nodes where they are global, of each where they are not', () => {
    const made = imported(
      group('[{ router_id: 10.9.0.1, as: "65001", scope: global }, { router_id: 10.9.0.2, as: 65002 }]'),
    );
    assert.deepEqual(made.network.bgp, { topology: 'routers', peers: [{ address: '10.9.0.1', as: 65001 }] });
    for (const node of ['cp', 'w1', 'w2'])
      assert.deepEqual(made.nodes[node]?.bgp, { peers: [{ address: '10.9.0.2', as: 65002 }] });
  });

  it('of a host hide those of its group', () => {
    const own = { 'host_vars/w2.yml': 'peers: [{ router_id: 10.9.0.3, as: 65003 }]\nlocal_as: "64700"\n' };
    const made = imported({ ...group('[{ router_id: 10.9.0.2, as: 65002, filters: [f] }]'), ...own });
    assert.deepEqual(made.nodes.w2?.bgp, { as: 64700, peers: [{ address: '10.9.0.3', as: 65003 }] });
    assert.deepEqual(made.nodes.w1?.bgp, { peers: [{ address: '10.9.0.2', as: 65002, filters: ['f'] }] });
    assert.equal(made.network.bgp?.peers, undefined);
  });

  it('are dropped where kubespray sets up none of them', () => {
    const made = imported(group('[{ router_id: 10.9.0.1, as: 65001, scope: global }]', ''));
    assert.deepEqual([made.network.bgp, made.nodes.cp?.bgp], [undefined, undefined]);
    assert.ok(made.codes.includes('peers-without-router'));
    const late = imported({
      'host_vars/w2.yml': 'peers: [{ router_id: 10.9.0.3, as: 65003, scope: global }]\n',
      'group_vars/all.yml': 'peer_with_router: true\n',
    });
    assert.ok(late.codes.includes('global-peer'));
  });

  it('of reflectors need a cluster id', () => {
    const files = { 'inventory.ini': '[calico_rr]\nw2\n', 'group_vars/all.yml': 'cluster_id: 1.0.0.1\n' };
    assert.deepEqual(imported(files).network.bgp?.topology, { reflectors: { clusterId: '1.0.0.1' } });
    assert.deepEqual(imported(files).nodes.w2?.roles, ['worker', 'route-reflector']);
    assert.ok(imported({ 'inventory.ini': '[calico_rr]\nw2\n' }).codes.includes('no-cluster-id'));
  });
});

describe('the MTU', () => {
  const network = (variables: string) =>
    imported({ 'group_vars/all.yml': variables }).network as Record<string, unknown>;
  const both = (mtu: number) => `calico_mtu: ${mtu}\ncalico_veth_mtu: ${mtu}\n`;

  it('is auto where it is what the encapsulation leaves, and asks for larger interfaces where it must', () => {
    assert.deepEqual([network(both(1450)).mtu, network(both(1450)).interfaceMtu], [undefined, undefined]);
    assert.deepEqual([network(both(1400)).mtu, network(both(1400)).interfaceMtu], [1400, undefined]);
    assert.deepEqual([network(both(8950)).mtu, network(both(8950)).interfaceMtu], [undefined, 9000]);
    const ipip = 'calico_vxlan_mode: Never\ncalico_ipip_mode: Always\ncalico_network_backend: bird\n';
    assert.deepEqual(network(ipip + both(1480)).mtu, undefined);
    assert.deepEqual(network(ipip + both(1450)).mtu, 1450);
  });
});
