import type { Found } from './differences.ts';
import { noteOf } from './notes.ts';
import type { Facts, StepKind } from './types.ts';

interface About {
  readonly applied: Facts | undefined;
  readonly desired: Facts;
  readonly hosts: readonly string[];
}

/** What a step does to what runs: of its own, and what the documentation of each changed field says. */
export function effectsOf(kind: StepKind, found: readonly Found[], about: About): string[] {
  const notes =
    kind.startsWith('join') || kind.startsWith('remove') || kind === 'unpeer'
      ? []
      : found.flatMap(({ path }) => noteOf(path) ?? []);
  return [...new Set([...ownEffects(kind, about), ...notes])];
}

function ownEffects(kind: StepKind, { desired, hosts }: About): string[] {
  switch (kind) {
    case 'upgrade':
      return ['Each node in turn is cordoned, drained and uncordoned: its pods are made anew elsewhere.'];
    case 'migrate':
      return [
        'Both ways are on until every node has the new one; a few packets may be lost while routes change.',
        'Running pods keep their MTU until they are made anew: where the new way leaves less, make them anew.',
      ];
    case 'join':
      return ['The other nodes are not touched.'];
    case 'join-etcd':
      return [
        'Each control-plane node in turn is drained, and its API server restarts.',
        'Check afterwards that --etcd-servers of every API server names the new members (kubespray docs/operations/nodes.md:144).',
      ];
    case 'remove':
      return hosts.map(
        (name) => `${name} is drained first: its pods are made anew elsewhere, and what is in their emptyDir is gone.`,
      );
    case 'remove-dead':
      return hosts.map((name) => `Nothing is done on ${name} itself: never let it come back with what is on its disk.`);
    case 'unpeer':
      return ['The session ends, and the routes that came over it go.'];
    default:
      return desired.cluster === '' ? [] : [];
  }
}
