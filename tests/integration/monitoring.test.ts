import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { metricsObjects } from '../../cluster/index.ts';
import { alertGroups } from '../../cluster/monitoring/alerts/index.ts';
import { dashboardRows } from '../../cluster/monitoring/dashboard/index.ts';
import type { Panel } from '../../cluster/monitoring/dashboard/types.ts';
import { labDown, labUp } from '../../lab/index.ts';
import { netnsPath, nodes, workstation } from '../../lab/topology.ts';
import { ensureTools, type Tools } from '../../setup/index.ts';
import { chartOf, drawRow } from '../monitoring/charts.ts';
import { clusters, watched } from '../monitoring/clusters.ts';
import { type Scraped, writeHistory } from '../monitoring/history.ts';
import { type Pod, scrapeConfigs } from '../monitoring/operator.ts';
import { type Found, Prometheus, run, said } from '../monitoring/prometheus.ts';
import { END, type Program, SILENCE, TAKEN, TROUBLE } from '../monitoring/recordings/index.ts';
import { assertGolden } from '../support/golden.ts';
import { labFolder } from '../support/scratch.ts';

const name = 'monitoring-test';

/** What kubespray deploys, as far as it answers Prometheus. Here kube-controllers is on its node's network, as it is with etcd. */
const pods: readonly (Pod & { readonly program: Program; readonly port: number })[] = [
  pod('calico-node-4kx7p', 'calico-node', 'masternode', 'felix', 9091),
  pod('calico-node-x7k2p', 'calico-node', 'storagenodet3500', 'felix', 9091),
  pod('calico-node-b9c4d', 'calico-node', 'homelab', 'felix', 9091),
  pod('calico-typha-6f7d8', 'calico-typha', 'masternode', 'typha', 9093),
  pod('calico-kube-controllers-5c9b', 'calico-kube-controllers', 'homelab', 'kube-controllers', 9094),
];
/** Of others, whose monitors are not ours. */
const others = [
  ...nodes.map((node) => ({ job: 'bird', program: 'bird' as const, node: node.name, port: 9324 })),
  { job: 'kube-state-metrics', program: 'kube-state-metrics' as const, node: 'homelab', port: 8080 },
];

