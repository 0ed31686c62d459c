import fc from 'fast-check';
import { releases } from '../../cluster/index.ts';
import { calico, felix } from './support/arbitrary-calico.ts';
import { network } from './support/arbitrary-network.ts';
import { absent, as, maybe, peers, type Shape, written } from './support/arbitrary-values.ts';

/**
 * Stack files over the whole model, as one would write them: most of them parse, and of those most have nothing refused.
 * What is left out at random has its default. Sizes stay small: six nodes at most.
 */
export const specs: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    dual: fc.boolean(),
    size: fc.integer({ min: 1, max: 6 }),
    topology: fc.constantFrom('full-mesh', 'routers', 'reflectors'),
    pools: fc.boolean(),
  })
  .chain((shape) => {
    const key = JSON.stringify(shape);
    const known = made.get(key) ?? specOf(shape);
    made.set(key, known);
    return known;
  });

/** There are few shapes, and what makes specs is slow to make. */
const made = new Map<string, fc.Arbitrary<Record<string, unknown>>>();

function specOf(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  return written({
    apiVersion: fc.constant('calispray/v1'),
    name: dnsLabel,
    kubespray: kubespray(shape),
    kubernetes: maybe(kubernetes),
    ssh: fc.constant({ user: 'deploy', knownHosts: '~/.ssh/known_hosts' }),
    nodes: nodes(shape),
    network: network(shape),
    calico: maybe(calico(shape)),
    felix: maybe(felix),
    policies: maybe(policies),
    monitoring: maybe(fc.constantFrom('prometheus', 'none')),
  }).map((spec) => (measured(spec) ? spec : { ...spec, monitoring: 'none' }));
}

/** Prometheus cannot scrape what is off. */
function measured({ felix: of }: Record<string, unknown>): boolean {
  return (of as { metrics?: { enabled?: boolean } } | undefined)?.metrics?.enabled !== false;
}

/** Three members in larger clusters, else one. */
function members({ size }: Shape): string[] {
  return (size > 3 ? [0, 1, 2] : [0]).map(nodeName);
}

function nodeName(i: number): string {
  return `node-${i}`;
}

const dnsLabel = fc.stringMatching(/^[a-z][a-z0-9]{1,12}$/);
const labelKey = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const labelValue = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), fc.constantFrom('true', 'yes', '1', '012'));

const mixed = fc.constantFrom<unknown>(true, false, 'none', '1.2.0', 3, '');
/** Variables without a field that kubespray asserts something of, with values as people write them: good, bad and mistyped. */
const asserted = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      ...['helm_enabled', 'download_run_once', 'download_localhost', 'download_always_pull', 'kata_containers_enabled'],
      ...['gvisor_enabled', 'kube_external_ca_mode', 'auto_renew_certificates'],
    ),
    fc.constantFrom<unknown>(true, false, 'true', 'false'),
  ),
  fc.tuple(
    fc.constantFrom(
      ...['cloud_provider', 'external_cloud_provider', 'dns_mode', 'cert_management', 'resolvconf_mode'],
      ...['container_manager', 'etcd_deployment_type', 'kube_network_plugin'],
    ),
    fc.constantFrom(
      '',
      'external',
      'openstack',
      'coredns',
      'none',
      'docker_dns',
      'docker',
      'crio',
      'kubeadm',
      'calico',
    ),
  ),
  fc.tuple(
    fc.constantFrom(
      'containerd_version',
      'kubelet_static_pod_path',
      'ipip',
      'ipip_mode',
      'calcio_ipam_autoallocateblocks',
    ),
    fc.constantFrom('1.2.0', '2.1.0'),
  ),
);

function kubespray(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  return written({
    order: members(shape).length > 1 ? fc.constant(members(shape)) : maybe(fc.constant(members(shape))),
    controller: maybe(fc.constantFrom(...members(shape))),
    extraVariables: maybe(
      fc.oneof(
        fc.dictionary(fc.constantFrom('my_own_variable', 'kube_oidc_auth', 'upstream_dns_servers'), mixed, {
          maxKeys: 2,
        }),
        fc.array(asserted, { maxLength: 2 }).map((pairs) => Object.fromEntries(pairs)),
      ),
    ),
  });
}

const kubernetes = written({
  version: maybe(fc.constantFrom(...(releases.at(-1)?.kubernetesVersions ?? []))),
  proxy: maybe(fc.constantFrom('ipvs', 'iptables', 'nftables', 'none')),
  maxPods: maybe(fc.integer({ min: 10, max: 500 })),
});

function nodes(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  const names = Array.from({ length: shape.size }, (_, i) => nodeName(i));
  return fc.record(Object.fromEntries(names.map((name, i) => [name, node(i, shape)])));
}

function node(i: number, shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  const member = members(shape).includes(nodeName(i));
  const reflector = shape.topology === 'reflectors' && i === shape.size - 1;
  const roles = [
    ...(member ? ['control-plane', 'etcd'] : []),
    ...(i === 0 || !member ? ['worker'] : []),
    ...(reflector ? ['route-reflector'] : []),
  ];
  return written({
    address: fc.constant(`10.0.1.${10 + i}`),
    address6: shape.dual ? fc.constant(`fd00:1::${10 + i}`) : absent,
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
    etcdMember: member ? maybe(fc.constant(`etcd${i}`)) : absent,
    bgp: shape.topology === 'routers' ? maybe(written({ as: maybe(as), peers: maybe(peers(100 + i, 0)) })) : absent,
  });
}

const policies = written({
  namespaces: fc.constant(['production', 'monitoring']),
  defaultDenyIngress: maybe(fc.constantFrom([], ['production'])),
  allowDns: maybe(fc.constantFrom([], ['production'])),
});
