import { type CalicoMode, modeOf } from './network.ts';
import type { KubernetesObject } from './policies.ts';
import type { Cluster } from './types.ts';

/** An IPPool of projectcalico.org/v3, every field written out: what is left out, Calico's API server fills in, and the engine would see a change. */
export interface PoolObject extends KubernetesObject {
  readonly kind: 'IPPool';
  readonly spec: {
    readonly cidr: string;
    readonly blockSize: number;
    readonly ipipMode: CalicoMode;
    readonly vxlanMode: CalicoMode;
    readonly natOutgoing: boolean;
    readonly nodeSelector: string;
    readonly disabled: boolean;
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
      natOutgoing: pool.natOutgoing,
      nodeSelector: pool.nodeSelector,
      disabled: pool.disabled,
    },
  }));
}
