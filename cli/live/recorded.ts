/** What was carried out last, as the stack's state has it: the record of the last `up`, and hosts and peers that are still to leave. */
import { type Facts, type HostFact, readFacts } from '../../kubespray/plan/index.ts';
import type { StateResource } from '../engine/export.ts';

/** The component that carries kubespray out; its resources are named after it. */
const BUILD = 'calispray:kubespray:Build';

/**
 * The facts of the last record; undefined where there is none, as before the first `up`. A host or peer whose resource is
 * still there though the record leaves it out (an `up` was cut off before it took it away) is in them.
 */
export function recordedIn(resources: readonly StateResource[]): Facts | undefined {
  const build = resources.find(({ type }) => type === BUILD);
  if (build === undefined) return undefined;
  const prefix = `${nameOf(build)}-`;
  const mine = new Map(
    resources
      .filter(
        ({ urn, delete: old }) => old !== true && parentTypeOf(urn) === BUILD && nameOf({ urn }).startsWith(prefix),
      )
      .map((resource) => [nameOf(resource).slice(prefix.length), resource]),
  );
  const facts = readFacts(String(mine.get('record')?.outputs?.stdout ?? ''));
  if (facts === undefined) return undefined;
  return {
    ...facts,
    hosts: { ...leaving(mine, 'member-', facts.hosts, NOTHING_KNOWN), ...facts.hosts },
    peers: { ...leaving(mine, 'peer-', facts.peers, {}), ...facts.peers },
  };
}

/** Of a host whose command was given secrets: all of what it was given is ciphertext. */
const NOTHING_KNOWN: HostFact = { address: '', groups: [], settings: {}, calico: {} };

/** By name, the parts of those that the record does not have. */
function leaving<T>(
  mine: ReadonlyMap<string, StateResource>,
  kind: string,
  recorded: Readonly<Record<string, T>>,
  unknown: T,
): Record<string, T> {
  const parts: Record<string, T> = {};
  for (const [name, { inputs }] of mine) {
    if (!name.startsWith(kind) || name.slice(kind.length) in recorded) continue;
    parts[name.slice(kind.length)] = (partOf(inputs?.stdin) as T | undefined) ?? unknown;
  }
  return parts;
}

/** The fact that the resource's command was given: `{"part": …}` on its standard input. */
function partOf(stdin: unknown): unknown {
  if (typeof stdin !== 'string') return undefined;
  try {
    return (JSON.parse(stdin) as { part?: unknown }).part;
  } catch {
    return undefined;
  }
}

function nameOf({ urn }: Pick<StateResource, 'urn'>): string {
  return urn.split('::').slice(3).join('::');
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` */
function parentTypeOf(urn: string): string | undefined {
  return urn.split('::')[2]?.split('$').at(-2);
}
