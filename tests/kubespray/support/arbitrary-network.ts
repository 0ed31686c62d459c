import fc from 'fast-check';
import { absent, as, maybe, peers, port, type Shape, written } from './arbitrary-values.ts';

const mode = fc.constantFrom('always', 'cross-subnet');
const encapsulation = fc.oneof(
  fc.constant('none'),
  fc.record({ ipip: mode }),
  written({ vxlan: mode, vni: maybe(fc.integer({ min: 1, max: 16_777_215 })), port: maybe(port) }),
);
const dataplane = fc.oneof(
  fc.constantFrom('iptables', 'nftables', 'ebpf'),
  fc.record({
    iptables: written({
      backend: maybe(fc.constantFrom('auto', 'legacy', 'nft')),
      lockTimeoutSeconds: maybe(fc.integer({ min: 0, max: 60 })),
    }),
  }),
  fc.record({
    ebpf: written({
      serviceMode: maybe(fc.constantFrom('tunnel', 'dsr')),
      logLevel: maybe(fc.constantFrom('off', 'info', 'debug')),
    }),
  }),
);
const calicoIpam = fc.record({
  calico: written({
    strictAffinity: maybe(fc.boolean()),
    autoAllocateBlocks: maybe(fc.boolean()),
    maxBlocksPerHost: maybe(fc.integer({ min: 0, max: 20 })),
  }),
});
const ipam = fc.oneof(
  fc.constantFrom('calico', 'host-local'),
  calicoIpam,
  fc.record({ 'host-local': written({ nodePrefix: maybe(fc.integer({ min: 22, max: 26 })) }) }),
);
const autodetection = fc.oneof(
  fc.constantFrom('auto', 'first-found', 'kubernetes-internal-ip'),
  fc.record({ canReach: fc.constantFrom('10.0.0.1', 'example.com') }),
  fc.record({ interface: fc.constantFrom('eth.*', 'en.*') }),
  fc.record({ skipInterface: fc.constantFrom('docker.*', 'veth.*') }),
);
const blockSize = fc.integer({ min: 22, max: 30 });

export function network({ dual, topology, pools }: Shape): fc.Arbitrary<Record<string, unknown>> {
  return written({
    nodes: fc.constant('10.0.0.0/16'),
    interfaceMtu: fc.constantFrom(1450, 1500, 8900, 9000),
    pods: pools ? fc.constant('10.244.0.0/15') : fc.constantFrom('10.244.0.0/16', '10.244.0.0/15'),
    services: fc.constantFrom('10.233.0.0/18', '172.20.0.0/16'),
    pool: pools ? pool(fc.constant('10.244.0.0/16')) : maybe(pool(maybe(cidr))),
    furtherPools: pools ? further : absent,
    encapsulation,
    mtu: maybe(fc.oneof(fc.constant('auto'), fc.integer({ min: 1280, max: 1380 }))),
    bgp: topology === 'full-mesh' ? maybe(bgp(topology)) : bgp(topology),
    wireguard: maybe(fc.boolean()),
    dataplane: maybe(dataplane),
    ipam: maybe(pools ? calicoIpam : ipam),
    autodetection: maybe(autodetection),
    ipv6: dual ? ipv6 : absent,
    dns: maybe(written({ nodeLocalCache: maybe(fc.boolean()), address: maybe(fc.constant('169.254.25.11')) })),
  });
}

const cidr = fc.constantFrom('10.244.0.0/16', '10.244.0.0/17', '10.244.128.0/20');

function pool(range: fc.Arbitrary<string | undefined>): fc.Arbitrary<Record<string, unknown>> {
  return written({
    name: maybe(fc.constantFrom('default-pool', 'pods')),
    cidr: range,
    blockSize: maybe(blockSize),
    natOutgoing: maybe(fc.boolean()),
  });
}

const further = fc
  .tuple(
    written({
      name: fc.constantFrom('second', 'third'),
      cidr: fc.constant('10.245.0.0/17'),
      blockSize: maybe(blockSize),
      natOutgoing: maybe(fc.boolean()),
      nodeSelector: maybe(fc.constantFrom('all()', "rack == 'a'")),
      disabled: maybe(fc.boolean()),
    }),
  )
  .map((list) => [...list]);

function bgp(topology: Shape['topology']): fc.Arbitrary<Record<string, unknown>> {
  return written({
    as: maybe(as),
    topology:
      topology === 'reflectors' ? fc.constant({ reflectors: { clusterId: '244.0.0.7' } }) : fc.constant(topology),
    peers: topology === 'full-mesh' ? maybe(fc.constant([])) : peers(255, topology === 'routers' ? 1 : 0),
    listenPort: maybe(port),
    advertise: maybe(
      written({
        clusterIps: maybe(fc.boolean()),
        externalIps: maybe(fc.constantFrom([], ['198.51.100.0/24'])),
        loadBalancerIps: maybe(fc.constantFrom([], ['203.0.113.0/24', '203.0.114.0/24'])),
      }),
    ),
  });
}

const ipv6 = written({
  nodes: fc.constant('fd00:1::/64'),
  pods: fc.constant('fd85:ee78:d8a6:8607::/104'),
  services: fc.constant('fd85:ee78:d8a6:8608::1000/116'),
  pool: maybe(
    written({
      cidr: maybe(fc.constantFrom('fd85:ee78:d8a6:8607::/104', 'fd85:ee78:d8a6:8607::/112')),
      blockSize: maybe(fc.integer({ min: 116, max: 126 })),
      natOutgoing: maybe(fc.boolean()),
    }),
  ),
  encapsulation: fc.oneof(fc.constant('none'), fc.record({ vxlan: mode })),
  autodetection: maybe(autodetection),
});
