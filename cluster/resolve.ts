import type { Written } from './schema.ts';
import type { Cluster, Encapsulation, Node, Policies, Ssh } from './types.ts';

/** The written cluster with the defaults that look across fields, deeply frozen. */
export function resolve(written: Written): Cluster {
  const nodes = Object.entries(written.nodes).map(
    ([name, node]): Node => ({
      name,
      address: node.address,
      roles: [...new Set(node.roles)],
      ssh: sshOf({ ...written.ssh, ...node.ssh }),
    }),
  );
  const { network, kubespray } = written;
  const { git, path } = kubespray.source;
  return deepFreeze({
    apiVersion: written.apiVersion,
    name: written.name,
    kubespray: {
      version: kubespray.version,
      source: path === undefined ? { git: git as string } : { path },
      controller: kubespray.controller ?? nodes.find((n) => n.roles.includes('control-plane'))?.name ?? '',
      extraVariables: kubespray.extraVariables,
    },
    nodes,
    network: {
      ...network,
      pool: { ...network.pool, cidr: network.pool.cidr ?? network.pods },
      encapsulation: encapsulationOf(network.encapsulation),
    },
    felix: written.felix,
    policies: policiesOf(written),
    monitoring: written.monitoring,
  });
}

function sshOf(ssh: Written['ssh']): Ssh {
  return { ...ssh, user: ssh.user ?? 'root', port: ssh.port ?? 22, agent: ssh.agent ?? ssh.key === undefined };
}

function encapsulationOf(written: Written['network']['encapsulation']): Encapsulation {
  if (written === 'none') return { kind: 'none' };
  return 'ipip' in written ? { kind: 'ipip', mode: written.ipip } : { kind: 'vxlan', mode: written.vxlan };
}

function policiesOf({ policies, network }: Written): Policies {
  const { allowClusterInternal: internal, ...rest } = policies;
  if (internal === undefined) return rest;
  return {
    ...rest,
    allowClusterInternal: {
      order: internal.order,
      nets: internal.nets ?? [network.pods, network.nodes],
      except: internal.except ?? policies.defaultDenyIngress,
    },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
