import type { Written } from './schema.ts';
import type { Cluster, Encapsulation, Node, Policies, Ssh } from './types.ts';

/** The written cluster with the defaults that look across fields, deeply frozen. */
export function resolve(written: Written): Cluster {
  // Without an order there is one such node at the most: consistency.ts sees to it.
  const order = written.kubespray.order ?? Object.keys(written.nodes).filter((name) => isMember(written.nodes[name]));
  const nodes = inOrder(Object.entries(written.nodes), order).map(
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
      order,
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

function isMember(node: Written['nodes'][string] | undefined): boolean {
  return node?.roles.some((role) => role !== 'worker') ?? false;
}

/**
 * The engine hands a stack's configuration over with sorted keys, so the order of the nodes in the file is not to be had
 * in a program: the same file must give the same cluster here and there.
 */
function inOrder<T>(nodes: readonly [string, T][], order: readonly string[]): [string, T][] {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...nodes].sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
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
