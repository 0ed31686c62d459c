/** Many pods in few words: a whole namespace or workload is one name, and what is nearly everybody is told by who is left out. */

/** Everybody there is to be named. */
export interface Everybody {
  readonly pods: readonly string[];
  readonly nodes: readonly string[];
  readonly outside: readonly string[];
  /** `namespace/name` of its workload, by pod. */
  readonly workloads: ReadonlyMap<string, string>;
}

export type Grain = 'workload' | 'namespace' | 'pod';

/** Names that are told one by one where no more is said. */
const MOST = 6;

/** `a, b and 3 more`. */
export function listed(names: readonly string[], most = MOST): string {
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/**
 * `every pod of production`, `monitoring/prometheus`, `default/web (2 of 5 pods)`, `every pod but those of production`, `every node`,
 * `the outside`, in this order.
 */
export function inWords(names: readonly string[], everybody: Everybody, grain: Grain = 'workload'): string[] {
  const wanted = new Set(names);
  const pods = everybody.pods.filter((pod) => wanted.has(pod));
  return [
    ...podsInWords(pods, everybody, grain),
    ...whole('every node', everybody.nodes, wanted),
    ...whole('the outside', everybody.outside, wanted),
  ];
}

function whole(word: string, all: readonly string[], wanted: ReadonlySet<string>): string[] {
  const some = all.filter((one) => wanted.has(one));
  return some.length === all.length && all.length > 1 ? [word] : some;
}

function podsInWords(pods: readonly string[], everybody: Everybody, grain: Grain): string[] {
  if (pods.length === 0) return [];
  if (grain === 'pod') return [...pods];
  const all = everybody.pods;
  if (pods.length === all.length && all.length > 1) return ['every pod'];
  const told = named(pods, everybody, grain);
  if (pods.length * 2 <= all.length) return told;
  const chosen = new Set(pods);
  const others = named(
    all.filter((pod) => !chosen.has(pod)),
    everybody,
    grain,
  );
  if (others.length >= told.length) return told;
  return [`every pod but ${listed(others.map((one) => one.replace(/^every pod of/, 'those of')))}`];
}

function named(pods: readonly string[], { pods: all, workloads }: Everybody, grain: Grain): string[] {
  const count = (members: readonly string[], of: (pod: string) => string) =>
    new Map([...Map.groupBy(members, of)].map(([key, found]) => [key, found.length]));
  const namespaces = count(all, namespaceOf);
  const workloadOf = (pod: string) => workloads.get(pod) ?? pod;
  const sizes = count(all, workloadOf);
  const several = new Map(
    [...Map.groupBy(new Set(all.map(workloadOf)), namespaceOf)].map(([key, found]) => [key, found.length > 1]),
  );
  return [...Map.groupBy(pods, namespaceOf)].flatMap(([namespace, mine]) => {
    const size = namespaces.get(namespace) ?? 0;
    const whole = mine.length === size && (grain === 'namespace' || several.get(namespace) === true);
    if (whole) return [`every pod of ${namespace}`];
    if (grain === 'namespace') return [`${namespace}${part(mine.length, size)}`];
    return [...Map.groupBy(mine, workloadOf)].map(([name, found]) => {
      const [pod = name] = found;
      return found.length === 1 && sizes.get(name) !== 1 ? pod : `${name}${part(found.length, sizes.get(name) ?? 0)}`;
    });
  });
}

function part(some: number, all: number): string {
  return some === all ? '' : ` (${some} of ${all} pods)`;
}

function namespaceOf(name: string): string {
  return name.split('/')[0] as string;
}
