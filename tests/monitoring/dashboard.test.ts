import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Cluster } from '../../cluster/index.ts';
import { dashboardObject, dashboardText } from '../../cluster/index.ts';
import { alertGroups } from '../../cluster/monitoring/alerts/index.ts';
import { dashboardRows } from '../../cluster/monitoring/dashboard/index.ts';
import type { Panel } from '../../cluster/monitoring/dashboard/types.ts';
import { assertGolden } from '../support/golden.ts';
import { checkRules } from '../support/promtool.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';
import { clusters } from './clusters.ts';
import { knownMetrics, metricsIn } from './metrics/known.ts';

const here = import.meta.dirname;
const dev = stackCluster('dev');
const changed = (change: object) => clusterOf(edited(dev, change));
const panelsOf = (cluster: Cluster): Panel[] => dashboardRows(cluster).flatMap(({ panels }) => panels);
const everyPanel = Object.values(clusters).flatMap(panelsOf);
const alertsOf = (cluster: Cluster) => alertGroups(cluster).flatMap(({ alerts }) => alerts);

/** As Grafana reads it; what it does not need to be looked at is left out. */
interface Read {
  readonly uid: string;
  readonly links?: readonly unknown[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly datasource?: { readonly uid: string };
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly links?: readonly { readonly title: string; readonly url: string }[];
    readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
    readonly fieldConfig?: { readonly defaults: { readonly thresholds: { readonly steps: readonly unknown[] } } };
  }[];
}
const read = async (cluster: Cluster): Promise<Read> => JSON.parse(await dashboardText(cluster));

