/** What a host endpoint lets through whatever its policies say, so that nobody locks himself out. */
import { protocols } from '../policy/policy.ts';
import type { Flow } from '../rules.ts';
import type { Direction } from '../types.ts';

/** Felix' own defaults (v3.32.1 felix/config/config_params.go:425-426); the kubelet's 10250 is not among them. */
const ports = {
  ingress: { tcp: [22, 179, 2379, 2380, 5473, 6443, 6666, 6667], udp: [68] },
  egress: { tcp: [179, 2379, 2380, 5473, 6443, 6666, 6667], udp: [53, 67] },
} as const;

/** Of both directions and protocols. */
export const allFailsafe: readonly number[] = Object.values(ports).flatMap(({ tcp, udp }) => [...tcp, ...udp]);

/** Why the connection is not asked about; undefined where it is. */
export function failsafe(direction: Direction, { protocol, dstPort }: Flow): string | undefined {
  const open: readonly number[] =
    protocol === protocols.tcp ? ports[direction].tcp : protocol === protocols.udp ? ports[direction].udp : [];
  return open.includes(dstPort) ? `port ${dstPort} is one of the failsafe ports of host endpoints` : undefined;
}
