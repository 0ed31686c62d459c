/** A cluster as it comes out: every `auto` and every default of the release resolved, with the reason. */
import {
  type Capacity,
  type Cluster,
  deriveCapacity,
  deriveMtu,
  deriveNetwork,
  derivePorts,
  type Mtu,
  metricsObjects,
  type Network,
  needsCalicoApiServer,
  type Port,
  policyObjects,
  poolObjects,
  type Release,
  release,
} from '../../cluster/index.ts';
import { autodetectionMethod } from '../../kubespray/variables/encapsulation.ts';

export interface Version {
  readonly version: string;
  /** Whether the stack file says it; otherwise it is what the release installs by default. */
  readonly declared: boolean;
}

export interface Facts {
  readonly name: string;
  readonly release: Pick<Release, 'tag' | 'commit' | 'date' | 'ansible'>;
  readonly kubernetes: Version;
  readonly calico: Version;
  readonly controller: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly address: string;
    readonly address6?: string;
    readonly roles: readonly string[];
  }[];
  readonly network: Network;
  readonly mtu: Mtu;
  readonly apiServer: { readonly enabled: boolean; readonly reason: string };
  /** IP_AUTODETECTION_METHOD of calico-node, by family. */
  readonly autodetection: Readonly<Partial<Record<'ipv4' | 'ipv6', string>>>;
  readonly capacity: Capacity;
  readonly ports: readonly Port[];
}

export function factsOf(cluster: Cluster): Facts {
  const { kubespray, kubernetes, calico, network } = cluster;
  const of = release(kubespray.version);
  const unknown = `unknown to Calispray`;
  return {
    name: cluster.name,
    release: {
      tag: kubespray.version,
      commit: of?.commit ?? unknown,
      date: of?.date ?? unknown,
      ansible: of?.ansible ?? unknown,
    },
    kubernetes: {
      version: kubernetes.version ?? of?.kubernetes ?? unknown,
      declared: kubernetes.version !== undefined,
    },
    calico: { version: calico.version ?? of?.calico ?? unknown, declared: calico.version !== undefined },
    controller: kubespray.controller,
    nodes: cluster.nodes.map(({ name, address, address6, roles }) => ({
      name,
      address,
      ...(address6 === undefined ? {} : { address6 }),
      roles,
    })),
    network: deriveNetwork(cluster),
    mtu: deriveMtu(cluster),
    apiServer: apiServer(cluster),
    // kubespray's own ways where none is declared: v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:304-329
    autodetection: {
      ipv4: autodetectionMethod(network.autodetection) ?? 'can-reach=$(NODEIP)',
      ...(network.ipv6 === undefined ? {} : { ipv6: autodetectionMethod(network.ipv6.autodetection) ?? 'first-found' }),
    },
    capacity: deriveCapacity(cluster),
    ports: derivePorts(cluster),
  };
}

function apiServer(cluster: Cluster): Facts['apiServer'] {
  const { apiServer: declared } = cluster.calico;
  if (declared !== 'auto') return { enabled: declared, reason: 'declared' };
  const objects = [...policyObjects(cluster), ...poolObjects(cluster), ...metricsObjects(cluster)];
  const first = objects.find((object) => object.apiVersion.startsWith('projectcalico.org/'));
  return {
    enabled: needsCalicoApiServer(cluster),
    reason:
      first === undefined
        ? 'auto: nothing declared is of projectcalico.org/v3'
        : `auto: ${first.kind} ${first.metadata.name} is of ${first.apiVersion}`,
  };
}
