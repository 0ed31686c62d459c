/** KubeControllersConfiguration and IPAMConfiguration (api/pkg/apis/projectcalico/v3/{kubecontrollersconfig,ipamconfig}.go, CRDs). */
import { bool, entry, int, listOf, oneOf, str, struct, textMap } from './checks.ts';
import { duration } from './duration.ts';
import { metadata } from './meta.ts';

const onOff = str({}, oneOf('Enabled', 'Disabled'));
const port = int({ min: 0, max: 65535, pointer: true });
const reconciled = struct({ reconcilerPeriod: duration() });

const template = struct({
  generateName: str({ longest: 253 }),
  interfaceCIDRs: listOf(entry()),
  interfacePattern: str({}),
  labels: textMap,
  nodeSelector: str({}),
});

export const kubeControllersConfiguration = struct({
  metadata: metadata(),
  spec: struct({
    // The validator and the CRD each know a level that the other does not.
    logSeverityScreen: str({}, oneOf('Debug', 'Info', 'Warning', 'Error', 'Fatal')),
    healthChecks: onOff,
    etcdV3CompactionPeriod: duration(),
    prometheusMetricsPort: port,
    debugProfilePort: port,
    controllers: struct({
      node: struct({
        reconcilerPeriod: duration(),
        syncLabels: onOff,
        leakGracePeriod: duration(),
        hostEndpoint: struct({ autoCreate: onOff, createDefaultHostEndpoint: onOff, templates: listOf(template) }),
      }),
      policy: reconciled,
      workloadEndpoint: reconciled,
      serviceAccount: reconciled,
      namespace: reconciled,
      loadBalancer: struct({ assignIPs: str({}, oneOf('AllServices', 'RequestedServicesOnly')) }),
      policyMigration: struct({ enabled: onOff }),
    }),
  }),
});

export const ipamConfiguration = struct({
  metadata: metadata(),
  spec: struct({
    strictAffinity: bool,
    maxBlocksPerHost: int({ min: 0, max: 1_000_000 }),
    autoAllocateBlocks: bool,
    kubeVirtVMAddressPersistence: str({ pointer: true }, oneOf('Enabled', 'Disabled')),
  }),
});
