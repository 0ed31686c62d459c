import { takersOf } from '../../../cluster/mtu.ts';
import type { Subject } from '../subject.ts';
import { hasIpv6, isTruthy, valueIn } from '../variables.ts';

/** What the encapsulation leaves of the nodes' MTU, and what takes it; undefined where it cannot be known. */
export function room(subject: Subject): { maxMtu: number; overhead: number; what: string } | undefined {
  const { interfaceMtu } = subject.network;
  if (typeof interfaceMtu !== 'number') return undefined;
  const dualStack = hasIpv6(subject);
  const [most] = takersOf({
    ipip: isTunnel(valueIn(subject, 'calico_ipip_mode')),
    vxlan: isTunnel(valueIn(subject, 'calico_vxlan_mode')),
    vxlan6: dualStack && isTunnel(valueIn(subject, 'calico_vxlan_mode_ipv6')),
    wireguard: isTruthy(valueIn(subject, 'calico_wireguard_enabled')),
    ebpf: isTruthy(valueIn(subject, 'calico_bpf_enabled')),
    dualStack,
  });
  const overhead = most?.bytes ?? 0;
  return { maxMtu: interfaceMtu - overhead, overhead, what: most?.what ?? 'no encapsulation' };
}

function isTunnel(mode: unknown): boolean {
  return mode !== undefined && mode !== 'Never';
}
