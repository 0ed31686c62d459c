import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertGroups } from '../../cluster/monitoring/alerts/index.ts';
import type { Alert } from '../../cluster/monitoring/alerts/types.ts';
import { metricsObjects, ruleSpec } from '../../cluster/monitoring/objects.ts';
import { checkRules, type Trial, tryRules } from '../support/promtool.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';
import { clusters } from './clusters.ts';
import { knownMetrics, metricsIn } from './metrics/known.ts';
import { healthy, trials } from './trials.ts';

const here = import.meta.dirname;
const root = join(here, '../..');
const dev = stackCluster('dev');

const alertsOf = (name: keyof typeof clusters) => alertGroups(clusters[name]).flatMap(({ alerts }) => alerts);
const everyAlert: readonly Alert[] = (['iptables', 'nftables', 'ebpf'] as const).flatMap(alertsOf);
const names = [...new Set(everyAlert.map(({ name }) => name))];
const rulesOf = (name: keyof typeof clusters) => ruleSpec(alertGroups(clusters[name]), 'docs/runbooks.md');

describe('alerts', () => {
  for (const name of ['iptables', 'nftables', 'ebpf'] as const) {
    it(`are rules that promtool takes, with ${name}`, async () => {
      const said = await checkRules(rulesOf(name));
      assert.ok(said.ok, said.text);
      assert.match(said.text, new RegExp(`SUCCESS: ${alertsOf(name).length} rules found`));
    });
  }

  it('with a mistake in them are refused by promtool', async () => {
    const spec = ruleSpec([{ name: 'broken', alerts: [{ ...(everyAlert[0] as Alert), expr: 'up{' }] }], 'x');
    assert.equal((await checkRules(spec)).ok, false);
  });

  it('each have series that make them fire and series that must not', () => {
    assert.deepEqual(Object.keys(trials).sort(), [...names].sort());
    for (const [name, { fires, quiet }] of Object.entries(trials))
      assert.ok(fires.length > 0 && quiet.length > 0, name);
  });

  for (const name of ['iptables', 'nftables', 'ebpf'] as const) {
    it(`fire when they should and at no other time, with ${name}`, async () => {
      // What the first cluster has as well is the same rule, and was tried with it.
      const before = name === 'iptables' ? [] : alertsOf('iptables').map((alert) => alert.name);
      const own = alertsOf(name).filter((alert) => !before.includes(alert.name));
      const mine = Object.entries(trials).filter(([alert]) => own.some((one) => one.name === alert));
      assert.ok(mine.length > 0);
      const said = await tryRules(rulesOf(name), mine.flatMap(trialsOf));
      assert.ok(said.ok, said.text);
    });
  }

  it('are noticed by the trials where one is missing', async () => {
    const [first] = Object.entries(trials);
    const said = await tryRules({ groups: [] }, first === undefined ? [] : trialsOf(first));
    assert.equal(said.ok, false);
  });

  it('do not fire in a healthy cluster', async () => {
    const times = [1, 6, 11, 16, 31, 61, 119];
    const said = await tryRules(
      rulesOf('iptables'),
      times.map((at) => ({ name: `healthy at ${at}`, series: healthy, at, firing: {} })),
    );
    assert.ok(said.ok, said.text);
  });

  it('ask for metrics that upstream makes', () => {
    const known = new Set(knownMetrics());
    for (const { name, expr } of everyAlert) {
      const metrics = metricsIn(expr);
      assert.ok(metrics.length > 0, name);
      for (const metric of metrics) assert.ok(known.has(metric), `${name}: ${metric}`);
    }
    assert.deepEqual(metricsIn('sum by (a) (rate(felix_x[5m])) / on (b) felix_y{c="d"} > 0'), ['felix_x', 'felix_y']);
    assert.deepEqual(metricsIn('rate(felix_x_seconds_count[5m]) or vector(0)'), ['felix_x_seconds']);
  });

  it('each have a runbook, and each runbook an alert', () => {
    const text = readFileSync(join(root, 'docs/runbooks.md'), 'utf8');
    const headings = [...text.matchAll(/^### (\S+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual([...headings].sort(), [...names].sort());
    assert.equal(new Set(headings).size, headings.length);
  });

  it('link to their runbook where the stack says that it is read', () => {
    const cluster = clusterOf(edited(dev, { monitoring: { runbooks: 'https://example.com/runbooks' } }));
    const rule = metricsObjects(cluster).find(({ kind }) => kind === 'PrometheusRule');
    const text = JSON.stringify(rule);
    assert.ok(text.includes('"runbook_url":"https://example.com/runbooks#felixnotinsync"'));
    assert.ok(!text.includes('docs/runbooks.md'));
  });

  it('are told apart by their names within a group, and grouped by topic', () => {
    for (const stack of stacks) {
      const groups = alertGroups(clusterOf(stackCluster(stack)));
      assert.equal(new Set(groups.map(({ name }) => name)).size, groups.length, stack);
    }
  });
});

describe('alerts of a cluster', () => {
  const groupsOf = (change: object) =>
    alertGroups(clusterOf(edited(dev, change))).map(({ name }) => name.replace('calico-', ''));

  it('are about what it has', () => {
    const always = ['felix', 'endpoints', 'policies', 'dataplane'];
    const vxlan = { encapsulation: { vxlan: 'always' }, mtu: 'auto', bgp: {} };
    assert.deepEqual(groupsOf({}), [...always, 'bgp', 'kube-controllers', 'ipam']);
    assert.deepEqual(groupsOf({ network: vxlan }), [...always, 'kube-controllers', 'ipam']);
    assert.deepEqual(groupsOf({ network: { ...vxlan, wireguard: true } }), [
      ...always,
      'wireguard',
      'kube-controllers',
      'ipam',
    ]);
    assert.deepEqual(groupsOf({ network: { ...vxlan, ipam: 'host-local' } }), [...always, 'kube-controllers']);
    assert.deepEqual(groupsOf({ network: vxlan, monitoring: { kubeControllersPort: 0 } }), always);
  });

  it('know how large a block is, and how many a node may have', () => {
    const cluster = clusterOf(
      edited(dev, {
        network: { pool: { cidr: '10.244.0.0/16', blockSize: 24 }, ipam: { calico: { maxBlocksPerHost: 4 } } },
      }),
    );
    const text = JSON.stringify(ruleSpec(alertGroups(cluster), 'x'));
    assert.ok(text.includes('256 * sum by (ippool) (ipam_blocks{'), text);
    assert.ok(text.includes('>= 3"'), text);
  });
});

function trialsOf([name, { fires, quiet }]: [string, (typeof trials)[string]]): Trial[] {
  return [
    ...fires.map(
      ([what, series, at, count = 1]): Trial => ({
        name: `${name} fires: ${what}`,
        series,
        at,
        of: name,
        firing: { [name]: count },
      }),
    ),
    ...quiet.map(
      ([what, series, at]): Trial => ({ name: `${name} is quiet: ${what}`, series, at, of: name, firing: {} }),
    ),
  ];
}
