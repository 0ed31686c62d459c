import type { Panel } from './types.ts';

/** Of the nodes that are chosen above the panels. */
export const CHOSEN = 'node=~"$node"';

/** A counter whose going on is an alert: as the alert asks, over five minutes. */
export function failures(counter: string, panel: Pick<Panel, 'id' | 'title' | 'description' | 'alerts'>): Panel {
  return {
    ...panel,
    shape: 'lines',
    unit: 'none',
    queries: [{ expr: `increase(${counter}{${CHOSEN}}[5m])`, legend: '{{node}}' }],
    thresholds: [{ from: 1, colour: 'orange' }],
  };
}

/** Half and the slowest hundredth of a summary: Calico's have 0.5, 0.9 and 0.99 (v3.31.5 libcalico-go/lib/prometheus/summary.go:19). */
export function times(summary: string, by: string, labels = ''): Panel['queries'] {
  const at = (quantile: string) => ({
    expr: `${summary}{${[labels, `quantile="${quantile}"`].filter((part) => part !== '').join(',')}}`,
    legend: `${by}, ${quantile === '0.5' ? 'half' : '99 of 100'}`,
  });
  return [at('0.5'), at('0.99')];
}
