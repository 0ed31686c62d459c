import type { Cluster } from '../../cluster/index.ts';
import { release } from '../../cluster/index.ts';

/** Where kubespray takes Kubernetes' own images from (kubespray v2.31.0 roles/kubespray_defaults/defaults/main/download.yml:92). */
const REPOSITORY = 'registry.k8s.io';

/**
 * Image of the pods that a verification makes: the stack's, or the one under every pod, which kubespray has pulled to every node
 * (download.yml:131,233) from where the stack's extra variables say: nothing has to be brought into a closed network.
 */
export function imageOf({ verify, kubespray, kubernetes }: Cluster): string {
  if (verify.image !== undefined) return verify.image;
  const told = (name: string) => {
    const value = kubespray.extraVariables[name];
    return typeof value === 'string' && value !== '' && !value.includes('{{') ? value : undefined;
  };
  const repository = told('pod_infra_image_repo') ?? `${told('kube_image_repo') ?? REPOSITORY}/pause`;
  const version = kubernetes.version ?? release(kubespray.version)?.kubernetes ?? '';
  return `${repository}:${told('pod_infra_image_tag') ?? told('pod_infra_version') ?? pauseOf(version)}`;
}

/** roles/kubespray_defaults/vars/main/main.yml:9 pod_infra_supported_versions, of v2.28.0 to v2.31.0. */
function pauseOf(kubernetes: string): string {
  const minor = Number(kubernetes.split('.')[1] ?? Number.NaN);
  if (minor <= 30) return '3.9';
  return minor <= 33 ? '3.10' : '3.10.1';
}
