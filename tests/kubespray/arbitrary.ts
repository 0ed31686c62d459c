import fc from 'fast-check';
import { releases } from '../../cluster/index.ts';

/**
 * Stack files over the whole model, as one would write them: most of them parse, and of those most have nothing refused.
 * What is left out at random has its default. Sizes stay small: six nodes at most.
 */
export const specs: fc.Arbitrary<Record<string, unknown>> = fc
  .record({ dual: fc.boolean(), size: fc.integer({ min: 1, max: 6 }), reflectors: fc.boolean() })
  .chain((shape) =>
    written({
      apiVersion: fc.constant('calispray/v1'),
      name: dnsLabel,
      kubespray: kubespray(shape),
      kubernetes: maybe(kubernetes),
      ssh: fc.constant({ user: 'deploy', knownHosts: '~/.ssh/known_hosts' }),
      nodes: nodes(shape),
      network: network(shape),
      calico: maybe(calico),
      felix: maybe(felix),
      policies: maybe(policies),
      monitoring: maybe(fc.constantFrom('prometheus', 'none')),
    }).map((spec) => (measured(spec) ? spec : { ...spec, monitoring: 'none' })),
  );

/** Prometheus cannot scrape what is off. */
function measured({ felix: of }: Record<string, unknown>): boolean {
  return (of as { metrics?: { enabled?: boolean } } | undefined)?.metrics?.enabled !== false;
}

interface Shape {
  readonly dual: boolean;
  readonly size: number;
  readonly reflectors: boolean;
}

/** Three members in larger clusters, else one. */
function members({ size }: Shape): string[] {
  return (size > 3 ? [0, 1, 2] : [0]).map(nodeName);
}

function nodeName(i: number): string {
  return `node-${i}`;
}

/** A value that is left out as often as not. */
function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

/** A map of a stack file: what is undefined is not written. */
function written(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record(fields)
    .map((map) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)));
}

const dnsLabel = fc.stringMatching(/^[a-z][a-z0-9]{1,12}$/);
const version = (numbers: readonly string[]) => fc.constantFrom(...numbers);
const port = fc.integer({ min: 1024, max: 65000 });
const as = fc.integer({ min: 64512, max: 65534 });
/** Texts that YAML would read as something else if they were not quoted. */
const text = fc.oneof(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/),
  fc.constantFrom('true', 'false', 'yes', 'off', '1:30', '0o17', '012', '~', '1e3', '2026-01-01', 'null'),
);
const labelKey = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const labelValue = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), fc.constantFrom('true', 'yes', '1', '012'));

/** Variables without a field here that kubespray has something to say about, good values and bad ones. */
const asserted = [
  ...['helm_enabled', 'download_run_once', 'download_localhost', 'download_always_pull', 'kubelet_static_pod_path'],
  ...[
    'cloud_provider',
    'external_cloud_provider',
    'dns_mode',
    'cert_management',
    'resolvconf_mode',
    'container_manager',
  ],
  ...[
    'etcd_deployment_type',
    'kata_containers_enabled',
    'gvisor_enabled',
    'containerd_version',
    'kube_external_ca_mode',
  ],
  ...['auto_renew_certificates', 'ipip', 'ipip_mode', 'calcio_ipam_autoallocateblocks', 'kube_network_plugin'],
];
const extraValue = fc.constantFrom<unknown>(
  ...[true, false, 'true', 'none', '', 'external', 'docker', 'crio', 'containerd', 'kubeadm', 'openstack', '1.2.0', 3],
);

function kubespray(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  return written({
    order: members(shape).length > 1 ? fc.constant(members(shape)) : maybe(fc.constant(members(shape))),
    controller: maybe(fc.constantFrom(...members(shape))),
    extraVariables: maybe(
      fc.oneof(
        fc.dictionary(fc.constantFrom('my_own_variable', 'kube_oidc_auth', 'upstream_dns_servers'), extraValue, {
          maxKeys: 2,
        }),
        fc.dictionary(fc.constantFrom(...asserted), extraValue, { maxKeys: 2 }),
      ),
    ),
  });
}

