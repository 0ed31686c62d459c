import type { Rule } from '../subject.ts';
import { blockSizeChanged } from './block-size-changed.ts';
import { clusterRenamed } from './cluster-renamed.ts';
import { datastoreChanged } from './datastore-changed.ts';
import { downgrade } from './downgrade.ts';
import { encapsulationChanged } from './encapsulation-changed.ts';
import { etcdMemberRenamed } from './etcd-member-renamed.ts';
import { etcdQuorum } from './etcd-quorum.ts';
import { firstNodeMoved } from './first-node-moved.ts';
import { firstNodeRemoved } from './first-node-removed.ts';
import { ipamChanged } from './ipam-changed.ts';
import { kubernetesSkipped } from './kubernetes-skipped.ts';
import { migrationDone } from './migration-done.ts';
import { migrationFromElsewhere } from './migration-from-elsewhere.ts';
import { networkPluginChanged } from './network-plugin-changed.ts';
import { nodeRangesChanged } from './node-ranges-changed.ts';
import { nodeReaddressed } from './node-readdressed.ts';
import { podRangeChanged } from './pod-range-changed.ts';
import { poolRangeChanged } from './pool-range-changed.ts';
import { poolRenamed } from './pool-renamed.ts';
import { releaseSkipped } from './release-skipped.ts';
import { roleGained } from './role-gained.ts';
import { roleLost } from './role-lost.ts';
import { serviceRangeChanged } from './service-range-changed.ts';
import { stacksChanged } from './stacks-changed.ts';
import { upgradeAlone } from './upgrade-alone.ts';

/** What a change would do to a cluster that is there: these judge `change` alone, and say nothing without one. */
export const change: readonly Rule[] = [
  clusterRenamed,
  releaseSkipped,
  kubernetesSkipped,
  downgrade,
  upgradeAlone,
  firstNodeRemoved,
  firstNodeMoved,
  etcdQuorum,
  nodeReaddressed,
  roleLost,
  roleGained,
  etcdMemberRenamed,
  networkPluginChanged,
  podRangeChanged,
  serviceRangeChanged,
  stacksChanged,
  nodeRangesChanged,
  ipamChanged,
  poolRangeChanged,
  blockSizeChanged,
  poolRenamed,
  datastoreChanged,
  encapsulationChanged,
  migrationFromElsewhere,
  migrationDone,
];