describe('Calico’s metrics in a real Prometheus', function () {
  this.timeout(300_000);
  const outerState = process.env.CALISPRAY_STATE;
  const state = labFolder('calispray-monitoring-');
  const netns = netnsPath(name, workstation.name);
  const running: ChildProcess[] = [];
  let tools: Tools;
  let live: Prometheus | undefined;
  let past: Prometheus | undefined;

  before(async () => {
    process.env.CALISPRAY_STATE = state;
    const programs = ['kube-apiserver', 'kube-controller-manager', 'etcd', 'kubectl'] as const;
    tools = await ensureTools(['debian', 'base', 'crds', 'ansible', ...programs, 'prometheus']);
    await labUp(tools, { name });
    for (const node of nodes) {
      const all = [...pods, ...others].filter((one) => one.node === node.name);
      const words = all.map(({ program, port }) => `${program}:${port}`);
      const exporter = join(import.meta.dirname, '../monitoring/exporter.ts');
      const enter = ['nsenter', `--net=${netnsPath(name, node.name)}`, '--', process.execPath];
      const one = run([...enter, exporter, node.name, node.address, ...words]);
      running.push(one);
      await said(one);
    }
    live = await Prometheus.start({ ...place('live'), scrape: [...scrapeConfigs(...found()), ...ofOthers()], rules });
  });
  after(async () => {
    await live?.stop();
    await past?.stop();
    for (const one of running) one.stdin?.end();
    await labDown({ name });
    if (outerState === undefined) delete process.env.CALISPRAY_STATE;
    else process.env.CALISPRAY_STATE = outerState;
    rmSync(state, { recursive: true });
  });

  const place = (folder: string) => {
    const own = join(state, folder);
    mkdirSync(own);
    return { program: tools.prometheus, folder: own, netns };
  };
  const server = (one: Prometheus | undefined) => {
    assert.ok(one !== undefined);
    return one;
  };

  it('is scraped on every node, by the Services and ServiceMonitors of the stack alone', async () => {
    await until(async () => {
      const targets = await server(live).targets();
      return targets.length > 0 && targets.every(({ health }) => health !== 'unknown');
    });
    const targets = await server(live).targets();
    const ours = targets.filter(({ labels }) => labels.endpoint !== undefined);
    assert.deepEqual(
      targets.filter(({ health }) => health !== 'up'),
      [],
    );
    assert.deepEqual(
      ours.map(({ labels }) => [labels.job, labels.instance, labels.pod, labels.node ?? 'of no node']).sort(),
      [
        ['calico-kube-controllers-metrics', '192.168.4.62:9094', 'calico-kube-controllers-5c9b', 'of no node'],
        ['calico-node-metrics', '192.168.4.61:9091', 'calico-node-x7k2p', 'storagenodet3500'],
        ['calico-node-metrics', '192.168.4.62:9091', 'calico-node-b9c4d', 'homelab'],
        ['calico-node-metrics', '192.168.4.63:9091', 'calico-node-4kx7p', 'masternode'],
        ['calico-typha-metrics', '192.168.4.63:9093', 'calico-typha-6f7d8', 'of no node'],
      ],
    );
  });

  it('keeps the labels that programs gave their series', async () => {
    // A label that Prometheus gives its targets as well would be renamed.
    assert.deepEqual(await server(live).at('{__name__=~".+",exported_node!=""}'), []);
    const counted = await server(live).at('sum by (node) (ipam_allocations_in_use)');
    assert.deepEqual(counted.map(({ labels }) => labels.node).sort(), nodes.map((node) => node.name).sort());
  });

  it('fills every panel of the dashboard', async () => {
    for (const { panels } of dashboardRows(watched))
      for (const { id, queries } of panels)
        for (const { expr } of queries) {
          const query = filled(expr, '5s');
          // A counter says how it grows once it was seen twice.
          await until(async () => (await server(live).at(query)).length > 0, `${id}: ${query}`);
        }
  });

  it('takes every rule, and evaluates it', async () => {
    const all = rules.groups.flatMap(({ rules: some }) => some.map(({ alert }) => alert));
    await until(async () => (await server(live).rules()).every(({ health }) => health !== 'unknown'));
    const evaluated = await server(live).rules();
    assert.deepEqual(evaluated.map((rule) => rule.name).sort(), [...all].sort());
    assert.deepEqual(
      evaluated.filter(({ health }) => health !== 'ok'),
      [],
    );
    assert.ok(all.length > 25);
  });

  describe('with two hours of history', () => {
    before(async () => {
      const where = place('past');
      writeHistory(tools.promtool, where.folder, await scraped());
      await server(live).stop();
      past = await Prometheus.start({ ...where, scrape: [] });
    });

    /** Every target, with the labels that Prometheus gave it. */
    async function scraped(): Promise<Scraped[]> {
      const targets = await server(live).targets();
      return [...pods, ...others].map(({ program, node, port }) => {
        const instance = `${addressOf(node)}:${port}`;
        const labels = targets.find((target) => target.labels.instance === instance)?.labels;
        assert.ok(labels !== undefined, instance);
        return { program, node, labels };
      });
    }

    const alerts = Object.values(clusters).flatMap((cluster) => alertGroups(cluster).flatMap((group) => group.alerts));
    const own = alertGroups(watched).flatMap((group) => group.alerts);
    const from = (minutes: number) => TAKEN + 60 * minutes;

    it('no expression of an alert says anything in health', async () => {
      for (const { name: alert, expr } of own)
        assert.deepEqual(await server(past).over(expr, from(10), from(TROUBLE), 60), [], alert);
    });

    it('each says something in trouble, or when all are silent, or before there was anything', async () => {
      for (const { name: alert, expr } of [
        ...own,
        ...alerts.filter((one) => !own.some((each) => each.name === one.name)),
      ]) {
        const [when, end] = alert === 'CalicoNodeMetricsAbsent' ? [-30, -10] : [TROUBLE + 1, END - 1];
        const told = await server(past).over(expr, from(when), from(end), 60);
        assert.ok(told.length > 0, `${alert}: ${expr}`);
      }
    });

    it('every panel has its lines from beginning to end, and they are what docs/dashboard shows', async () => {
      const span = { start: from(0), end: from(SILENCE - 1) };
      const rows = dashboardRows(watched);
      const answers = new Map<Panel, Found[][]>();
      for (const panel of rows.flatMap(({ panels }) => panels)) {
        const all: Found[][] = [];
        for (const { expr } of panel.queries) {
          const lines = await server(past).over(filled(expr, '4m'), span.start, span.end, 60);
          assert.ok(
            lines.some(({ points }) => points.length >= SILENCE - 15),
            `${panel.id}: ${expr}`,
          );
          all.push(lines);
        }
        answers.set(panel, all);
      }
      for (const row of rows) assertGolden(chartOf(row), drawRow(row, answers, span));
    });
  });
});

const objects = metricsObjects(watched);
const rules = objects.find(({ kind }) => kind === 'PrometheusRule')?.spec as {
  groups: { rules: { alert: string }[] }[];
};

/** ServiceMonitors, the Services that there are, and pods. */
function found(): Parameters<typeof scrapeConfigs> {
  const ofKind = (wanted: string) => objects.filter(({ kind }) => kind === wanted);
  // kubespray v2.31.0 roles/network_plugin/calico/templates/calico-typha.yml.j2:6
  const typha = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'calico-typha', namespace: 'kube-system', labels: { 'k8s-app': 'calico-typha' } },
    spec: {
      ports: [
        { name: 'calico-typha', port: 5473, protocol: 'TCP' },
        { name: 'metrics', port: 9093, protocol: 'TCP' },
      ],
      selector: { 'k8s-app': 'calico-typha' },
    },
  };
  return [ofKind('ServiceMonitor'), [...ofKind('Service'), typha], pods];
}

function ofOthers(): object[] {
  return [...new Set(others.map(({ job }) => job))].map((job) => ({
    job_name: job,
    static_configs: [
      { targets: others.filter((one) => one.job === job).map(({ node, port }) => `${addressOf(node)}:${port}`) },
    ],
  }));
}

/** As Grafana fills in what is chosen above the panels, with the range that the interval of scrapes asks for. */
function filled(expr: string, range: string): string {
  return expr.replaceAll('$__rate_interval', range).replaceAll('$node', '.*');
}

function pod(of: string, app: string, node: string, program: Program, port: number) {
  return { name: of, labels: { 'k8s-app': app }, node, address: addressOf(node), program, port };
}

function addressOf(node: string): string {
  const machine = nodes.find((one) => one.name === node);
  if (machine === undefined) throw new Error(`the lab has no ${node}`);
  return machine.address;
}

/** Waits for it as long as anybody could. */
async function until(holds: () => Promise<boolean>, what = 'what is waited for'): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    await new Promise((wake) => setTimeout(wake, 200));
  }
  throw new Error(`${what} did not come`);
}
