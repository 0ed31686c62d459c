import type { KubernetesObject } from './monitoring/objects.ts';
import { type CalicoMode, modeOf } from './network.ts';
import type { Cluster } from './types.ts';

/**
 * An IPPool of projectcalico.org/v3. What Calico's API server fills in by itself is written out; a `false`, which it leaves out of what it
 * answers (v3.31.5 api/pkg/apis/projectcalico/v3/ippool.go), is left out here: otherwise every refresh would find a change.
 */
export interface PoolObject extends KubernetesObject {
  readonly kind: 'IPPool';
  readonly spec: {
    readonly cidr: string;
    readonly blockSize: number;
    readonly ipipMode: CalicoMode;
    readonly vxlanMode: CalicoMode;
    readonly nodeSelector: string;
    readonly natOutgoing?: true;
    readonly disabled?: true;
  };
}

/** The pools beside the one that kubespray manages; it knows of one a family (kubespray v2.31.0 docs/CNI/calico.md:276). */
export function poolObjects({ network }: Cluster): PoolObject[] {
  return network.furtherPools.map((pool) => ({
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: pool.name },
    spec: {
      cidr: pool.cidr,
      blockSize: pool.blockSize,
      ipipMode: modeOf('ipip', pool.encapsulation),
      vxlanMode: modeOf('vxlan', pool.encapsulation),
      nodeSelector: pool.nodeSelector,
      ...(pool.natOutgoing ? { natOutgoing: true as const } : {}),
      ...(pool.disabled ? { disabled: true as const } : {}),
    },
  }));
}
