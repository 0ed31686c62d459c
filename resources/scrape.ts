import type { Input } from '@pulumi/pulumi';
import type { HttpClient, TlsConfig } from './http-client.ts';
import type { List } from './inputs.ts';
import type { LabelSelector } from './kubernetes-policy.ts';

/** What ServiceMonitor and PodMonitor have in common. Defaults are Prometheus' own where none is said. */
export interface MonitorSpec {
  /** Labels of what is scraped. One that matches nothing is accepted and scrapes nothing; `{}` matches everything. */
  readonly selector: Input<LabelSelector>;
  /** Where it is looked for. Default: the monitor's own namespace. */
  readonly namespaceSelector?: Input<NamespaceSelector>;
  /** Whether Prometheus filters by labels itself, or asks the API for what matches. Default: RelabelConfig. */
  readonly selectorMechanism?: Input<'RelabelConfig' | 'RoleSelector'>;
  /** Label of what is scraped whose value becomes `job`. Default: the name of the Service, of a PodMonitor namespace/name. */
  readonly jobLabel?: Input<string>;
  /** Labels of the pods that the series get. Default: none. */
  readonly podTargetLabels?: List<string>;
  /** Further labels to relabel by. Default: none. */
  readonly attachMetadata?: Input<AttachMetadata>;
  /** Most samples of one scrape; more fail it as a whole. Default: no limit. */
  readonly sampleLimit?: Input<number>;
  /** Most targets; more fail all of them. Default: no limit. */
  readonly targetLimit?: Input<number>;
  /** Most labels of one sample. Default: no limit. */
  readonly labelLimit?: Input<number>;
  /** Longest name of a label, in characters. Default: no limit. */
  readonly labelNameLengthLimit?: Input<number>;
  /** Longest value of a label, in characters. Default: no limit. */
  readonly labelValueLengthLimit?: Input<number>;
  /** Largest answer, with its unit: `10MB`; 0 for no limit. Default: no limit. */
  readonly bodySizeLimit?: Input<string>;
  /** How many targets that relabelling drops are remembered; 0 for all. Default: all. */
  readonly keepDroppedTargets?: Input<number>;
  /** Formats asked for, first to last. Default: the newest that Prometheus knows. */
  readonly scrapeProtocols?: List<ScrapeProtocol>;
  /** Format taken where the answer does not say. Default: none, and such a scrape fails since Prometheus 3. */
  readonly fallbackScrapeProtocol?: Input<ScrapeProtocol>;
  /** Name of the ScrapeClass, from the Prometheus object. Default: the one that is the default there. */
  readonly scrapeClass?: Input<string>;
  /** Take classic histograms beside native ones. Default: false. */
  readonly scrapeClassicHistograms?: Input<boolean>;
  /** Make native histograms of classic ones. Default: false. Queries must know. */
  readonly convertClassicHistogramsToNHCB?: Input<boolean>;
  /** Most buckets of a native histogram; beyond, it gets coarser. Default: no limit. */
  readonly nativeHistogramBucketLimit?: Input<number>;
  /** Least factor between buckets of a native histogram; finer ones are merged. Default: none. */
  readonly nativeHistogramMinBucketFactor?: Input<number | string>;
}

export type ScrapeProtocol =
  | 'PrometheusProto'
  | 'OpenMetricsText0.0.1'
  | 'OpenMetricsText1.0.0'
  | 'PrometheusText0.0.4'
  | 'PrometheusText1.0.0';

/** Both absent: the monitor's own namespace. */
export interface NamespaceSelector {
  /** Every namespace. Default: false. */
  readonly any?: Input<boolean>;
  /** These namespaces. Default: the monitor's own. */
  readonly matchNames?: List<string>;
}

export interface AttachMetadata {
  /** Labels of the node. Default: false. Prometheus must be allowed to read nodes. */
  readonly node?: Input<boolean>;
}

/** One port that is scraped; beside these, how it is spoken with. */
export interface Endpoint<Tls extends TlsConfig> extends HttpClient<Tls> {
  /** Name of the port, not its number: of the Service, in a PodMonitor of the container. Default: `targetPort`. */
  readonly port?: Input<string>;
  /** @deprecated `port` is asked first. Number or name of the container's port, whatever the Service says. Default: none. */
  readonly targetPort?: Input<number | string>;
  /** Path of the metrics. Default: /metrics. */
  readonly path?: Input<string>;
  /** Default: http. */
  readonly scheme?: Input<'http' | 'https'>;
  /** Parameters behind the path, with all their values. Default: none. */
  readonly params?: Input<Record<string, List<string>>>;
  /** How often, a duration of Prometheus: `30s`, `1m30s`. Default: that of Prometheus. */
  readonly interval?: Input<string>;
  /** How long an answer is waited for, a duration; not above `interval`. Default: that of Prometheus. */
  readonly scrapeTimeout?: Input<string>;
  /** Whether labels of the samples win over those of the target. Default: false. */
  readonly honorLabels?: Input<boolean>;
  /** Whether times that samples carry are kept. Default: true. */
  readonly honorTimestamps?: Input<boolean>;
  /** Whether series with times of their own end when they are gone. Default: false. */
  readonly trackTimestampsStaleness?: Input<boolean>;
  /** Leave out pods that have ended. Default: true. */
  readonly filterRunning?: Input<boolean>;
  /** What is done to targets before they are scraped. A regex that does not compile costs the whole monitor. Default: nothing. */
  readonly relabelings?: List<Relabeling>;
  /** What is done to samples before they are kept. A regex that does not compile costs the whole monitor. Default: nothing. */
  readonly metricRelabelings?: List<Relabeling>;
}

/** One step of relabelling. */
export interface Relabeling {
  /** What is done; each is known in two writings. Default: replace. */
  readonly action?: Input<RelabelAction>;
  /** Labels whose values are put together and matched. Default: none, an empty text. */
  readonly sourceLabels?: List<string>;
  /** What is put between those values. Default: `;`. */
  readonly separator?: Input<string>;
  /** What the values must match as a whole, as Go writes regular expressions (RE2). Default: `(.*)`. */
  readonly regex?: Input<string>;
  /** Label that gets the result; needed with replace, hashmod, lowercase, uppercase, keepequal and dropequal. Default: none. */
  readonly targetLabel?: Input<string>;
  /** The result, with `$1` or `${1}` for groups of the regex. Default: `$1`. */
  readonly replacement?: Input<string>;
  /** With hashmod, how many different results there are. Default: 0, which Prometheus refuses. */
  readonly modulus?: Input<number>;
}

export type RelabelAction =
  | 'replace'
  | 'Replace'
  | 'keep'
  | 'Keep'
  | 'drop'
  | 'Drop'
  | 'hashmod'
  | 'HashMod'
  | 'labelmap'
  | 'LabelMap'
  | 'labeldrop'
  | 'LabelDrop'
  | 'labelkeep'
  | 'LabelKeep'
  | 'lowercase'
  | 'Lowercase'
  | 'uppercase'
  | 'Uppercase'
  | 'keepequal'
  | 'KeepEqual'
  | 'dropequal'
  | 'DropEqual';
