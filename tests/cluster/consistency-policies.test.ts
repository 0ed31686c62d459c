import { join } from 'node:path';
import { cases, globalPolicy, one, ownPolicy, peer, policies, pool, pools, routers, two } from '../support/mistakes.ts';

const scraping = { namespace: 'default', pods: {}, from: { namespace: 'default', pods: {} }, port: 80 };

describe('mistakes across fields: policies, and what has the wrong type', () => {
  cases(join(import.meta.dirname, 'golden/consistency-policies.txt'), {
    policies: [
      [
        'two of one name in two places',
        policies(globalPolicy, ownPolicy, { ...ownPolicy, metadata: { name: 'own', namespace: 'kube-system' } }),
      ],
      ['two of one name in one place', policies(ownPolicy, ownPolicy), 'repeated at policies.extra[1].metadata.name'],
      [
        'one called like ours where there is none of ours',
        policies({ ...ownPolicy, metadata: { name: 'allow-dns', namespace: 'default' } }),
      ],
      [
        'one called like ours',
        {
          policies: {
            allowDns: ['default'],
            extra: [{ ...ownPolicy, metadata: { name: 'allow-dns', namespace: 'default' } }],
          },
        },
        'repeated at policies.extra[0].metadata.name',
      ],
      [
        'one of a namespace without one',
        policies({ ...ownPolicy, metadata: { name: 'own' } }),
        'missing-field at policies.extra[0].metadata.namespace',
      ],
      [
        'one of Kubernetes for the whole cluster',
        policies({ ...globalPolicy, apiVersion: 'networking.k8s.io/v1' }),
        'wrong-api-version at policies.extra[0].apiVersion',
      ],
      [
        'one in a namespace that nobody makes',
        policies({ ...ownPolicy, metadata: { name: 'own', namespace: 'gone' } }),
        'undeclared-namespace at policies.extra[0].metadata.namespace',
      ],
      [
        'a namespace denied that nobody makes',
        { policies: { defaultDenyIngress: ['gone'] } },
        'undeclared-namespace at policies.defaultDenyIngress[0]',
      ],
      [
        'a namespace denied twice',
        { policies: { defaultDenyIngress: ['default', 'default'] } },
        'repeated at policies.defaultDenyIngress[1]',
      ],
      [
        'a namespace allowed twice',
        { policies: { allowDns: ['default', 'default'] } },
        'repeated at policies.allowDns[1]',
      ],
      ['scraping in namespaces that are there', { policies: { allowPrometheusScraping: [scraping] } }],
      [
        'scraping where nobody makes the namespace',
        { policies: { allowPrometheusScraping: [{ ...scraping, namespace: 'gone' }] } },
        'undeclared-namespace at policies.allowPrometheusScraping[0].namespace',
      ],
      [
        'scraping from where nobody makes the namespace',
        { policies: { allowPrometheusScraping: [{ ...scraping, from: { namespace: 'gone', pods: {} } }] } },
        'undeclared-namespace at policies.allowPrometheusScraping[0].from.namespace',
      ],
      [
        'an exception that nobody makes',
        { policies: { allowClusterInternal: { except: ['gone'] } } },
        'undeclared-namespace at policies.allowClusterInternal.except[0]',
      ],
    ],
    'what has the wrong type, beside what it would be compared with,': [
      ['nodes in a list', { nodes: [one] }, 'wrong-type at nodes'],
      ['an order of numbers', { kubespray: { order: ['one', 1] } }, 'wrong-type at kubespray.order[1]'],
      [
        'a taint that is a number',
        { nodes: { one, two: { ...two, taints: [1, 1] } } },
        'wrong-type at nodes.two.taints[0]; wrong-type at nodes.two.taints[1]',
      ],
      ['a pool’s range that is a number', pools({ ...pool, cidr: 1 }), 'wrong-type at network.furtherPools[0].cidr'],
      ['a pool’s name that is a number', pools({ ...pool, name: 1 }), 'wrong-type at network.furtherPools[0].name'],
      [
        'blocks in words',
        pools({ ...pool, cidr: '10.245.0.0/27', blockSize: 'x' }),
        'wrong-type at network.furtherPools[0].blockSize',
      ],
      ['a pod range that is none', { network: { pods: 1, furtherPools: [pool] } }, 'wrong-type at network.pods'],
      [
        'no encapsulation',
        { network: { encapsulation: undefined, furtherPools: [{ ...pool, encapsulation: { ipip: 'always' } }] } },
        'missing-field at network.encapsulation',
      ],
      [
        'a peer’s address that is a number',
        routers([
          { ...peer, address: 1 },
          { ...peer, address: 1 },
        ]),
        'wrong-type at network.bgp.peers[0].address; wrong-type at network.bgp.peers[1].address',
      ],
      [
        'a Calico that is a number',
        { calico: { version: 3 }, network: { dataplane: 'nftables' } },
        'wrong-type at calico.version',
      ],
      [
        'a port in words',
        { network: { bgp: { listenPort: 'x' } }, felix: { metrics: { port: 'x' } } },
        'wrong-type at network.bgp.listenPort; wrong-type at felix.metrics.port',
      ],
      [
        'a namespace that is a number',
        { policies: { namespaces: [1, 1] } },
        'wrong-type at policies.namespaces[0]; wrong-type at policies.namespaces[1]',
      ],
    ],
  });
});
