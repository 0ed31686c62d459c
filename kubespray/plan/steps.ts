import type { Migrate } from '../../cluster/index.ts';
import { effectsOf } from './effects.ts';
import { howFor } from './how.ts';
import { limitEffects, minutesOf } from './minutes.ts';
import { reasonOf } from './reasons.ts';
import type { Call, Difference, Facts, Step, StepKind } from './types.ts';

/** In which order steps are carried out: what leaves goes last, as the engine deletes last. */
const ORDER: readonly StepKind[] = [
  ...(['build', 'upgrade', 'migrate', 'converge', 'calico', 'label'] as const),
  ...(['join-etcd', 'join-control-plane', 'join'] as const),
];

/** What a step is made of. `applied`: absent before the first run. */
export interface Ground {
  readonly applied?: Facts | undefined;
  readonly desired: Facts;
  readonly migrate?: Migrate | undefined;
  readonly differences: readonly Difference[];
}

/** The runs that differences lead to, in their order. What leaves does so one by one. */
export function stepsOf(ground: Ground): Step[] {
  const { differences } = ground;
  const of = (kind: StepKind) => differences.filter(({ step }) => step === kind);
  const all = ORDER.filter((kind) => of(kind).length > 0);
  return [
    ...all.map((kind) => stepOf(kind, of(kind), ground)),
    ...of('unpeer').map((one) => stepOf('unpeer', [one], ground)),
    ...of('remove').map((one) => stepOf('remove', [one], ground)),
    ...of('remove-dead').map((one) => stepOf('remove-dead', [one], ground)),
  ];
}

function stepOf(kind: StepKind, found: readonly Difference[], ground: Ground): Step {
  const hosts = hostsOf(kind, found, ground);
  const calls = howFor(ground.desired, ground.migrate)[kind].filter((call) => isMade(call, ground.applied, hosts));
  const minutes = minutesOf(
    kind,
    hosts.length,
    calls.some(({ ifIn }) => ifIn !== undefined),
  );
  return {
    kind,
    hosts,
    ...(kind === 'unpeer' ? { peers: found.flatMap(({ peer }) => peer ?? []) } : {}),
    calls,
    reason: reasonOf(kind, found, hosts, ground),
    effects: [...effectsOf(kind, found, hosts, ground), ...limitEffects(minutes)],
    minutes,
  };
}

function hostsOf(kind: StepKind, found: readonly Difference[], { applied, desired }: Ground): string[] {
  if (kind === 'build') return Object.keys(desired.hosts);
  const named = kind.startsWith('join') || kind.startsWith('remove');
  if (named) return [...new Set(found.flatMap(({ host }) => host ?? []))].sort();
  return Object.keys(desired.hosts).filter((name) => applied?.hosts[name] !== undefined);
}

function isMade({ ifIn }: Call, applied: Facts | undefined, hosts: readonly string[]): boolean {
  return ifIn === undefined || hosts.some((name) => applied?.hosts[name]?.groups.some((group) => ifIn.includes(group)));
}
