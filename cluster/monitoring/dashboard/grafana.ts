/** The rows as Grafana's own schema has them: the one file that loads Grafana's library. Grafana lays panels out in 24 columns. */

import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as NumberBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StatesBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Cluster } from '../../types.ts';
import { ofJob } from '../alerts/words.ts';
import { runbookUrl } from '../objects.ts';
import type { Panel, Row } from './types.ts';

const SOURCE = { type: 'prometheus', uid: '$datasource' };
/** Grafana's own limit. */
const UID_LENGTH = 40;

export function grafanaDashboard(cluster: Cluster, rows: readonly Row[]): Dashboard {
  const { interval, runbooks } = of(cluster);
  const made = new DashboardBuilder(`Calico: ${cluster.name}`)
    .uid(`calico-${cluster.name}`.slice(0, UID_LENGTH))
    .description(
      'Calico as its own metrics tell of it. Made from the stack file: what is changed here by hand is lost.',
    )
    .tags(['calico', 'calispray'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .refresh('1m')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(nodes());
  if (readable(runbooks)) made.link(link('Runbooks', runbooks));
  let id = 0;
  for (const row of rows) {
    made.withRow(new RowBuilder(row.title).id(++id));
    for (const panel of row.panels) made.withPanel(panelOf(panel, interval, runbooks).id(++id));
  }
  return made.build();
}

function of({ monitoring }: Cluster): { readonly interval: string; readonly runbooks: string } {
  if (monitoring.kind === 'none') throw new Error('a dashboard of a cluster that is not monitored');
  return monitoring;
}

/** Every node that is scraped. */
function nodes(): QueryVariableBuilder {
  return new QueryVariableBuilder('node')
    .label('Node')
    .datasource(SOURCE)
    .query(`label_values(up{${ofJob('calico-node-metrics')}}, node)`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
}

function panelOf(panel: Panel, interval: string, runbooks: string): LinesBuilder | StatesBuilder | NumberBuilder {
  const made = shapeOf(panel)
    .title(panel.title)
    .description(described(panel, runbooks))
    .datasource(SOURCE)
    .unit(panel.unit)
    .interval(interval)
    .thresholds(thresholds(panel))
    .mappings(mappings(panel));
  if (readable(runbooks)) made.links(panel.alerts.map((name) => link(`Runbook: ${name}`, runbookUrl(runbooks, name))));
  panel.queries.forEach(({ expr, legend }, at) => {
    const query = new DataqueryBuilder()
      .datasource(SOURCE)
      .refId(String.fromCharCode(65 + at))
      .expr(expr);
    if (legend !== '') query.legendFormat(legend);
    made.withTarget(panel.shape === 'number' ? query.instant() : query.range());
  });
  return made;
}

function shapeOf({ shape, thresholds: limits, stacked }: Panel): LinesBuilder | StatesBuilder | NumberBuilder {
  if (shape === 'number')
    return new NumberBuilder()
      .height(4)
      .span(4)
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
      .graphMode(BigValueGraphMode.None)
      .colorMode(BigValueColorMode.Value);
  if (shape === 'states')
    return new StatesBuilder()
      .height(8)
      .span(8)
      .showValue(VisibilityMode.Never)
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));
  const lines = new LinesBuilder()
    .height(8)
    .span(8)
    .min(0)
    .fillOpacity(stacked === undefined ? 0 : 30)
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    );
  if (limits !== undefined)
    lines.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  if (stacked !== undefined) lines.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  return lines;
}

function thresholds({ below = 'green', thresholds: limits = [] }: Panel): ThresholdsConfigBuilder {
  const steps = limits.map(({ from, colour }) => ({ value: from, color: colour }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: below }, ...steps]);
}

function mappings({ words }: Panel): ValueMapping[] {
  if (words === undefined) return [];
  const options = Object.fromEntries(
    Object.entries(words).map(([value, { word, colour }], index) => [value, { text: word, color: colour, index }]),
  );
  return [{ type: MappingType.ValueToText, options }];
}

/** Where the stack says no address that a browser knows, the names of the alerts and their file have to do. */
function described({ description, alerts }: Panel, runbooks: string): string {
  if (alerts.length === 0) return description;
  const where = readable(runbooks) ? '' : `, with a runbook in ${runbooks}`;
  return `${description}\n\nAlerts: ${alerts.join(', ')}${where}.`;
}

function readable(runbooks: string): boolean {
  return /^https?:\/\//.test(runbooks);
}

function link(title: string, url: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true);
}
