/** Calispray as a library: the components, and what a program needs to feed them. */

export { UserError } from '../cluster/finding.ts';
export {
  allowDns,
  allowPrometheus,
  clusterDns,
  defaultDeny,
  isolate,
  nodesAsSources,
  parseCluster,
  stagedOf,
} from '../cluster/index.ts';
export * from './api-gate.ts';
export * from './build.ts';
export * from './calico-cluster.ts';
export * from './controller.ts';
export * from './inventory.ts';
export * from './kubeconfig.ts';
export * from './manifests.ts';
export * from './monitoring.ts';
export * from './node.ts';
export * from './plan.ts';
export * from './policies.ts';
export * from './pools.ts';
export * from './secret-variables.ts';
export * from './source.ts';
export * from './verification.ts';
export * from './world.ts';
