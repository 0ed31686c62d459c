import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { List, Texts } from './inputs.ts';

export interface PrometheusRuleSpec {
  /** Groups, each with a name of its own. Default: none. */
  readonly groups?: List<RuleGroup>;
}

/** Rules that are worked out together, one after the other. */
export interface RuleGroup {
  /** Its name: once in the whole object. */
  readonly name: Input<string>;
  /** How often, a duration of Prometheus: `30s`. Default: that of Prometheus. */
  readonly interval?: Input<string>;
  /** How far back it looks, a duration. Default: that of Prometheus. Needs Prometheus 2.53. */
  readonly query_offset?: Input<string>;
  /** Labels of everything that comes of its rules. Default: none. Needs Prometheus 3.0. */
  readonly labels?: Texts;
  /** Most alerts, or series, of one rule; more fail it. 0 for no limit. Default: 0. */
  readonly limit?: Input<number>;
  /** Of Thanos alone: whether an answer with parts missing fails. Default: abort. */
  readonly partial_response_strategy?: Input<'abort' | 'warn'>;
  /** The rules. Default: none. */
  readonly rules?: List<RecordingOrAlert>;
}

/** Either `record` or `alert`. */
export interface RecordingOrAlert {
  /** The series that the result is kept as. Default: none, an alert. */
  readonly record?: Input<string>;
  /** Name of the alert. Default: none, a recording. */
  readonly alert?: Input<string>;
  /** What is worked out, in PromQL. One that does not parse costs the whole object. */
  readonly expr: Input<number | string>;
  /** How long it must hold before the alert fires, a duration. Default: 0s, at once. */
  readonly for?: Input<string>;
  /** How long the alert goes on firing when it no longer holds, a duration. Default: 0s. */
  readonly keep_firing_for?: Input<string>;
  /** Labels of the alert or the series; of an alert they may be templates. Default: none. */
  readonly labels?: Texts;
  /** Texts of the alert, templates: `summary`, `description`, `runbook_url`. Default: none. Not with `record`. */
  readonly annotations?: Texts;
}

export interface PrometheusRuleArgs {
  /** Name, namespace, and the labels by which a Prometheus finds it: one that its selector does not match is passed over in silence. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** The rules, in groups. */
  readonly spec: Input<PrometheusRuleSpec>;
}

/** Alerts and recordings of a Prometheus. Served where the Prometheus operator's CRDs are; one that is broken is passed over by the operator. */
export class PrometheusRule extends CustomResource {
  constructor(name: string, args: PrometheusRuleArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', ...args }, opts);
  }
}
