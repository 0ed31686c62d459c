/** The closing screen of `calispray start`: what is there now, and what to try next. Pure: what it shows is handed to it. */
import { type Cluster, dashboardObject, deriveNetwork, metricsObjects, policyObjects } from '../cluster/index.ts';

export interface Reach {
  from: string;
  to: string;
  ok: boolean;
}

/** `headline` is the engine's count: `no change, 38 unchanged`; `verified` what the last verification found. */
export function screen(cluster: Cluster, reached: readonly Reach[], headline: string, verified: string): string[] {
  return [
    '',
    ...section(`Cluster ${cluster.name}`, [headline]),
    ...section('Nodes', table(cluster.nodes.map((node) => [node.name, node.address, node.roles.join(', ')]))),
    ...section('Network', networkLines(cluster)),
    ...section('Pods', podLines(reached)),
    ...section('Verified', [verified]),
    ...section('Policies', policyLines(cluster)),
    ...section('Monitoring', monitoringLines(cluster)),
    ...section('Try next', [
      'npx calispray lab shell masternode        a shell on a node; `kubectl get networkpolicies -A` there',
      'npx calispray preview --stack dev         the same cluster on real machines: needs no root and no node',
      'npm run down                              removes all of this',
    ]),
  ];
}

function networkLines(cluster: Cluster): string[] {
  const { pods, services, pool, bgp, interfaceMtu, encapsulation } = cluster.network;
  const { mtu, backend } = deriveNetwork(cluster);
  const way = encapsulation.kind === 'none' ? 'no encapsulation' : `${encapsulation.kind} ${encapsulation.mode}`;
  const routes = backend === 'bird' ? `, routes by BGP AS ${bgp.as}` : '';
  return [
    `${way}, MTU ${mtu} on interfaces of ${interfaceMtu}${routes}`,
    `pods ${pods} (pool ${pool.name} ${pool.cidr} in blocks of /${pool.blockSize}), services ${services}`,
  ];
}

/** Who reached whom, a row for each pod that sent; a short list of what failed where there are many. */
function podLines(reached: readonly Reach[]): string[] {
  if (reached.length === 0) return ['none runs yet'];
  const names = [...new Set(reached.flatMap(({ from, to }) => [from, to]))].sort();
  const answer = (from: string, to: string) => {
    if (from === to) return '-';
    const found = reached.find((each) => each.from === from && each.to === to);
    return found === undefined ? ' ' : found.ok ? 'reached' : 'NO';
  };
  if (names.length > 6) {
    const lost = reached.filter((each) => !each.ok).map(({ from, to }) => `${from} does NOT reach ${to}`);
    return [`${reached.length - lost.length} of ${reached.length} pings between ${names.length} pods arrived`, ...lost];
  }
  return table([['from \\ to', ...names], ...names.map((from) => [from, ...names.map((to) => answer(from, to))])]);
}

function policyLines(cluster: Cluster): string[] {
  const objects = policyObjects(cluster);
  if (objects.length === 0) return ['none declared'];
  // Calico's own Felix is not in the lab; said, because the pods above reach each other in spite of a default deny.
  const note = "(in the API; the lab carries packets only, enforcing them is Calico's part on a real cluster)";
  const rows = objects.map(({ kind, metadata }) => [
    metadata.name,
    kind,
    metadata.namespace ?? 'where its selector says',
  ]);
  return [...table(rows), note];
}

function monitoringLines(cluster: Cluster): string[] {
  const { metrics } = cluster.felix;
  const felix = metrics.enabled ? `Felix metrics on port ${metrics.port} of every node` : 'Felix metrics are off';
  const dashboard = dashboardObject(cluster);
  const objects = [...metricsObjects(cluster), ...(dashboard === undefined ? [] : [dashboard])];
  const named = (kind: string) =>
    objects
      .filter((object) => object.kind === kind)
      .map(({ metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)
      .join(', ');
  return [
    felix,
    ...['Service', 'ServiceMonitor', 'PrometheusRule', 'ConfigMap'].map(named).filter((line) => line !== ''),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `${(at === 0 ? title : '').padEnd(Math.max(12, title.length + 2))}${line}`.trimEnd());
}

/** Rows with their columns aligned, two spaces apart. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
