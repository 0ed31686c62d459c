import assert from 'node:assert/strict';
import { python } from './python.ts';

/** What the plan of a configuration says on a node whose interface is eth0, 192.168.4.63/24. */
const program = `
import ipaddress, json, os, sys
sys.path.insert(0, os.environ["KUBESPRAY"] + "roles/network_plugin/files")
from plan import Plan, bird_conf
out = []
for conf in json.load(sys.stdin):
    plan = Plan(conf, "eth0", ipaddress.ip_network("192.168.4.0/24"), conf.pop("interface_mtu", 1500))
    out.append({"kind": plan.kind, "pod": plan.pod_mtu, "tunnel": plan.tunnel_mtu, "routed": plan.routed,
                "tunnelled": [plan.tunnelled(n) for n in plan.others], "pods": plan.pods(), "bird": bird_conf(plan)})
print(json.dumps(out))
`;

interface Planned {
  readonly kind: string;
  readonly pod: number;
  readonly tunnel: number;
  readonly routed: boolean;
  readonly tunnelled: boolean[];
  readonly pods: [name: string, device: string, address: string][];
  readonly bird: string;
}

const conf = {
  name: 'masternode',
  nodes: [
    { name: 'masternode', address: '192.168.4.63', place: 0, blocks: ['10.244.0.0/26'] },
    { name: 'near', address: '192.168.4.61', place: 1, blocks: ['10.244.0.64/26'] },
    { name: 'far', address: '192.168.5.61', place: 2, blocks: ['10.244.0.128/26'] },
  ],
  pods: { masternode: ['production/web', 'production/other'] } as Record<string, string[]>,
  pool: '10.244.0.0/16',
  nat_outgoing: true,
  backend: 'bird',
  ipip_mode: 'Never',
  vxlan_mode: 'Never',
  vxlan_vni: 4096,
  vxlan_port: 4789,
  pod_mtu: 0,
  tunnel_mtu: 0,
  bgp: { as: 64512, port: 179, mesh: true, peers: [] as { router_id: string; as: number }[] },
};

type Changes = Partial<typeof conf> & { interface_mtu?: number };

/** One plan for each set of changes to `conf`. */
const plansOf = (...changes: Changes[]): Planned[] =>
  python(
    program,
    changes.map((each) => ({ ...conf, ...each })),
  );

const planOf = (changes: Changes = {}): Planned => plansOf(changes)[0] as Planned;

describe('the data plane of the lab', () => {
  it('takes as MTU what the interface leaves, unless the variables say one', () => {
    const cases: [changes: Changes, pod: number, tunnel: number][] = [
      [{}, 1500, 1500],
      [{ ipip_mode: 'Always' }, 1480, 1480],
      [{ backend: 'vxlan', vxlan_mode: 'Always' }, 1450, 1450],
      [{ backend: 'vxlan', vxlan_mode: 'CrossSubnet', interface_mtu: 9000 }, 8950, 8950],
      [{ ipip_mode: 'Always', pod_mtu: 1440, tunnel_mtu: 1440 }, 1440, 1440],
      [{ ipip_mode: 'Always', tunnel_mtu: 1400 }, 1400, 1400],
      [{ pod_mtu: 1300 }, 1300, 1500],
    ];
    const plans = plansOf(...cases.map(([changes]) => changes));
    assert.deepEqual(
      plans.map((plan) => [plan.pod, plan.tunnel]),
      cases.map(([, pod, tunnel]) => [pod, tunnel]),
    );
  });

  it('tunnels to every node, to those of other subnets, or to none', () => {
    const plans = plansOf(
      {},
      { ipip_mode: 'Always' },
      { ipip_mode: 'CrossSubnet' },
      { backend: 'vxlan', vxlan_mode: 'CrossSubnet' },
    );
    assert.deepEqual(
      plans.map((plan) => plan.tunnelled),
      [
        [false, false],
        [true, true],
        [false, true],
        [false, true],
      ],
    );
  });

  it('has no route between nodes where the backend distributes none, as Calico would not', () => {
    const plans = plansOf(
      { backend: 'vxlan' },
      { backend: 'vxlan', ipip_mode: 'Always' },
      { backend: 'none' },
      { backend: 'vxlan', vxlan_mode: 'Always' },
    );
    assert.deepEqual(
      plans.map((plan) => plan.routed),
      [false, false, false, true],
    );
  });

  it('names the interfaces of pods as Calico does, and leaves the first address of a block to the tunnel', () => {
    assert.deepEqual(planOf().pods, [
      ['production/web', 'calif7c701edf6d', '10.244.0.5'],
      ['production/other', 'cali335f0f0e928', '10.244.0.10'],
    ]);
    const small = conf.nodes.map((node, i) => ({
      ...node,
      blocks: [`10.244.0.${4 * i}/31`, `10.244.0.${4 * i + 2}/31`],
    }));
    assert.deepEqual(
      planOf({ nodes: small }).pods.map(([, , address]) => address),
      ['10.244.0.1', '10.244.0.2'],
    );
  });

  it('gives a node without known pods one of its own', () => {
    const { pods } = planOf({ name: 'far', pods: {} });
    assert.deepEqual(
      pods.map(([name, , address]) => [name, address]),
      [['production/client-2', '10.244.0.133']],
    );
  });

  it('configures BIRD as a full mesh, or with the routers the inventory names', () => {
    const { bird } = planOf();
    assert.match(bird, /neighbor 192\.168\.4\.61 port 179 as 64512;/);
    assert.match(bird, /neighbor 192\.168\.5\.61 port 179 as 64512;/);
    assert.match(bird, /export where source = RTS_BGP;/);
    const routers = { as: 64513, port: 1790, mesh: false, peers: [{ router_id: '192.168.4.1', as: 64600 }] };
    const peered = planOf({ bgp: routers }).bird;
    assert.match(peered, /local 192\.168\.4\.63 port 1790 as 64513; neighbor 192\.168\.4\.1 port 1790 as 64600;/);
    assert.doesNotMatch(peered, /Mesh_/);
  });

  it('leaves the routes through tunnels to Felix', () => {
    const plans = plansOf({ ipip_mode: 'Always' }, { vxlan_mode: 'CrossSubnet' }, { ipip_mode: 'CrossSubnet' });
    assert.deepEqual(
      plans.map(({ bird }) => /protocol kernel .* export (.*?); /.exec(bird)?.[1]),
      ['none', 'none', 'where source = RTS_BGP'],
    );
  });
});
