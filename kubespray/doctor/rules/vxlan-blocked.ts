import { deriveNetwork } from '../../../cluster/index.ts';
import type { Trouble } from '../types.ts';
import { blocked } from './tunnel-blocked.ts';

export const vxlanBlocked: Trouble = {
  code: 'vxlan-blocked',
  title: 'VXLAN does not get through between nodes',
  judge(subject) {
    const port = deriveNetwork(subject.cluster).vxlan?.port ?? 4789;
    return blocked(subject, {
      code: vxlanBlocked.code,
      way: 'vxlan',
      what: `VXLAN (udp/${port})`,
      named: new RegExp(`\\b${port}\\b`),
      protocol: 'udp',
      port,
      why: 'What pods of different nodes say to each other travels in these packets; pods of one node go on hearing each other.',
      stack: {
        path: 'network.encapsulation.port',
        from: String(port),
        to: 'a UDP port that the network lets through, where it cannot be opened (8472 on VMware with VMXNET3)',
      },
      reference: 'kubespray v2.31.0 docs/operations/port-requirements.md (UDP 4789)',
    });
  },
};
