import type { Rule } from '../subject.ts';
import { controlPlaneMissing } from './control-plane-missing.ts';
import { etcdMembers } from './etcd-members.ts';
import { etcdMissing } from './etcd-missing.ts';
import { reflectorOutsideCluster } from './reflector-outside-cluster.ts';
import { unreadFile } from './unread-file.ts';
import { workerMissing } from './worker-missing.ts';

/** Groups, and files of variables. */
export const inventory: readonly Rule[] = [
  controlPlaneMissing,
  etcdMissing,
  etcdMembers,
  reflectorOutsideCluster,
  workerMissing,
  unreadFile,
];
