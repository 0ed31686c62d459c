/** Selectors of GlobalNetworkPolicies that are about hosts, though nothing in them says so. */
import { orchestratorLabel } from '../policy/selectors.ts';
import { type Labels, matches, type Node } from '../selector/node.ts';
import type { World } from '../world/world.ts';
import { samplesOf } from './samples.ts';

/** Host endpoints meet it, or nodes of which Calico may make some, and no pod: who wrote it meant these. */
export function meansHosts(world: World, node: Node): boolean {
  const endpoints = [...world.universe.located.values()].map(({ endpoint }) => endpoint);
  const takes = (labels: Labels) => matches(node, labels);
  if (takes(anyPod) || endpoints.some(({ kind, labels }) => kind !== 'host' && takes(labels))) return false;
  const wished = samplesOf(node);
  const ofNodes =
    wished.length > 0 && wished.every((labels) => [...labels.keys()].some((label) => isOfNodes.test(label)));
  return ofNodes || endpoints.some(({ kind, labels }) => kind === 'host' && takes(labels));
}

const anyPod: Labels = new Map([[orchestratorLabel, 'k8s']]);

/** Labels that Kubernetes gives nodes, and Calico the host endpoints that it makes of them. */
const isOfNodes =
  /^((beta\.)?kubernetes\.io\/(hostname|os|arch)|node(-role)?\.kubernetes\.io\/.*|projectcalico\.org\/created-by)$/;
