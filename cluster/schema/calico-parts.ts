import { z } from 'zod';
import { field, section } from './documentation.ts';
import { environment, nodeSelector, quantity } from './texts.ts';
import { port } from './values.ts';

/** Kubernetes restarts what the changed part of a manifest describes. */
const restart = (part: string) => `${part} restarts.`;
const NODE = 'calico-node restarts node by node.';
const CONTROLLERS = restart('kube-controllers');
const TYPHA = 'Typha restarts, and calico-node connects anew.';

/** Requests and limits of a part, whose defaults are kubespray's. */
function resources(
  [cpuRequest, cpuLimit, memoryRequest, memoryLimit]: readonly [string, string, string, string],
  note: string,
) {
  const one = (value: string, description: string, unit: string, example: string) =>
    quantity.default(value).meta(field(description, { unit, example, change: 'rolling restart', note }));
  return z
    .strictObject({
      cpuRequest: one(cpuRequest, 'CPU that is kept for it.', 'cores, as a Kubernetes quantity', '250m'),
      cpuLimit: one(cpuLimit, "CPU that it may take; '0' is no limit.", 'cores, as a Kubernetes quantity', '0'),
      memoryRequest: one(memoryRequest, 'Memory that is kept for it.', 'bytes, as a Kubernetes quantity', '128M'),
      memoryLimit: one(memoryLimit, 'Memory above which it is killed.', 'bytes, as a Kubernetes quantity', '512Mi'),
    })
    .prefault({})
    .meta(section('What it may use of a machine.'));
}

function selector(note: string) {
  return nodeSelector.default('kubernetes.io/os: linux').meta(
    field('Label of the nodes that it runs on, one line KEY: VALUE.', {
      example: 'kubernetes.io/os: linux',
      change: 'rolling restart',
      note,
    }),
  );
}

/** A number of seconds of calico-node. */
const seconds = (standard: number, description: string, change: 'free' | 'rolling restart', note: string) =>
  z
    .int()
    .min(1)
    .max(3600)
    .default(standard)
    .meta(field(description, { unit: 'seconds', example: standard * 2, change, note }));

export const calicoNode = z.strictObject({
  resources: resources(['150m', '0', '64M', '500M'], NODE),
  nodeSelector: selector(NODE),
  logLevel: z
    .enum(['debug', 'info', 'warning', 'error', 'fatal'])
    .default('info')
    .meta(
      field('What Felix and the rest of calico-node log: this and all that is worse.', {
        example: 'warning',
        change: 'rolling restart',
        note: NODE,
      }),
    ),
  startupLogLevel: z
    .enum(['debug', 'info', 'warning', 'error', 'fatal'])
    .default('error')
    .meta(
      field('What calico-node logs while it starts: this and all that is worse.', {
        example: 'info',
        change: 'rolling restart',
        note: NODE,
      }),
    ),
  livenessTimeoutSeconds: seconds(10, 'How long the liveness probe may take.', 'rolling restart', NODE),
  readinessTimeoutSeconds: seconds(10, 'How long the readiness probe may take.', 'rolling restart', NODE),
  environment: environment.default({}).meta(
    field('Environment variables of calico-node that have no field here; they win over ours.', {
      example: { FELIX_FAILSAFEINBOUNDHOSTPORTS: 'tcp:22,tcp:6443' },
      change: 'rolling restart',
      note: NODE,
    }),
  ),
  kubeconfigTimeoutSeconds: seconds(
    300,
    'How long kubespray waits on a worker for calico-node to write its kubeconfig.',
    'free',
    'It only says how long a run waits.',
  ),
});

export const kubeControllers = z.strictObject({
  resources: resources(['30m', '1000m', '64M', '256M'], CONTROLLERS),
  nodeSelector: selector(CONTROLLERS),
  logLevel: z
    .enum(['debug', 'info', 'warning', 'error', 'fatal'])
    .default('info')
    .meta(
      field('What it logs: this and all that is worse.', {
        example: 'warning',
        change: 'rolling restart',
        note: CONTROLLERS,
      }),
    ),
});

export const typha = z.strictObject({
  replicas: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .meta(
      field('How many there are: one for every 100 to 200 nodes, and three or more to bear a failure.', {
        unit: 'pods',
        example: 3,
        change: 'free',
        note: 'calico-node connects to those that stay.',
      }),
    ),
  secure: z
    .boolean()
    .default(false)
    .meta(
      field('Whether calico-node and Typha speak TLS and check each other’s certificates.', {
        example: true,
        change: 'rolling restart',
        note: 'Typha and calico-node restart, and do not hear each other until both have.',
      }),
    ),
  maxConnectionsLowerLimit: z
    .int()
    .min(1)
    .max(65535)
    .default(300)
    .meta(
      field('Connections that one of them bears at least, before it hands some over to others.', {
        unit: 'connections',
        example: 100,
        change: 'rolling restart',
        note: TYPHA,
      }),
    ),
  metrics: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .meta(field('Whether Typha answers Prometheus.', { example: true, change: 'rolling restart', note: TYPHA })),
      port: port
        .default(9093)
        .meta(field('TCP port on the host network.', { example: 9093, change: 'rolling restart', note: TYPHA })),
    })
    .prefault({})
    .meta(section('What Typha tells Prometheus.')),
});
