/** What a verification of the cluster does, derived from the stack file alone. */
import type { Cluster } from '../../cluster/index.ts';
import { componentChecks, nodeChecks, versionChecks } from './checks/components.ts';
import { acrossNodesChecks, sameNodeChecks } from './checks/pods.ts';
import { bgpChecks, poolChecks, routeChecks } from './checks/routing.ts';
import { dnsChecks, outsideChecks, policyChecks, serviceChecks } from './checks/services.ts';
import { means } from './choice.ts';
import { type Checks, type Draft, groundOf } from './ground.ts';
import { imageOf } from './image.ts';
import type { Check, VerifyPlan } from './types.ts';

/** In the order of docs/verify.md: what the later ones rely on comes first. */
const all: readonly Checks[] = [
  nodeChecks,
  componentChecks,
  versionChecks,
  poolChecks,
  bgpChecks,
  routeChecks,
  sameNodeChecks,
  acrossNodesChecks,
  dnsChecks,
  serviceChecks,
  outsideChecks,
  policyChecks,
];

export function verifyPlan(cluster: Cluster): VerifyPlan {
  const ground = groundOf(cluster);
  const { seconds, optional } = cluster.verify;
  const isRequired = (draft: Draft) => !optional.some((choice) => means(choice, draft));
  return {
    cluster: cluster.name,
    nodes: ground.nodes.map(({ name, address, address6, roles }) => ({
      name,
      address,
      ...(address6 === undefined ? {} : { address6 }),
      roles,
    })),
    image: imageOf(cluster),
    seconds,
    checks: all.flatMap((checks) =>
      checks(ground).map((draft): Check => {
        const { group, subject, nodes: _, ...check } = draft;
        return {
          id: subject === undefined ? group : `${group}/${subject}`,
          ...check,
          required: isRequired(draft),
          seconds: Math.min(check.seconds, seconds),
        };
      }),
    ),
  };
}