const latest = releases.at(-1);
const kubernetes = written({
  version: maybe(version(latest?.kubernetesVersions ?? [])),
  proxy: maybe(fc.constantFrom('ipvs', 'iptables', 'nftables', 'none')),
  maxPods: maybe(fc.integer({ min: 10, max: 500 })),
});

const peer = fc.integer({ min: 1, max: 250 }).chain((last) =>
  written({
    address: fc.constant(`10.0.255.${last}`),
    as,
    name: maybe(fc.constant(`peer-${last}`)),
    filters: maybe(fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { maxLength: 2 })),
    sourceAddress: maybe(fc.constantFrom('node-ip', 'none')),
    allowedLocalAs: maybe(fc.integer({ min: 1, max: 5 })),
  }),
);
const peers = fc.uniqueArray(peer, { maxLength: 2, selector: (one) => one.address });

function nodes(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  const names = Array.from({ length: shape.size }, (_, i) => nodeName(i));
  return fc.record(Object.fromEntries(names.map((name, i) => [name, node(i, shape)])));
}

function node(i: number, shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  const member = members(shape).includes(nodeName(i));
  const reflector = shape.reflectors && i === shape.size - 1;
  const roles = [
    ...(member ? ['control-plane', 'etcd'] : []),
    ...(i === 0 || !member ? ['worker'] : []),
    ...(reflector ? ['route-reflector'] : []),
  ];
  return written({
    address: fc.constant(`10.0.1.${10 + i}`),
    address6: shape.dual ? fc.constant(`fd00:1::${10 + i}`) : fc.constant(undefined),
    roles: fc.constantFrom(roles, [...new Set([...roles, 'worker'])]),
    labels: maybe(fc.dictionary(labelKey, labelValue, { maxKeys: 2 })),
    taints: maybe(
      fc.array(
        fc
          .tuple(labelKey, labelValue, fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'))
          .map(([key, value, effect]) => `${key}=${value}:${effect}`),
        { maxLength: 2 },
      ),
    ),
    os: maybe(fc.constantFrom('debian-12', 'ubuntu-24.04', 'rocky-9', 'almalinux-10', 'opensuse-leap-15', 'fedora-42')),
    bgp: maybe(written({ as: maybe(as), peers: maybe(peers) })),
  });
}

const mode = fc.constantFrom('always', 'cross-subnet');
const encapsulation = fc.oneof(
  fc.constant('none'),
  fc.record({ ipip: mode }),
  written({ vxlan: mode, vni: maybe(fc.integer({ min: 1, max: 16_777_215 })), port: maybe(port) }),
);
const dataplane = fc.oneof(
  fc.constantFrom('iptables', 'nftables', 'ebpf'),
  fc.record({
    iptables: written({
      backend: maybe(fc.constantFrom('auto', 'legacy', 'nft')),
      lockTimeoutSeconds: maybe(fc.integer({ min: 0, max: 60 })),
    }),
  }),
  fc.record({
    ebpf: written({
      serviceMode: maybe(fc.constantFrom('tunnel', 'dsr')),
      logLevel: maybe(fc.constantFrom('off', 'info', 'debug')),
    }),
  }),
);
const ipam = fc.oneof(
  fc.constantFrom('calico', 'host-local'),
  fc.record({
    calico: written({
      strictAffinity: maybe(fc.boolean()),
      autoAllocateBlocks: maybe(fc.boolean()),
      maxBlocksPerHost: maybe(fc.integer({ min: 0, max: 20 })),
    }),
  }),
  fc.record({ 'host-local': written({ nodePrefix: maybe(fc.integer({ min: 22, max: 26 })) }) }),
);
const autodetection = fc.oneof(
  fc.constantFrom('auto', 'first-found', 'kubernetes-internal-ip'),
  fc.record({ canReach: fc.constantFrom('10.0.0.1', 'example.com') }),
  fc.record({ interface: fc.constantFrom('eth.*', 'en.*') }),
  fc.record({ skipInterface: fc.constantFrom('docker.*', 'veth.*') }),
);
const blockSize = fc.integer({ min: 22, max: 30 });

function network({ dual, reflectors }: Shape): fc.Arbitrary<Record<string, unknown>> {
  return written({
    nodes: fc.constant('10.0.0.0/16'),
    interfaceMtu: fc.constantFrom(1450, 1500, 8900, 9000),
    pods: fc.constantFrom('10.244.0.0/16', '10.244.0.0/15'),
    services: fc.constantFrom('10.233.0.0/18', '172.20.0.0/16'),
    pool: maybe(
      written({
        name: maybe(fc.constantFrom('default-pool', 'pods')),
        cidr: maybe(fc.constantFrom('10.244.0.0/16', '10.244.0.0/17', '10.244.128.0/20')),
        blockSize: maybe(blockSize),
        natOutgoing: maybe(fc.boolean()),
      }),
    ),
    furtherPools: maybe(
      fc.array(
        written({
          name: fc.constantFrom('second', 'third'),
          cidr: fc.constant('10.245.0.0/17'),
          blockSize: maybe(blockSize),
          natOutgoing: maybe(fc.boolean()),
          disabled: maybe(fc.boolean()),
        }),
        { maxLength: 1 },
      ),
    ),
    encapsulation,
    mtu: maybe(fc.oneof(fc.constant('auto'), fc.integer({ min: 1280, max: 1380 }))),
    bgp: reflectors ? bgp(reflectors) : maybe(bgp(reflectors)),
    wireguard: maybe(fc.boolean()),
    dataplane: maybe(dataplane),
    ipam: maybe(ipam),
    autodetection: maybe(autodetection),
    ipv6: dual ? ipv6 : fc.constant(undefined),
    dns: maybe(written({ nodeLocalCache: maybe(fc.boolean()), address: maybe(fc.constant('169.254.25.11')) })),
  });
}

function bgp(reflectors: boolean): fc.Arbitrary<Record<string, unknown>> {
  return written({
    as: maybe(as),
    topology: reflectors
      ? fc.constant({ reflectors: { clusterId: '244.0.0.7' } })
      : maybe(fc.constantFrom('full-mesh', 'routers')),
    peers: maybe(peers),
    listenPort: maybe(port),
    advertise: maybe(
      written({
        clusterIps: maybe(fc.boolean()),
        externalIps: maybe(fc.constantFrom([], ['198.51.100.0/24'])),
        loadBalancerIps: maybe(fc.constantFrom([], ['203.0.113.0/24', '203.0.114.0/24'])),
      }),
    ),
  });
}

const ipv6 = written({
  nodes: fc.constant('fd00:1::/64'),
  pods: fc.constant('fd85:ee78:d8a6:8607::/104'),
  services: fc.constant('fd85:ee78:d8a6:8608::1000/116'),
  pool: maybe(
    written({
      cidr: maybe(fc.constantFrom('fd85:ee78:d8a6:8607::/104', 'fd85:ee78:d8a6:8607::/112')),
      blockSize: maybe(fc.integer({ min: 116, max: 126 })),
      natOutgoing: maybe(fc.boolean()),
    }),
  ),
  encapsulation: fc.oneof(fc.constant('none'), fc.record({ vxlan: mode })),
  autodetection: maybe(autodetection),
});

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

const calico = written({
  version: maybe(version(latest?.calicoVersions ?? [])),
  datastore: maybe(fc.constantFrom('kdd', 'kdd', 'etcd')),
  apiServer: maybe(fc.constantFrom('auto', true, false)),
  networkPolicy: maybe(fc.boolean()),
  node: maybe(
    written({
      resources: maybe(resources),
      nodeSelector: maybe(nodeSelector),
      logLevel: maybe(fc.constantFrom('debug', 'info', 'warning', 'fatal')),
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

const felix = written({
  metrics: maybe(
    written({
      enabled: maybe(fc.boolean()),
      port: maybe(port),
      go: maybe(fc.boolean()),
      process: maybe(fc.boolean()),
    }),
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

const policies = written({
  namespaces: fc.constant(['production', 'monitoring']),
  defaultDenyIngress: maybe(fc.constantFrom([], ['production'])),
  allowDns: maybe(fc.constantFrom([], ['production'])),
});
