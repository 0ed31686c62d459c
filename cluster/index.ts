export { contains, isAddress, overlaps, range } from './cidr.ts';
export { type Finding, type FindingClass, formatFinding, UserError } from './finding.ts';
export { type CalicoMode, deriveNetwork, type Network, overheadOf } from './network.ts';
export { type Parsed, parseCluster } from './parse.ts';
export { type KubernetesObject, metricsObjects, needsCalicoApiServer, policyObjects } from './policies.ts';
export { type Release, release, releases } from './releases.ts';
export type * from './types.ts';
