export interface Alert {
  /** CamelCase; in lower case it is its anchor in docs/runbooks.md. */
  readonly name: string;
  /** PromQL: a series for each thing that is wrong. */
  readonly expr: string;
  /** How long it must hold: a duration of Prometheus. */
  readonly for: string;
  /** `critical`: packets are lost, let through or about to be; `warning`: somebody should look today. */
  readonly severity: 'critical' | 'warning';
  /** One line, a template of Prometheus. */
  readonly summary: string;
  /** What it means and does, a template of Prometheus. */
  readonly description: string;
}

/** Alerts about one thing. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}
