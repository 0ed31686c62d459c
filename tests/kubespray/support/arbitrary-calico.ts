import fc from 'fast-check';
import { releases } from '../../../cluster/index.ts';
import { maybe, port, type Shape, text, written } from './arbitrary-values.ts';

const seconds = fc.integer({ min: 1, max: 600 });
const level = fc.constantFrom('debug', 'info', 'warning', 'error', 'fatal');
const resources = written({
  cpuRequest: maybe(fc.constantFrom('100m', '1', '250m')),
  cpuLimit: maybe(fc.constantFrom('0', '300m', '1', '2')),
  memoryRequest: maybe(fc.constantFrom('64M', '128Mi')),
  memoryLimit: maybe(fc.constantFrom('256M', '1Gi')),
});
const nodeSelector = fc.constantFrom('kubernetes.io/os: linux', 'calico: "yes"');
const image = written({
  repository: maybe(fc.constant('registry.example.com:5000/calico/part')),
  tag: maybe(fc.constantFrom('v3.31.5', '3.31')),
});

export function calico({ pools }: Shape): fc.Arbitrary<Record<string, unknown>> {
  return written({
    version: maybe(fc.constantFrom(...(releases.at(-1)?.calicoVersions ?? []))),
    datastore: maybe(fc.constantFrom('kdd', 'kdd', 'kdd', pools ? 'kdd' : 'etcd')),
    apiServer: maybe(pools ? fc.constantFrom('auto', true) : fc.constantFrom('auto', true, false)),
    networkPolicy: maybe(fc.boolean()),
    node: maybe(
      written({
        resources: maybe(resources),
        nodeSelector: maybe(nodeSelector),
        logLevel: maybe(fc.constantFrom('debug', 'info', 'warning', 'error', 'fatal')),
        startupLogLevel: maybe(level),
        livenessTimeoutSeconds: maybe(seconds),
        readinessTimeoutSeconds: maybe(seconds),
        environment: maybe(fc.dictionary(fc.stringMatching(/^FELIX_[A-Z]{3,8}$/), text, { maxKeys: 2 })),
        kubeconfigTimeoutSeconds: maybe(seconds),
      }),
    ),
    cni: maybe(
      written({
        name: maybe(fc.constantFrom('k8s-pod-network', 'pods')),
        logFile: maybe(fc.constantFrom('none', '/var/log/cni.log')),
        ipForwarding: maybe(fc.boolean()),
        featureControl: maybe(fc.dictionary(fc.constantFrom('ip_addrs_no_ipam', 'floating_ips'), fc.boolean())),
      }),
    ),
    kubeControllers: maybe(
      written({ resources: maybe(resources), nodeSelector: maybe(nodeSelector), logLevel: maybe(level) }),
    ),
    typha: maybe(
      written({
        replicas: maybe(fc.integer({ min: 1, max: 5 })),
        secure: maybe(fc.boolean()),
        maxConnectionsLowerLimit: maybe(fc.integer({ min: 1, max: 1000 })),
        metrics: maybe(written({ enabled: maybe(fc.boolean()), port: maybe(port) })),
      }),
    ),
    usageReporting: maybe(fc.boolean()),
    images: maybe(
      written({
        node: maybe(image),
        cni: maybe(image),
        kubeControllers: maybe(image),
        typha: maybe(image),
        apiServer: maybe(image),
      }),
    ),
  });
}

/** Where Felix would listen, were it not off, no inventory says. */
function asInventoriesSay({ address, ...metrics }: Record<string, unknown>): Record<string, unknown> {
  return address === undefined || metrics.enabled === false ? metrics : { ...metrics, address };
}

export const felix = written({
  metrics: maybe(
    written({
      enabled: maybe(fc.boolean()),
      port: maybe(port),
      address: maybe(fc.constantFrom('any', '127.0.0.1')),
      go: maybe(fc.boolean()),
      process: maybe(fc.boolean()),
    }).map(asInventoriesSay),
  ),
  logSeverity: maybe(level),
  chainInsertMode: maybe(fc.constantFrom('insert', 'append')),
  endpointToHostAction: maybe(fc.constantFrom('return', 'accept', 'drop')),
  reportingInterval: maybe(fc.constantFrom('0s', '30s', '5m')),
  floatingIps: maybe(fc.boolean()),
  ignoreLooseRpf: maybe(fc.boolean()),
  featureDetectOverride: maybe(
    fc.dictionary(fc.constantFrom('ChecksumOffloadBroken', 'SNATFullyRandom'), fc.constantFrom('true', 'false')),
  ),
  mtuInterfacePattern: maybe(fc.constantFrom('^eth', '^((en|wl)[opsx].*|eth.*)')),
  healthHost: maybe(fc.constantFrom('localhost', '0.0.0.0')),
  useDefaultRouteSourceAddress: maybe(fc.boolean()),
});
