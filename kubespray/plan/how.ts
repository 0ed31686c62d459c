import type { Migrate } from '../../cluster/index.ts';
import { calicoCall, onControlPlane } from './calls.ts';
import { migrationCalls } from './migration.ts';
import type { Call, Facts, PlaybookCall, StepKind } from './types.ts';

/**
 * Before a --limit, or kubespray stops (docs/ansible/ansible.md; roles/kubernetes/preinstall/tasks/0040-verify-settings.yml:2).
 * Without bootstrap_os nothing is installed on hosts that have joined.
 */
const facts: PlaybookCall = { playbook: 'playbooks/facts.yml', skipTags: ['bootstrap_os'], sees: 'members' };

/** A host that leaves is only in the inventory last carried out; what that was, kubespray has accepted (an even rest of etcd too). */
const leaving = { skipTags: ['bootstrap_os'], inventory: 'applied', sees: 'members' } as const;

/**
 * What stays must name who is left (docs/operations/nodes.md:159-165): etcd and nginx-proxy in their configuration, the API
 * servers in their static pods, which kubespray writes anew only with upgrade_cluster_setup (roles/kubernetes/control-plane/
 * tasks/kubeadm-setup.yml:259, kubeadm-upgrade.yml “Rewrite kubernetes control plane static pod manifests”).
 */
const afterMember: PlaybookCall = {
  playbook: 'cluster.yml',
  extraVars: { upgrade_cluster_setup: true },
  sees: 'members',
  ifIn: ['etcd', 'kube_control_plane'],
};

/** The calls of each step. `migrate` has none here: `howFor` makes those of a declared migration. */
export const how: Readonly<Record<StepKind, readonly Call[]>> = {
  build: [{ playbook: 'cluster.yml' }],
  converge: [{ playbook: 'cluster.yml', sees: 'members' }],
  // One node at a time: the default is 20 % of them (docs/operations/upgrades.md).
  upgrade: [{ playbook: 'upgrade-cluster.yml', extraVars: { serial: 1 }, sees: 'members' }],
  migrate: [],
  calico: [calicoCall],
  label: [{ playbook: 'cluster.yml', tags: ['node-label', 'node-taint'], sees: 'members' }],
  join: [facts, { playbook: 'scale.yml', limit: 'new' }],
  // Not scale.yml, and no restart of nginx-proxy after it: its static pod carries a digest of its configuration, so kubelet
  // makes it anew (docs/operations/nodes.md:36; roles/kubernetes/node/templates/manifests/nginx-proxy.manifest.j2:10).
  'join-control-plane': [{ playbook: 'cluster.yml' }],
  // Members that join at once need more patience, and every API server learns of them by an upgrade to the version that it has
  // (docs/operations/nodes.md:135-146), which writes its static pod anew.
  'join-etcd': [
    { playbook: 'cluster.yml', extraVars: { etcd_retries: 10 } },
    {
      playbook: 'upgrade-cluster.yml',
      limit: 'etcd:kube_control_plane',
      extraVars: { etcd_retries: 10, ignore_assert_errors: true, serial: 1 },
    },
  ],
  remove: [
    {
      playbook: 'remove-node.yml',
      extraVars: { node: '{node}', skip_confirmation: true, ignore_assert_errors: true },
      ...leaving,
    },
    afterMember,
  ],
  // Nothing is asked of the host, and a drain that fails is none (docs/operations/nodes.md:21-25).
  'remove-dead': [
    {
      playbook: 'remove-node.yml',
      extraVars: {
        node: '{node}',
        skip_confirmation: true,
        ignore_assert_errors: true,
        reset_nodes: false,
        allow_ungraceful_removal: true,
      },
      ...leaving,
    },
    afterMember,
  ],
  // Typed twice it is no error. kubespray itself deletes no BGPPeer.
  unpeer: [
    onControlPlane('the BGPPeer {peer}', ['calicoctl.sh', 'delete', 'bgppeer', '{peer}', '--skip-not-exists'], {
      tries: 3,
      delaySeconds: 5,
    }),
  ],
  // skip_confirmation alone fails (playbooks/reset.yml:12-26).
  reset: [{ playbook: 'reset.yml', extraVars: { reset_confirmation: true } }],
};

/** The same with those of the declared migration to what is desired. */
export function howFor(desired: Facts, migrate: Migrate | undefined): Readonly<Record<StepKind, readonly Call[]>> {
  const from = migrate?.encapsulation?.from;
  return from === undefined ? how : { ...how, migrate: migrationCalls(from, desired) };
}
