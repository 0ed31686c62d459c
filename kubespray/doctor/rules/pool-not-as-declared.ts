import { deriveNetwork } from '../../../cluster/index.ts';
import { apiOf, controlPlane, runsBird } from '../seen.ts';
import type { Diagnosis, Trouble } from '../types.ts';

export const poolNotAsDeclared: Trouble = {
  code: 'pool-not-as-declared',
  title: 'The pool of the cluster is not the one that the stack declares',
  judge(subject) {
    const api = apiOf(subject);
    const { pool, ipam } = subject.cluster.network;
    if (api === undefined || api.pools.length === 0 || ipam.kind !== 'calico') return [];
    const live = api.pools.find(({ name }) => name === pool.name);
    const wanted = deriveNetwork(subject.cluster);
    const fields: readonly (readonly [string, unknown, unknown])[] =
      live === undefined
        ? [['name', api.pools.map(({ name }) => name).join(', '), pool.name]]
        : [
            ['cidr', live.spec.cidr, pool.cidr],
            ['ipipMode', live.spec.ipipMode ?? 'Never', wanted.ipipMode],
            ['vxlanMode', live.spec.vxlanMode ?? 'Never', wanted.vxlanMode],
            ['disabled', live.spec.disabled ?? false, false],
          ];
    const odd = fields.filter(([, is, should]) => is !== should);
    if (odd.length === 0) return [];
    const isIpip = live?.spec.ipipMode !== undefined && live.spec.ipipMode !== 'Never';
    const finding: Diagnosis = {
      code: poolNotAsDeclared.code,
      severity: isIpip && !runsBird(subject) ? 'broken' : 'failing',
      message: `of the pool ${pool.name} ${odd.map(([field, is, should]) => `${field} is ${is}, the stack says ${should}`).join('; ')}`,
      nodes: [],
      evidence: odd.map(([field, is]) => `API: IPPool ${live?.name ?? 'list'}: ${field} = ${is}`),
      why: 'Addresses, routes and tunnels follow the pool of the API, and all else that was planned follows the stack.',
      mend: [
        { on: controlPlane(subject), command: `sudo calicoctl.sh get ippool -o wide` },
        { on: 'the workstation', command: 'calispray plan --stack NAME --live' },
      ],
      explains: [],
      reference: 'docs/live.md (live-pool, live-encapsulation); Calico v3.31.5 api/pkg/apis/projectcalico/v3/ippool.go',
    };
    return [finding];
  },
};
