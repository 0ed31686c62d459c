import { record } from '../../cluster/raw.ts';
import { release } from '../../cluster/releases.ts';
import { noteOf } from './notes.ts';
import type { Ground } from './steps.ts';
import type { Difference, Facts, HostFact, StepKind } from './types.ts';

/** Steps that are about settings, whose documentation says what changing them does. */
const NOTED: readonly StepKind[] = ['migrate', 'converge', 'calico', 'label'];
/** Fields of which it is said here, since it depends on what changes. */
const SAID =
  /^(network\.encapsulation|kubespray\.extraVariables\..*|secretVariables\..*|(network|nodes\.[^.]+)\.bgp\.peers|nodes\.[^.]+\.(labels|taints|roles))$/;

/** What a step does to what runs: of its own, and what the documentation of each changed field says. One sentence each. */
export function effectsOf(
  kind: StepKind,
  found: readonly Difference[],
  hosts: readonly string[],
  ground: Ground,
): string[] {
  const own = ownEffects(kind, hosts, ground);
  if (!NOTED.includes(kind)) return own;
  const notes = found
    .filter(({ path }) => !SAID.test(path))
    .flatMap(({ path }) => noteOf(path)?.match(SENTENCES) ?? [])
    .map((sentence) => sentence.trim());
  return [
    ...new Set([...own, ...notes, ...extraEffects(found), ...peerEffects(found), ...labelEffects(found, ground)]),
  ];
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
      return ['Both ways are on until every node has the new one; a few packets are lost while routes change.'];
    case 'join-control-plane':
      return ['The other nodes run through the whole playbook as well: it tells them of the new API server.'];
    case 'join-etcd':
      return ['One control-plane node after the other is drained, and its API server restarts with the new members.'];
    case 'remove':
      return ['Its pods are made anew elsewhere; what is in their emptyDir is gone.', ...memberGone(hosts, applied)];
    case 'remove-dead':
      return [
        'Nothing is done on the host itself: never let it come back with what is on its disk.',
        ...memberGone(hosts, applied),
      ];
    case 'unpeer':
      return ['The session ends, and with it the routes that came over it.'];
    case 'reset':
      return ['Everything in the cluster is gone, etcd too.'];
    default:
      return [];
  }
}

function memberGone(hosts: readonly string[], applied: Facts | undefined): string[] {
  const isMember = ({ groups }: HostFact) => groups.includes('etcd') || groups.includes('kube_control_plane');
  const left = hosts.flatMap((name) => applied?.hosts[name] ?? []).some(isMember);
  return left
    ? ['The whole playbook then tells the other nodes that a member is gone; API servers that named it restart.']
    : [];
}

/** Calico goes with the release where no version is said. */
function calicoAlong(applied: Facts | undefined, desired: Facts): string[] {
  const version = (facts: Facts | undefined) => facts?.calico.calico_version ?? release(facts?.release.version)?.calico;
  const [before, after] = [version(applied), version(desired)];
  if (before === after || before === undefined || after === undefined) return [];
  return [`Calico ${before} becomes ${after} with it, calico-node node by node.`];
}

function extraEffects(found: readonly Difference[]): string[] {
  const extra = found.filter(({ path }) => /^(kubespray\.extraVariables|secretVariables)\./.test(path));
  return [
    ...(extra.length > 0
      ? [
          'What an extra variable does depends on it: kubespray’s documentation says so.',
          'Flags of the API server, controller manager and scheduler reach a cluster that is there only with its next upgrade.',
        ]
      : []),
    ...(extra.some(({ sign }) => sign === '-') ? ['One that is taken out is not undone in the cluster.'] : []),
  ];
}

function peerEffects(found: readonly Difference[]): string[] {
  const peers = found.filter(({ peer }) => peer !== undefined);
  return [
    ...(peers.some(({ sign }) => sign === '+') ? ['A session with the new peer comes up.'] : []),
    ...(peers.some(({ sign }) => sign === '~') ? ['A session comes up anew under the new terms.'] : []),
  ];
}

/** kubespray only adds: what is taken out is said with the command that takes it away (roles/kubernetes/node-label, node-taint). */
function labelEffects(found: readonly Difference[], { applied, desired }: Ground): string[] {
  const hosts = [...new Set(found.flatMap(({ host, path }) => (/\.(labels|taints)$/.test(path) ? (host ?? []) : [])))];
  return hosts.flatMap((name) => {
    const [before, after] = [applied?.hosts[name]?.settings ?? {}, desired.hosts[name]?.settings ?? {}];
    const labels = Object.keys(record(before.node_labels)).filter(
      (key) => !Object.hasOwn(record(after.node_labels), key),
    );
    const taints = taintsOf(before).filter((key) => !taintsOf(after).includes(key));
    const evicts = taintsOf(after).some((key) => key.endsWith(':NoExecute') && !taintsOf(before).includes(key));
    return [
      ...labels.map((key) => `The label ${key} stays until it is taken away: kubectl label node ${name} ${key}-`),
      ...taints.map((key) => `The taint ${key} stays until it is taken away: kubectl taint node ${name} ${key}-`),
      ...(evicts ? [`Pods of ${name} that do not bear the new taint are evicted at once.`] : []),
    ];
  });
}

/** `key:NoSchedule`, without the values: what a taint is taken away by. */
function taintsOf({ node_taints: taints }: Readonly<Record<string, unknown>>): string[] {
  return Array.isArray(taints) ? taints.map((taint) => String(taint).replace(/=[^:]*:/, ':')) : [];
}
