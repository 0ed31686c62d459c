export { contains, familyOf, isAddress, isAddress6, overlaps, range, range6 } from './cidr.ts';
export { type Finding, type FindingClass, formatFinding, UserError } from './finding.ts';
export { BLOCKS_PER_NODE, type Capacity, deriveCapacity, type FamilyCapacity, type PoolSize } from './ipam.ts';
export { type DashboardObject, dashboardObject, dashboardText } from './monitoring/dashboard/index.ts';
export { type KubernetesObject, metricsObjects } from './monitoring/objects.ts';
export {
  type Device,
  deriveMtu,
  hasWireguard6,
  type Mtu,
  overheadOf,
  type Taker,
  type Tunnels,
  takersOf,
} from './mtu.ts';
export { type CalicoMode, deriveNetwork, modeOf, type Network } from './network.ts';
export { type Beside, type Parsed, parseCluster } from './parse.ts';
export * from './policies/index.ts';
export { type PoolObject, poolObjects } from './pools.ts';
export { derivePorts, type Port } from './ports.ts';
export { type Release, release, releases } from './releases.ts';
export type * from './types.ts';