describe('the dashboard', () => {
  it('is what Grafana’s library makes of the rows', async () => {
    const text = JSON.stringify(await read(clusters.iptables), null, 2);
    assertGolden(join(here, 'golden/dashboard.json'), `${text}\n`);
  });

  it('is the same whenever it is made', async () => {
    assert.equal(await dashboardText(clusters.ebpf), await dashboardText(clusters.ebpf));
  });

  it('has every panel of the rows, and all their queries on the data source that is chosen', async () => {
    for (const cluster of Object.values(clusters)) {
      const { panels } = await read(cluster);
      const shown = panels.filter(({ type }) => type !== 'row');
      assert.deepEqual(
        shown.map(({ title, targets = [] }) => [title, targets.map(({ expr }) => expr)]),
        panelsOf(cluster).map(({ title, queries }) => [title, queries.map(({ expr }) => expr)]),
      );
      assert.equal(panels.length - shown.length, dashboardRows(cluster).length);
      for (const { datasource, targets = [] } of shown)
        for (const one of [datasource, ...targets.map((target) => target.datasource)])
          assert.deepEqual(one, { type: 'prometheus', uid: '$datasource' });
    }
  });

  it('lays panels out beside each other, none over another, each with a number of its own', async () => {
    const { panels } = await read(clusters.iptables);
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(x < 24 && !taken.has(`${x} ${y}`), `${title} at ${x}, ${y}`);
          taken.add(`${x} ${y}`);
        }
  });

  it('asks for the data source and the nodes above the panels', async () => {
    const names = async (cluster: Cluster) =>
      (await read(cluster)).templating.list.map(({ name, query }) => `${name}: ${query}`);
    const felix = 'node: label_values(up{job="calico-node-metrics",namespace="kube-system"}, node)';
    assert.deepEqual(await names(clusters.iptables), ['datasource: prometheus', felix]);
  });

  it('asks for metrics that upstream makes', () => {
    const known = new Set(knownMetrics());
    for (const { id, queries } of everyPanel)
      for (const { expr } of queries) {
        const metrics = metricsIn(expr);
        assert.ok(metrics.length > 0, id);
        for (const metric of metrics) assert.ok(known.has(metric), `${id}: ${metric}`);
      }
  });

  it('asks in PromQL', async () => {
    const exprs = [...new Set(everyPanel.flatMap(({ queries }) => queries.map(({ expr }) => expr)))];
    const rules = exprs.map((expr, at) => ({
      record: `asked:${at}`,
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$node', '.*'),
    }));
    const said = await checkRules({ groups: [{ name: 'asked', rules }] });
    assert.ok(said.ok, said.text);
    assert.match(said.text, new RegExp(`SUCCESS: ${exprs.length} rules found`));
  });

  it('has the metrics that the reference cluster is to be watched by', () => {
    const asked = new Set(
      panelsOf(clusterOf(dev)).flatMap(({ queries }) => queries.flatMap(({ expr }) => metricsIn(expr))),
    );
    for (const metric of [
      'felix_active_local_endpoints',
      'felix_active_local_policies',
      'felix_iptables_restore_errors',
      'felix_int_dataplane_failures',
      'felix_int_dataplane_apply_time_seconds',
    ])
      assert.ok(asked.has(metric), metric);
  });

  it('explains what stands for the metric that does not exist', async () => {
    const { panels } = await read(clusterOf(dev));
    const telling = panels.filter(({ description = '' }) =>
      description.includes('felix_route_programming_duration_seconds'),
    );
    assert.deepEqual(
      telling.map(({ title }) => title),
      ['Time until an update is in the kernel'],
    );
    assert.match(telling[0]?.targets?.[0]?.expr ?? '', /^felix_int_dataplane_apply_time_seconds\{/);
  });

  it('shows what every alert is about, and names no alert that the cluster has not', () => {
    for (const cluster of Object.values(clusters)) {
      const shown = new Set(panelsOf(cluster).flatMap(({ alerts }) => alerts));
      assert.deepEqual([...shown].sort(), [...new Set(alertsOf(cluster).map(({ name }) => name))].sort());
    }
  });

  it('names none where the stack has none, and keeps the limits', () => {
    const quiet = panelsOf(changed({ monitoring: { alerts: false } }));
    assert.deepEqual(
      quiet.filter(({ alerts }) => alerts.length > 0),
      [],
    );
    assert.ok(!quiet.some(({ id }) => id === 'alerts-firing'));
    assert.equal(quiet.filter(({ thresholds }) => thresholds !== undefined).length, LIMITED);
  });

  it('has thresholds that are those of the alerts', () => {
    const limits = everyPanel.flatMap(({ id, unit, thresholds = [], alerts }) =>
      thresholds.map(({ from }) => ({ id, unit, from, alerts })),
    );
    assert.ok(limits.length > 15);
    // “more than none” of an alert is “one” of a panel of whole things
    const numbers = (expr: string) =>
      [...expr.matchAll(/(?:[<>]=?|[!=]=) ?([\d.]+)/g)].map(([, number]) => Number(number));
    for (const { id, from, alerts } of limits) {
      const said = Object.values(clusters)
        .flatMap(alertsOf)
        .filter(({ name }) => alerts.includes(name))
        .flatMap(({ expr }) => [...numbers(expr), ...numbers(expr).map((number) => number + 1)]);
      if (alerts.length > 0 && !WITHOUT_A_NUMBER.has(id))
        assert.ok(said.includes(from), `${id}: ${from} of ${said.join(', ')}`);
    }
  });

  it('links to runbooks where the stack says an address, and names them where it does not', async () => {
    const runbooks = 'https://git.example.com/net/runbooks.md';
    const linked = await read(changed({ monitoring: { runbooks } }));
    const sync = linked.panels.find(({ title }) => title === 'State of the resync');
    assert.deepEqual(
      sync?.links?.map(({ title, url }) => [title, url]),
      [['Runbook: FelixNotInSync', `${runbooks}#felixnotinsync`]],
    );
    assert.equal(linked.links?.length, 1);
    const named = (await read(clusterOf(dev))).panels.find(({ title }) => title === 'State of the resync');
    assert.deepEqual(named?.links ?? [], []);
    assert.match(named?.description ?? '', /Alerts: FelixNotInSync, with a runbook in docs\/runbooks\.md\.$/);
  });
});

