import { join } from 'node:path';
import { cases, ipv6, one, two } from '../support/mistakes.ts';

const outside = (...words: string[]) => ({ verify: { outside: words } });
const optional = (...words: string[]) => ({ verify: { optional: words } });

describe('mistakes of the verification', () => {
  cases(join(import.meta.dirname, 'golden/consistency-verify.txt'), {
    'optional checks': [
      ['a group, and those of one node', optional('routes', 'bgp-sessions/two')],
      ['one that there is none of', optional('route'), 'unknown-check at verify.optional[0]'],
      ['one that is like none', optional('everything'), 'unknown-check at verify.optional[0]'],
      ['one of a node that there is none of', optional('routes', 'routes/twoo'), 'unknown-node at verify.optional[1]'],
      ['one with more behind it', optional('routes/one/two'), 'unknown-check at verify.optional[0]'],
    ],
    'addresses outside': [
      ['an echo and a port', outside('203.0.113.7', '203.0.113.7:443')],
      ['a name', outside('example.com'), 'bad-address at verify.outside[0]'],
      ['a port that is none', outside('203.0.113.7:99999'), 'bad-address at verify.outside[0]'],
      [
        'IPv6 without it',
        outside('2001:db8::7', '[2001:db8::7]:443'),
        'no-ipv6 at verify.outside[0]; no-ipv6 at verify.outside[1]',
      ],
      [
        'IPv6 where pods have it',
        {
          nodes: { one: { ...one, address6: 'fd00::1' }, two: { ...two, address6: 'fd00::2' } },
          network: { ipv6: { ...ipv6, pods: 'fd01::/64', services: 'fd02::/108' } },
          ...outside('2001:db8::7', '[2001:db8::7]:443'),
        },
      ],
    ],
    'the whole': [['a limit that is too short', { verify: { seconds: 3 } }, 'out-of-range at verify.seconds']],
  });
});
