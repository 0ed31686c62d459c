/** The dashboard as data: what Grafana, the tests and the charts in docs/ are made of. */

/** What a series is called by: labels of it in double braces, as Grafana fills them in. */
export interface Query {
  /** PromQL; `$node` and `$__rate_interval` are filled in by who asks. */
  readonly expr: string;
  readonly legend: string;
}

/** From a value on, a colour: of a limit of an alert, or of what is said to be well. */
export interface Threshold {
  readonly from: number;
  readonly colour: Colour;
}

export type Colour = 'green' | 'orange' | 'red';

/** Units in Grafana's own words: `percentunit` is a part of one, `s` seconds, `Bps` bytes a second, `none` a plain number. */
export type Unit = 'none' | 'percentunit' | 's' | 'Bps' | 'bytes' | 'opm';

export interface Panel {
  /** In small letters and hyphens: the name of its chart in docs/dashboard/. */
  readonly id: string;
  readonly title: string;
  /** What it shows and what of it is not well, in whole sentences. */
  readonly description: string;
  /** `lines` over time, `states` over time as words, or the last `number`. */
  readonly shape: 'lines' | 'states' | 'number';
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Below the first threshold; green unless said. */
  readonly below?: Colour;
  readonly thresholds?: readonly Threshold[];
  /** Values that have a word. */
  readonly words?: Readonly<Record<number, { readonly word: string; readonly colour: Colour }>>;
  /** Lines on top of each other, which have a sum. */
  readonly stacked?: true;
  /** Names of the alerts about what it shows: it links to their runbooks. */
  readonly alerts: readonly string[];
}

/** Panels about one thing. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}
