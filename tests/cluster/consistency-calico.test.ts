import { join } from 'node:path';
import { cases, globalPolicy, ipv6, one, ownPolicy, policies, pool, pools, two } from '../support/mistakes.ts';

const onTheInternet = { one: { ...one, address: '9.9.9.9' }, two };
const stagedPolicy = { ...globalPolicy, kind: 'StagedGlobalNetworkPolicy' };

describe('mistakes across fields: pools and the parts of Calico', () => {
  cases(join(import.meta.dirname, 'golden/consistency-calico.txt'), {
    'further pools': [
      ['one beside the pool', pools(pool)],
      ['two of them', pools({ ...pool, cidr: '10.245.0.0/17' }, { name: 'third', cidr: '10.245.128.0/17' })],
      [
        'one called like the pool',
        pools({ ...pool, name: 'default-pool' }),
        'duplicate-pool at network.furtherPools[0].name',
      ],
      [
        'two called alike',
        pools({ ...pool, cidr: '10.245.0.0/17' }, { ...pool, cidr: '10.245.128.0/17' }),
        'duplicate-pool at network.furtherPools[1].name',
      ],
      [
        'one called like the pool of IPv6',
        {
          nodes: { one: { ...one, address6: 'fd00::1' }, two: { ...two, address6: 'fd00::2' } },
          network: { ipv6, furtherPools: [{ ...pool, name: 'default-pool-ipv6' }] },
        },
        'duplicate-pool at network.furtherPools[0].name',
      ],
      [
        'one over the pool',
        pools({ ...pool, cidr: '10.244.128.0/17' }),
        'pools-overlap at network.furtherPools[0].cidr',
      ],
      [
        'one over the pool where that is the whole pod range',
        { network: { pool: {}, furtherPools: [pool] } },
        'pools-overlap at network.furtherPools[0].cidr',
      ],
      [
        'one over another',
        pools(pool, { name: 'third', cidr: '10.245.3.0/24' }),
        'pools-overlap at network.furtherPools[1].cidr',
      ],
      [
        'one outside the pod range',
        pools({ ...pool, cidr: '10.250.0.0/16' }),
        'pool-outside-pods at network.furtherPools[0].cidr',
      ],
      ['blocks of the size of the pool', pools({ ...pool, cidr: '10.245.0.0/27', blockSize: 27 })],
      [
        'blocks larger than the pool, by default',
        pools({ ...pool, cidr: '10.245.0.0/27' }),
        'block-larger-than-pool at network.furtherPools[0].blockSize',
      ],
      ['no tunnel beside VXLAN', pools({ ...pool, encapsulation: 'none' })],
      ['the same tunnel in another mode', pools({ ...pool, encapsulation: { vxlan: 'cross-subnet' } })],
      [
        'another tunnel',
        pools({ ...pool, encapsulation: { ipip: 'always' } }),
        'tunnel-off at network.furtherPools[0].encapsulation',
      ],
      [
        'a tunnel beside none',
        { network: { encapsulation: 'none', furtherPools: [{ ...pool, encapsulation: { vxlan: 'always' } }] } },
        'tunnel-off at network.furtherPools[0].encapsulation',
      ],
      [
        'pools that nobody takes addresses from',
        { network: { ipam: { 'host-local': {} }, furtherPools: [pool] } },
        'pools-unused at network.furtherPools',
      ],
    ],
    nftables: [
      ['the default release', { network: { dataplane: 'nftables' } }],
      ['the first release that knows it', { kubespray: { version: 'v2.29.0' }, network: { dataplane: 'nftables' } }],
      [
        'a release that does not know it',
        { kubespray: { version: 'v2.28.1' }, network: { dataplane: 'nftables' } },
        'nftables-unknown at network.dataplane',
      ],
      [
        'a Calico that does not know it',
        { kubespray: { version: 'v2.29.1' }, calico: { version: '3.28.5' }, network: { dataplane: 'nftables' } },
        'nftables-unknown at network.dataplane',
      ],
      [
        'the first Calico that knows it',
        { kubespray: { version: 'v2.29.1' }, calico: { version: '3.29.0' }, network: { dataplane: 'nftables' } },
      ],
      [
        'a release that nobody knows, which is for a rule',
        { kubespray: { version: 'v9.0.0' }, network: { dataplane: 'nftables' } },
      ],
    ],
    'Calico’s API server': [
      ['none where nothing needs it', { calico: { apiServer: false } }],
      [
        'none beside a further pool',
        { calico: { apiServer: false }, ...pools(pool) },
        'api-server-off at calico.apiServer',
      ],
      [
        'none beside allow-cluster-internal',
        { calico: { apiServer: false }, policies: { allowClusterInternal: {} } },
        'api-server-off at calico.apiServer',
      ],
      [
        'none beside a policy of Calico’s',
        { calico: { apiServer: false }, policies: { extra: [globalPolicy] } },
        'api-server-off at calico.apiServer',
      ],
      [
        'none beside staged policies',
        { calico: { apiServer: false }, policies: { staged: 'all' } },
        'api-server-off at calico.apiServer',
      ],
    ],
    'staged policies': [
      ['of all on the newest release', { policies: { staged: 'all', allowDns: ['default'] } }],
      [
        'of all on a release whose API server may not write them',
        { kubespray: { version: 'v2.30.0' }, policies: { staged: 'all' } },
        'staged-unknown at policies.staged',
      ],
      [
        'on a Calico that has none',
        { calico: { version: '3.29.7' }, policies: { extra: [stagedPolicy] } },
        'staged-unknown at policies.extra[0].kind',
      ],
      ['of none on an old release', { kubespray: { version: 'v2.28.0' }, policies: { extra: [globalPolicy] } }],
    ],
    'Felix’s metrics': [
      ['on public addresses, said by nobody', { nodes: onTheInternet }, 'metrics-public at felix.metrics.address'],
      ['on public addresses, as is said', { nodes: onTheInternet, felix: { metrics: { address: 'node' } } }],
      ['on every address, as is said', { nodes: onTheInternet, felix: { metrics: { address: 'any' } } }],
      ['on the loopback alone', { nodes: onTheInternet, felix: { metrics: { address: '127.0.0.1' } } }],
      [
        'where the environment says',
        {
          nodes: onTheInternet,
          calico: { node: { environment: { FELIX_PROMETHEUSMETRICSHOST: '127.0.0.1' } } },
        },
      ],
      [
        'off, on public addresses',
        { nodes: onTheInternet, felix: { metrics: { enabled: false } }, monitoring: 'none' },
      ],
      [
        'on the node’s address where kubespray does not tell it',
        { network: { autodetection: 'kubernetes-internal-ip' }, felix: { metrics: { address: 'node' } } },
        'metrics-address at felix.metrics.address',
      ],
      ['on every address there', { network: { autodetection: 'kubernetes-internal-ip' } }],
      ['at a name', { felix: { metrics: { address: 'example.com' } } }, 'bad-address at felix.metrics.address'],
      ['at a range', { felix: { metrics: { address: '10.0.0.0/8' } } }, 'bad-address at felix.metrics.address'],
      ['every half a second', { monitoring: { interval: '0.5s' } }, 'bad-duration at monitoring.interval'],
      ['with runbooks behind an anchor', { monitoring: { runbooks: 'a.md#b' } }, 'bad-address at monitoring.runbooks'],
    ],
    'ports on the nodes': [
      ['BGP where Felix is', { network: { bgp: { listenPort: 9091 } } }, 'same-port at felix.metrics.port'],
      [
        'BGP where Felix would be, were it not off',
        { network: { bgp: { listenPort: 9091 } }, felix: { metrics: { enabled: false } }, monitoring: 'none' },
      ],
      [
        'Felix where its own health checks are',
        { felix: { metrics: { port: 9099 } } },
        'same-port at felix.metrics.port',
      ],
      ['Felix where Typha would be', { felix: { metrics: { port: 5473 } } }],
      [
        'Felix where Typha is',
        { felix: { metrics: { port: 5473 } }, calico: { typha: {} } },
        'same-port at felix.metrics.port',
      ],
      [
        'Typha where Felix is',
        { calico: { typha: { metrics: { enabled: true, port: 9091 } } } },
        'same-port at calico.typha.metrics.port',
      ],
      ['Typha’s metrics where Felix is, were they not off', { calico: { typha: { metrics: { port: 9091 } } } }],
    ],
    'one more of each': [
      ['a key of every host that is trusted', { ssh: { hostKey: 'accept-new' } }],
      ['a pool of the same name as that of IPv6 in one stack', pools({ ...pool, name: 'default-pool-ipv6' })],
      [
        'host-local in one word',
        { network: { ipam: 'host-local', furtherPools: [pool] } },
        'pools-unused at network.furtherPools',
      ],
      ['blocks of its own', { network: { ipam: { calico: {} }, furtherPools: [pool] } }],
      ['iptables with an old release', { kubespray: { version: 'v2.28.1' } }],
      [
        'a much older Calico',
        { calico: { version: '2.99.9' }, network: { dataplane: 'nftables' } },
        'nftables-unknown at network.dataplane',
      ],
      [
        'a Calico of tomorrow, which is for a rule',
        { calico: { version: '4.0.0' }, network: { dataplane: 'nftables' } },
      ],
      [
        'no API server beside policies of Kubernetes',
        { calico: { apiServer: false }, ...policies({ ...ownPolicy, apiVersion: 'networking.k8s.io/v1' }) },
      ],
      [
        'no API server beside all that needs it',
        {
          calico: { apiServer: false },
          ...pools(pool),
          policies: {
            allowClusterInternal: {},
            extra: [{ ...ownPolicy, apiVersion: 'networking.k8s.io/v1' }, globalPolicy],
          },
        },
        'api-server-off at calico.apiServer',
      ],
      [
        'taints of one key and many values',
        { nodes: { one, two: { ...two, taints: ['a=bcd:NoSchedule', 'a=efg:NoSchedule'] } } },
        'repeated at nodes.two.taints[1]',
      ],
    ],
  });
});
