import type { Encapsulation } from '../../cluster/index.ts';
import type { Facts } from './types.ts';

/** The variables that a migration changes: kubespray's check part stops where the live pool has other modes (check.yml:163-169). */
export const MIGRATES: readonly string[] = ['calico_ipip_mode', 'calico_vxlan_mode'];

/** The encapsulation that facts have, as a stack file writes it: `none`, `{ ipip: 'always' }`. */
export function encapsulationIn({ calico }: Facts): unknown {
  const [ipip, vxlan] = [wordOf(calico.calico_ipip_mode), wordOf(calico.calico_vxlan_mode)];
  if (ipip !== undefined) return { ipip };
  return vxlan === undefined ? 'none' : { vxlan };
}

function wordOf(mode: unknown): string | undefined {
  if (mode === 'Always') return 'always';
  return mode === 'CrossSubnet' ? 'cross-subnet' : undefined;
}

/** The same of an encapsulation. */
export function written(encapsulation: Encapsulation): unknown {
  return encapsulation.kind === 'none' ? 'none' : { [encapsulation.kind]: encapsulation.mode };
}
