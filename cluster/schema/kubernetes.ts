import { z } from 'zod';
import { field } from './documentation.ts';
import { version } from './texts.ts';

export const kubernetes = z.strictObject({
  version: version.optional().meta(
    field('Version of Kubernetes, one that the kubespray release can install.', {
      otherwise: 'that of the kubespray release',
      example: '1.35.4',
      change: 'migration',
      note: 'Nothing else at once, and one minor after the other: `up` runs upgrade-cluster.yml, which drains node by node.',
    }),
  ),
  proxy: z
    .enum(['ipvs', 'iptables', 'nftables', 'none'])
    .default('ipvs')
    .meta(
      field(
        'How kube-proxy answers Services; none leaves it out, for a dataplane that does its work, as kubespray does with ebpf anyway.',
        {
          example: 'iptables',
          change: 'migration',
          note: '`up` does not touch a kube-proxy that is there: change mode in the ConfigMap kube-system/kube-proxy and restart its DaemonSet, or delete both for none; then restart every node in turn.',
        },
      ),
    ),
  maxPods: z
    .int()
    .min(1)
    .max(65535)
    .default(110)
    .meta(
      field('Pods that a node may run, whatever addresses there are.', {
        unit: 'pods a node',
        example: 250,
        change: 'rolling restart',
        note: 'kubelet restarts; pods keep running.',
      }),
    ),
});
