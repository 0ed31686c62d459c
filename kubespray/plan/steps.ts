import type { Found } from './differences.ts';
import { effectsOf } from './effects.ts';
import { encapsulationIn } from './encapsulation.ts';
import { howFor } from './how.ts';
import { minutesOf } from './minutes.ts';
import type { Call, Change, Facts, Step, StepKind } from './types.ts';

/** In which order steps are carried out: what leaves goes last, as the engine deletes last. */
const ORDER: readonly StepKind[] = [
  ...(['build', 'upgrade', 'migrate', 'converge', 'calico', 'label'] as const),
  ...(['join-etcd', 'join-control-plane', 'join', 'unpeer', 'remove', 'remove-dead'] as const),
];

/** What a step carries out of those after it, which then have nothing left to do. */
const COVERS: Partial<Record<StepKind, readonly StepKind[]>> = {
  upgrade: ['converge', 'calico', 'label'],
  converge: ['calico', 'label'],
  migrate: ['calico'],
};

/** The runs that differences lead to. */
export function stepsOf(
  applied: Facts | undefined,
  desired: Facts,
  { migrate }: Partial<Pick<Change, 'migrate'>>,
  differences: readonly Found[],
): Step[] {
  const kinds = ORDER.filter((kind) => differences.some(({ step }) => step === kind));
  const left = kinds.filter((kind) => !kinds.some((other) => COVERS[other]?.includes(kind)));
  const how = howFor(desired, migrate);
  return left.flatMap((kind) => {
    const carried = differences.filter(
      ({ step }) => step !== undefined && (step === kind || (COVERS[kind]?.includes(step) && !left.includes(step))),
    );
    return groupsOf(kind, carried).map((found) => {
      const hosts = hostsOf(kind, found, applied, desired);
      return {
        kind,
        hosts,
        ...(kind === 'unpeer' ? { peers: found.map(({ peer }) => peer as string) } : {}),
        calls: how[kind].filter((call) => isMade(call, applied, hosts)),
        reason: reasonOf(kind, found, hosts, applied, desired),
        effects: effectsOf(kind, found, { applied, desired, hosts }),
        minutes: minutesOf(kind, hosts.length),
      };
    });
  });
}

/** What leaves does so one by one, each in a run of its own. */
function groupsOf(kind: StepKind, found: readonly Found[]): (readonly Found[])[] {
  return kind === 'remove' || kind === 'remove-dead' || kind === 'unpeer' ? found.map((one) => [one]) : [found];
}

function hostsOf(kind: StepKind, found: readonly Found[], applied: Facts | undefined, desired: Facts): string[] {
  if (kind === 'build') return Object.keys(desired.hosts);
  if (kind.startsWith('join') || kind.startsWith('remove')) {
    return [...new Set(found.flatMap(({ host }) => host ?? []))].sort();
  }
  return membersOf(applied, desired);
}

/** Hosts that have joined, and stay. */
export function membersOf(applied: Facts | undefined, desired: Facts): string[] {
  return Object.keys(desired.hosts).filter((name) => applied?.hosts[name] !== undefined);
}

function isMade(call: Call, applied: Facts | undefined, hosts: readonly string[]): boolean {
  const groups = hosts.flatMap((name) => applied?.hosts[name]?.groups ?? []);
  return call.ifIn === undefined || call.ifIn.some((group) => groups.includes(group));
}

function reasonOf(
  kind: StepKind,
  found: readonly Found[],
  hosts: readonly string[],
  applied: Facts | undefined,
  desired: Facts,
): string {
  const names = hosts.join(', ');
  const paths = [...new Set(found.map(({ path }) => path))].join(', ');
  switch (kind) {
    case 'build':
      return 'Nothing has been built yet.';
    case 'upgrade':
      return `kubespray ${applied?.release.version} and Kubernetes ${applied?.release.kubernetes} become ${desired.release.version} and ${desired.release.kubernetes}.`;
    case 'migrate':
      return `The encapsulation changes from ${JSON.stringify(applied && encapsulationIn(applied))} to ${JSON.stringify(encapsulationIn(desired))}, as declared.`;
    case 'converge':
      return `Only the whole playbook carries out ${paths}.`;
    case 'calico':
      return `Calico’s part carries out ${paths}.`;
    case 'label':
      return `Labels or taints differ: ${paths}.`;
    case 'join':
    case 'join-control-plane':
    case 'join-etcd':
      return `${names} ${hosts.length === 1 ? 'is' : 'are'} not of the cluster yet, or not in all ${hosts.length === 1 ? 'its' : 'their'} roles.`;
    case 'remove':
      return `${names} is no longer declared.`;
    case 'remove-dead':
      return `${names} is gone for good, as kubespray.removeDead says.`;
    case 'unpeer':
      return `${found.map(({ peer }) => peer).join(', ')} is no longer declared, and kubespray would leave it.`;
    case 'reset':
      return 'The cluster is taken apart.';
  }
}
