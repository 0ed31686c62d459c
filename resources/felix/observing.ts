import type { Input } from '@pulumi/pulumi';
import type { List } from '../inputs.ts';

/** A level below which nothing is written. */
export type LogLevel = 'Trace' | 'Debug' | 'Info' | 'Warning' | 'Error' | 'Fatal';

/** What Felix tells of itself: metrics, health, logs, flows. */
export interface FelixObserving {
  /** Serve metrics. Default of Calico: false. Felix restarts. */
  readonly prometheusMetricsEnabled?: Input<boolean>;
  /** Port of the metrics, on the node. Default of Calico: 9091. Whoever scrapes must know. */
  readonly prometheusMetricsPort?: Input<number>;
  /** Address that metrics are served on. Default of Calico: every one of the node. */
  readonly prometheusMetricsHost?: Input<string>;
  /** Metrics of the Go runtime too. Default of Calico: true. */
  readonly prometheusGoMetricsEnabled?: Input<boolean>;
  /** Metrics of the process too. Default of Calico: true. */
  readonly prometheusProcessMetricsEnabled?: Input<boolean>;
  /** Metrics of WireGuard too. Default of Calico: true. */
  readonly prometheusWireGuardMetricsEnabled?: Input<boolean>;
  /** Answer whether Felix is ready and alive. Default of Calico: false; calico-node's probes need it. */
  readonly healthEnabled?: Input<boolean>;
  /** Address of those answers. Default of Calico: localhost. */
  readonly healthHost?: Input<string>;
  /** Port of those answers. Default of Calico: 9099. calico-node's probes must know. */
  readonly healthPort?: Input<number>;
  /** How long parts of Felix may be silent before it counts as dead. Default of Calico: each part's own. */
  readonly healthTimeoutOverrides?: List<HealthTimeout>;
  /** How often the state is written to the datastore, a duration; 0 is never. Default of Calico: 30s. */
  readonly reportingInterval?: Input<string>;
  /** How long what was written holds, a duration. Default of Calico: 90s. */
  readonly reportingTTL?: Input<string>;
  /** Tell Calico's makers, without names, which version runs and how many nodes there are. Default of Calico: true; kubespray sets false. */
  readonly usageReportingEnabled?: Input<boolean>;
  /** How long before the first such report, a duration. Default of Calico: 300s. */
  readonly usageReportingInitialDelay?: Input<string>;
  /** How often, a duration. Default of Calico: 86400s. */
  readonly usageReportingInterval?: Input<string>;
  /** What goes to stdout, and so to `kubectl logs`. Default of Calico: Info. Debug costs much of a processor. */
  readonly logSeverityScreen?: Input<LogLevel>;
  /** What goes to the file. Default of Calico: Info. */
  readonly logSeverityFile?: Input<LogLevel>;
  /** What goes to syslog. Default of Calico: Info. */
  readonly logSeveritySys?: Input<LogLevel>;
  /** The file; `none` for no file. Default of Calico: /var/log/calico/felix.log. */
  readonly logFilePath?: Input<string>;
  /** Source files whose debug lines are written, a regular expression. Default of Calico: all. */
  readonly logDebugFilenameRegex?: Input<string>;
  /** How often flows are handed on, a duration. Default of Calico: 5m. */
  readonly flowLogsFlushInterval?: Input<string>;
  /** Where flows are sent, `host:port` of Goldmane. Default of Calico: nowhere. */
  readonly flowLogsGoldmaneServer?: Input<string>;
  /** Flows to a socket on the node. Default of Calico: Disabled. */
  readonly flowLogsLocalReporter?: Input<'Disabled' | 'Enabled'>;
  /** Ask again what policies say of open flows when they change, staged ones too. Default of Calico: Continuous. */
  readonly flowLogsPolicyEvaluationMode?: Input<'None' | 'Continuous'>;
  /** Write everything that the collector of flows does. Default of Calico: false. */
  readonly flowLogsCollectorDebugTrace?: Input<boolean>;
}

export interface HealthTimeout {
  /** Name of the part, as Felix' log has it. */
  readonly name: Input<string>;
  /** A duration, `90s`; 0 leaves its state out. */
  readonly timeout: Input<string>;
}
