import { builtInTiers, calicoVersion } from '../../../reachability/policy/order.ts';
import { valueIn } from '../../rules/variables.ts';
import type { Declared, KubernetesObject, ObjectRule } from '../rule.ts';
import { isPatch, nameOf } from '../world.ts';

const POOL = 'calico_pool_name';

export const notOurs: ObjectRule = {
  code: 'not-ours',
  title: 'What kubespray and Calico make is patched, not declared',
  class: 'harmful',
  description:
    'It is there before the stack comes to it: the up fails with “already exists”, and with upsertExistingObjects the stack and kubespray take turns in changing it. A destroy would take it away from the cluster.',
  reference:
    'pulumi-kubernetes v4.32.0 provider/pkg/await/await.go Creation; kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml; Calico v3.31.5 libcalico-go/lib/clientv3/client.go EnsureInitialized',
  concerns: mayBe,
  fields: ['metadata.name'],
  variables: [POOL],
  judge(declared) {
    const made = madeBy(declared);
    return declared.objects
      .filter((object) => mayBe(object) && made[object.kind]?.includes(object.name))
      .map((object) => ({
        urn: object.urn,
        path: 'metadata.name',
        message: `${nameOf(object)} is ${maker(object)} own, and the stack declares it as one of its own`,
        hint:
          object.kind === 'Tier' || object.kind === 'Namespace'
            ? 'Leave it out.'
            : `Patch it, ${patchOf(object)}, or set it through kubespray’s variables.`,
      }));
  },
};

function mayBe(object: KubernetesObject): boolean {
  const { apiVersion, kind } = object;
  if (isPatch(object)) return false;
  return (apiVersion === 'v1' && kind === 'Namespace') || (apiVersion === 'projectcalico.org/v3' && kinds.has(kind));
}

const kinds: ReadonlySet<string> = new Set([
  'FelixConfiguration',
  'BGPConfiguration',
  'ClusterInformation',
  'KubeControllersConfiguration',
  'IPPool',
  'Tier',
]);

function madeBy({ inventories, worlds }: Declared): Readonly<Record<string, readonly string[]>> {
  const pools = inventories.map(({ subject }) => String(valueIn(subject, POOL) ?? 'default-pool'));
  return {
    FelixConfiguration: ['default'],
    BGPConfiguration: ['default'],
    ClusterInformation: ['default'],
    KubeControllersConfiguration: ['default'],
    IPPool: (pools.length === 0 ? ['default-pool'] : pools).flatMap((name) => [name, `${name}-ipv6`]),
    Tier: builtInTiers(calicoVersion(worlds[0]?.calico)).map(({ name }) => name),
    Namespace: ['default', 'kube-system', 'kube-public', 'kube-node-lease'],
  };
}

function maker({ kind }: KubernetesObject): string {
  if (kind === 'Namespace') return 'Kubernetes’';
  return kind === 'IPPool' || kind === 'BGPConfiguration' ? 'kubespray’s' : 'Calico’s';
}

function patchOf({ kind }: KubernetesObject): string {
  return kind === 'FelixConfiguration' ? 'as the class FelixConfiguration does' : 'with CustomResourcePatch';
}
