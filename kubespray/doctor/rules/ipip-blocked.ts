import type { Trouble } from '../types.ts';
import { blocked } from './tunnel-blocked.ts';

export const ipipBlocked: Trouble = {
  code: 'ipip-blocked',
  title: 'IP-in-IP does not get through between nodes',
  judge(subject) {
    return blocked(subject, {
      code: ipipBlocked.code,
      way: 'ipip',
      what: 'IP-in-IP (IP protocol 4)',
      named: /\b(ipip|ipencap|ip-in-ip|protocol 4|-p 4|l4proto 4)\b/i,
      protocol: '4',
      why: 'It is a protocol of its own, neither TCP nor UDP: many clouds and firewalls drop it without a word.',
      stack: {
        path: 'network.encapsulation',
        from: '{ ipip: … }',
        to: '{ vxlan: always }, with migrate.encapsulation',
      },
      reference:
        'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements (IP-in-IP: protocol 4)',
    });
  },
};
