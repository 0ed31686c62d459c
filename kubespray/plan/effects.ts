import { release } from '../../cluster/releases.ts';
import type { Found } from './differences.ts';
import { noteOf } from './notes.ts';
import type { Ground } from './steps.ts';
import type { Facts, StepKind } from './types.ts';

/** Steps that are about settings, whose documentation says what changing them does. */
const NOTED: readonly StepKind[] = ['migrate', 'converge', 'calico', 'label'];
/** Fields whose notes say what the step itself does. */
const SAID: readonly string[] = ['network.encapsulation'];

/** What a step does to what runs: of its own, and what the documentation of each changed field says. One sentence each. */
export function effectsOf(kind: StepKind, found: readonly Found[], hosts: readonly string[], ground: Ground): string[] {
  const paths = NOTED.includes(kind) ? found.map(({ path }) => path).filter((path) => !SAID.includes(path)) : [];
  const notes = paths.flatMap((path) => noteOf(path)?.match(SENTENCES) ?? []).map((sentence) => sentence.trim());
  return [...new Set([...ownEffects(kind, hosts, ground), ...notes])];
}

/** A point ends one where a capital or nothing follows. */
const SENTENCES = /.+?\.(?=\s+[A-Z`]|\s*$)/g;

function ownEffects(kind: StepKind, hosts: readonly string[], { applied, desired }: Ground): string[] {
  switch (kind) {
    case 'upgrade':
      return [
        ...calicoAlong(applied, desired),
        'One node after the other is cordoned, drained and uncordoned: its pods are made anew elsewhere.',
        'The API server of each control-plane node restarts once.',
      ];
    case 'migrate':
      return [
        'Both ways are on until every node has the new one; a few packets are lost while routes change.',
        'calico-node restarts node by node.',
        'Pods keep their MTU until they are made anew: where the new way leaves less room, make them anew.',
      ];
    case 'join-control-plane':
      return ['The other nodes run through the whole playbook as well: it tells them of the new API server.'];
    case 'join-etcd':
      return [
        'One control-plane node after the other is drained, and its API server restarts.',
        'Look afterwards whether --etcd-servers of every API server names the new members (kubespray docs/operations/nodes.md:144).',
      ];
    case 'remove':
      return [
        'Its pods are made anew elsewhere; what is in their emptyDir is gone.',
        ...(isMember(hosts, applied) ? ['The whole playbook then tells the other nodes that a member is gone.'] : []),
      ];
    case 'remove-dead':
      return [
        'Nothing is done on the host itself: never let it come back with what is on its disk.',
        ...(isMember(hosts, applied) ? ['The whole playbook then tells the other nodes that a member is gone.'] : []),
      ];
    case 'unpeer':
      return ['The session ends, and with it the routes that came over it.'];
    case 'reset':
      return ['Everything in the cluster is gone, etcd too.'];
    default:
      return [];
  }
}

function isMember(hosts: readonly string[], applied: Facts | undefined): boolean {
  return hosts.some((name) =>
    applied?.hosts[name]?.groups.some((group) => group === 'etcd' || group === 'kube_control_plane'),
  );
}

/** Calico goes with the release where no version is said. */
function calicoAlong(applied: Facts | undefined, desired: Facts): string[] {
  const version = (facts: Facts | undefined) => facts?.calico.calico_version ?? release(facts?.release.version)?.calico;
  const [before, after] = [version(applied), version(desired)];
  return before === after || before === undefined || after === undefined
    ? []
    : [`Calico ${before} becomes ${after} with it, calico-node node by node.`];
}
