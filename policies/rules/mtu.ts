import { overheadOf } from '../../cluster/network.ts';
import type { Subject } from './subject.ts';
import { isTruthy, valueIn } from './variables.ts';

/** What the encapsulation leaves of the nodes' MTU, and what takes it; undefined where it cannot be known. */
export function room(subject: Subject): { maxMtu: number; overhead: number; what: string } | undefined {
  const { interfaceMtu } = subject.network;
  if (typeof interfaceMtu !== 'number') return undefined;
  const isOn = (name: string) => !['Never', undefined].includes(valueIn(subject, name) as string | undefined);
  const takers = [
    { on: isOn('calico_ipip_mode'), what: 'IP-in-IP', bytes: overheadOf.ipip },
    { on: isOn('calico_vxlan_mode'), what: 'VXLAN', bytes: overheadOf.vxlan },
    { on: isTruthy(valueIn(subject, 'calico_bpf_enabled')), what: 'eBPF', bytes: overheadOf.vxlan },
    { on: isTruthy(valueIn(subject, 'calico_wireguard_enabled')), what: 'WireGuard', bytes: overheadOf.wireguard },
  ].filter((taker) => taker.on);
  const most = takers.reduce((a, b) => (b.bytes > a.bytes ? b : a), { what: 'no encapsulation', bytes: 0 });
  return { maxMtu: interfaceMtu - most.bytes, overhead: most.bytes, what: most.what };
}
