import type { Alert } from './types.ts';

/** Series of what a ServiceMonitor of ours scrapes. */
export function ofJob(service: string): string {
  return `job="${service}",namespace="kube-system"`;
}

/**
 * A counter that goes on counting: in every five minutes of the last fifteen. A burst, as while Felix starts or when something else holds
 * the lock, is over before.
 */
export function goesOn(counter: string): Pick<Alert, 'expr' | 'for'> {
  return { expr: `increase(${counter}[5m]) > 0`, for: '15m' };
}

/** The ServiceMonitor of calico-node puts it into each series. */
export const NODE = '{{ $labels.node }}';