/** Panels with limits, less the one that counts alerts. */
const LIMITED = panelsOf(clusterOf(dev)).filter(
  ({ id, thresholds }) => thresholds !== undefined && id !== 'alerts-firing',
).length;

/** Alerts about being there or not, or about one number against another. */
const WITHOUT_A_NUMBER = new Set(['felix-answers', 'felix-not-in-sync', 'wireguard-peers']);

describe('rows of the dashboard', () => {
  const titles = (change: object) => dashboardRows(changed(change)).map(({ title }) => title);
  const always = ['The cluster', 'Endpoints and policies', 'Data plane', 'Datastore', 'Routes'];
  const vxlan = { encapsulation: { vxlan: 'always' }, mtu: 'auto', bgp: {} };
  const last = 'calico-node itself';
  const BGP = 'BGP (by kube-state-metrics and bird_exporter)';

  it('are about what the cluster has', () => {
    assert.deepEqual(titles({}), [...always, 'IPAM', BGP, last]);
    assert.deepEqual(titles({ network: vxlan }), [...always, 'IPAM', last]);
    assert.deepEqual(titles({ network: { ...vxlan, wireguard: true } }), [...always, 'IPAM', 'WireGuard', last]);
    assert.deepEqual(titles({ network: { ...vxlan, ipam: 'host-local' } }), [...always, last]);
    assert.deepEqual(titles({ network: vxlan, calico: { typha: {} } }), [...always, 'IPAM', last]);
    assert.deepEqual(titles({ network: vxlan, calico: { typha: { metrics: { enabled: true } } } }), [
      ...always,
      'IPAM',
      'Typha',
      last,
    ]);
    assert.deepEqual(titles({ monitoring: 'none' }), []);
  });

  it('ask iptables, nftables or eBPF what each has', () => {
    const errors = (cluster: Cluster) =>
      panelsOf(cluster).flatMap(({ id }) =>
        /^(iptables-\w+-errors|ipset-errors|nft-.*errors|bpf-.*)$/.test(id) ? [id] : [],
      );
    assert.deepEqual(errors(clusters.iptables), ['iptables-restore-errors', 'iptables-save-errors', 'ipset-errors']);
    assert.deepEqual(errors(clusters.nftables), ['nft-errors', 'nft-list-errors', 'nft-set-errors']);
    assert.deepEqual(errors(clusters.ebpf), ['bpf-dirty', 'iptables-restore-errors', 'iptables-save-errors']);
  });

  it('know how many blocks a node may have', () => {
    const cluster = changed({ network: { ipam: { calico: { maxBlocksPerHost: 4 } } } });
    const panel = panelsOf(cluster).find(({ id }) => id === 'blocks-of-nodes');
    assert.deepEqual(panel?.thresholds, [{ from: 3, colour: 'orange' }]);
    assert.match(panel?.description ?? '', /at most 4/);
  });
});

describe('the ConfigMap of the dashboard', () => {
  it('has what Grafana’s sidecar looks for', () => {
    assert.deepEqual(dashboardObject(clusterOf(dev)), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'calico-dashboard', namespace: 'kube-system', labels: { grafana_dashboard: '1' } },
      file: 'calico-vmstation.json',
    });
  });

  it('goes where and has what the stack says', () => {
    const dashboard = {
      namespace: 'monitoring',
      labels: { dashboards: 'network' },
      annotations: { grafana_folder: 'Network' },
    };
    assert.deepEqual(dashboardObject(changed({ monitoring: { dashboard } }))?.metadata, {
      name: 'calico-dashboard',
      ...dashboard,
    });
  });

  it('is not there where nobody wants it', () => {
    assert.equal(dashboardObject(changed({ monitoring: { dashboard: false } })), undefined);
    assert.equal(dashboardObject(changed({ monitoring: 'none' })), undefined);
    assert.deepEqual(
      dashboardObject(changed({ monitoring: { dashboard: true } })),
      dashboardObject(changed({ monitoring: 'prometheus' })),
    );
  });
});
