import { ensureTools } from '../../setup/index.ts';

/** Everything the integration tests run for real; found in the cache after the first time. */
export async function preparePrerequisites(): Promise<void> {
  await ensureTools([
    'engine',
    'kube-apiserver',
    'kube-controller-manager',
    'etcd',
    'kubectl',
    'ansible',
    'debian',
    'base',
    'crds',
    'providers',
    'language-host',
  ]);
}
