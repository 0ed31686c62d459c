import { forksFor } from './desired.ts';
import type { StepKind } from './types.ts';

/**
 * Minutes on ordinary machines near the controller, with a fast uplink: kubespray v2.31.0 docs/getting_started/
 * setting-up-your-first-cluster.md:246 says up to 20 for a first run; reports say 15 to 60 for three to seven nodes (#8414,
 * #7509, #9279), as much for a run that changes one node, and far more over a slow line. `each`: for every host after another.
 */
const MINUTES: Readonly<
  Record<StepKind, { readonly all: readonly [number, number]; readonly each?: readonly [number, number] }>
> = {
  build: { all: [15, 40] },
  converge: { all: [15, 40] },
  upgrade: { all: [15, 30], each: [5, 10] },
  migrate: { all: [10, 30] },
  calico: { all: [5, 15] },
  label: { all: [1, 5] },
  join: { all: [10, 20] },
  'join-control-plane': { all: [15, 40] },
  'join-etcd': { all: [25, 60] },
  remove: { all: [3, 15] },
  'remove-dead': { all: [2, 10] },
  unpeer: { all: [0, 1] },
  reset: { all: [5, 15] },
};

/** How long a step takes with so many hosts, from … to. `wholeToo`: the whole playbook follows. */
export function minutesOf(kind: StepKind, hosts: number, wholeToo: boolean): readonly [number, number] {
  const { all, each = [0, 0] } = MINUTES[kind];
  if (wholeToo) return [all[0] + MINUTES.converge.all[0], all[1] + MINUTES.converge.all[1]];
  // Ansible works on so many at once.
  const rounds = Math.max(1, Math.ceil(hosts / forksFor(hosts)));
  return [all[0] * rounds + each[0] * hosts, all[1] * rounds + each[1] * hosts];
}

/** A run is stopped after kubespray.runs.limitMinutes, however well it goes. */
export function limitEffects([, to]: readonly [number, number]): string[] {
  return to <= USUAL_LIMIT ? [] : [`It is stopped after kubespray.runs.limitMinutes: let these be ${to} or more.`];
}

/** What the stack file says where it says nothing: cluster/schema/kubespray.ts. */
const USUAL_LIMIT = 90;
