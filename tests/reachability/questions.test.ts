import assert from 'node:assert/strict';
import { questionsIn, World } from '../../reachability/index.ts';
import { calico, kubernetes, pod } from './worlds.ts';

describe('the ports worth asking about', () => {
  it('are those that pods serve, those at the ends of what rules name, and one that nobody names', () => {
    const resources = [
      pod(
        'n/a',
        {},
        {
          spec: {
            containers: [{ name: 'c', ports: [{ containerPort: 53, protocol: 'UDP' }, { containerPort: 9090 }] }],
          },
        },
      ),
      kubernetes('n/p', { podSelector: {}, ingress: [{ ports: [{ port: 443 }, { port: 'http' }] }] }),
      calico('p', {
        egress: [
          { action: 'Allow', protocol: 'SCTP', destination: { ports: ['1:3'], notPorts: [65535] } },
          { action: 'Deny', protocol: 'ICMP' },
        ],
      }),
    ];
    const asked = questionsIn(resources, new World(resources)).map(({ proto, port }) => `${proto}/${port}`);
    assert.deepEqual(asked, [
      'tcp/443',
      'tcp/9090',
      'tcp/32767',
      'udp/53',
      'udp/32767',
      'sctp/1',
      'sctp/3',
      'sctp/4',
      'sctp/32767',
      'sctp/65535',
    ]);
  });
});
