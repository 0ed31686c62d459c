import { z } from 'zod';
import { field } from './documentation.ts';
import { labelKey, labelValue } from './texts.ts';
import { dnsName, port, text } from './values.ts';

const OBJECTS = 'Objects in the API: Prometheus takes them up at its next reload.';
const SIDECAR = 'An object in the API: the sidecar takes it up within a minute.';

/** A duration of Prometheus; a fraction, as Go has it, would cost the whole ServiceMonitor. */
const INTERVAL = /^[1-9][0-9]*(ms|s|m|h)$/;

const interval = text((value) =>
  INTERVAL.test(value)
    ? undefined
    : {
        code: 'bad-duration',
        message: `“${value}” is no interval of Prometheus`,
        hint: 'Write a whole number and its unit, ms, s, m or h: 30s.',
      },
).meta({ pattern: INTERVAL.source });

const RUNBOOKS = /^[^\s#]+$/;

const runbooks = text((value) =>
  RUNBOOKS.test(value)
    ? undefined
    : {
        code: 'bad-address',
        message: `“${value}” is no address that the name of an alert can be put behind`,
        hint: 'Write it without blanks and without #: https://git.example.com/net/calispray/docs/runbooks.md.',
      },
).meta({ pattern: RUNBOOKS.source });

/** The ConfigMap that a Grafana's sidecar takes up. */
export const dashboard = z.strictObject({
  labels: z
    .record(labelKey, labelValue)
    .default({ grafana_dashboard: '1' })
    .meta(
      field('Labels of the ConfigMap, by which your Grafana’s sidecar finds it.', {
        example: { grafana_dashboard: '1' },
        change: 'free',
        note: SIDECAR,
      }),
    ),
  namespace: dnsName.default('kube-system').meta(
    field('Namespace of the ConfigMap, which has to be there.', {
      example: 'monitoring',
      change: 'free',
      note: 'The sidecar looks where its `searchNamespace` says: in kube-prometheus-stack everywhere, else in its own.',
    }),
  ),
  annotations: z
    .record(labelKey, z.string())
    .default({})
    .meta(
      field('Annotations of the ConfigMap: the sidecar’s `folderAnnotation` names the folder in Grafana.', {
        example: { grafana_folder: 'Network' },
        change: 'free',
        note: SIDECAR,
      }),
    ),
});

/** What the operator of a Prometheus is given, in detail. */
export const prometheus = z.strictObject({
  labels: z
    .record(labelKey, labelValue)
    .default({})
    .meta(
      field('Labels of the ServiceMonitors and of the PrometheusRule, by which your Prometheus selects them.', {
        example: { release: 'kube-prometheus-stack' },
        change: 'free',
        note: OBJECTS,
      }),
    ),
  interval: interval.default('30s').meta(
    field('How often Prometheus asks.', {
      unit: 'Prometheus duration',
      example: '15s',
      change: 'free',
      note: OBJECTS,
    }),
  ),
  alerts: z
    .boolean()
    .default(true)
    .meta(field('Whether there is a PrometheusRule with alerts.', { example: false, change: 'free', note: OBJECTS })),
  runbooks: runbooks.default('docs/runbooks.md').meta(
    field('Where docs/runbooks.md is to be read: alerts link to it, each with its own name behind a #.', {
      example: 'https://git.example.com/net/calispray/docs/runbooks.md',
      change: 'free',
      note: OBJECTS,
    }),
  ),
  dashboard: z
    .union([z.boolean(), dashboard], {
      error: 'Write true or false, or where the dashboard goes: { namespace: monitoring }.',
    })
    .default(true)
    .meta(
      field('Whether there is a ConfigMap with a dashboard for Grafana’s sidecar, and where.', {
        example: false,
        change: 'free',
        note: SIDECAR,
      }),
    ),
  kubeControllersPort: z
    .union([z.literal(0), port], { error: 'Write a port, 1 to 65535, or 0.' })
    .default(9094)
    .meta(
      field(
        'TCP port on which kube-controllers answers Prometheus, as its KubeControllersConfiguration has it; 0 where that is off.',
        {
          example: 9095,
          change: 'free',
          note: `kubespray does not set that port, and this does not either. ${OBJECTS}`,
        },
      ),
    ),
});

const PROMETHEUS =
  "Services, ServiceMonitors, alerts and a dashboard for Calico's metrics, which need the Prometheus operator; `none` is nothing of it.";

export const monitoring = z
  .union([z.enum(['prometheus', 'none']), prometheus], {
    error: 'Write prometheus or none, or what Prometheus is to have: { labels: { release: kube-prometheus-stack } }.',
  })
  .default('prometheus')
  .meta(field(PROMETHEUS, { example: 'none', change: 'free', note: OBJECTS }));
