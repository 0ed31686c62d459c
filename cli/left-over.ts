/** What of a mistyped cluster can be judged all the same, so that a typing error does not hide the rest. */
import type { Finding } from '../cluster/finding.ts';
import type { Beside, Cluster } from '../cluster/index.ts';

/** `doubtful`: paths of maps of the cluster that a key was left out of. */
export type Judge = (cluster: Cluster, doubtful: readonly string[]) => Promise<readonly Finding[]>;

/**
 * The rules' findings about the cluster without its unknown keys. None where something else is wrong with its shape, and
 * none about the map that a key is unknown in: what the key was meant to say could make them untrue. `beside`: the manifests it points to.
 */
export async function besides(
  value: unknown,
  wrong: readonly Finding[],
  judge: Judge,
  beside: Beside = {},
): Promise<Finding[]> {
  if (wrong.some(({ code }) => code !== 'unknown-key')) return [];
  const { parseCluster } = await import('../cluster/index.ts');
  const unknown = new Set(wrong.map(({ path }) => path));
  const parsed = parseCluster(without(value, unknown, ''), beside);
  if (!parsed.ok) return [];
  const doubtful = [...unknown].map((path) => path.slice(0, Math.max(0, path.lastIndexOf('.'))));
  return (await judge(parsed.cluster, doubtful)).filter(
    ({ path }) =>
      !doubtful.some((map) => map === '' || path === map || path.startsWith(`${map}.`) || path.startsWith(`${map}[`)),
  );
}

function without(value: unknown, paths: ReadonlySet<string>, at: string): unknown {
  if (Array.isArray(value)) return value.map((item, i) => without(item, paths, `${at}[${i}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, item, at === '' ? key : `${at}.${key}`] as const)
      .filter(([, , path]) => !paths.has(path))
      .map(([key, item, path]) => [key, without(item, paths, path)]),
  );
}
