import type { Input } from '@pulumi/pulumi';

/** Felix as a program: memory, debugging, what carries out its work. */
export interface FelixProcess {
  /** Program the kernel from within Felix. Default of Calico: true on Linux. */
  readonly useInternalDataplaneDriver?: Input<boolean>;
  /** Program to do it instead, where it is not Felix itself. Default of Calico: calico-iptables-plugin. */
  readonly dataplaneDriver?: Input<string>;
  /** @deprecated `healthTimeoutOverrides` takes its place. How long it may be silent, a duration. Default of Calico: 90s. */
  readonly dataplaneWatchdogTimeout?: Input<string>;
  /** Where version 2 of the cgroups is mounted. Default of Calico: where it usually is. */
  readonly cgroupV2Path?: Input<string>;
  /** How much memory may grow before it is cleaned up, in percent; -1 never. Default of Calico: 40. Twice as much is half the work and twice the memory. */
  readonly goGCThreshold?: Input<number>;
  /** Memory to stay below, in MB; -1 no limit. Default of Calico: -1. Well below the limit of the container. */
  readonly goMemoryLimitMB?: Input<number>;
  /** Most processors at a time; -1 all. Default of Calico: -1. */
  readonly goMaxProcs?: Input<number>;
  /** Port for profiles of memory and processor; not protected. Default of Calico: none. */
  readonly debugPort?: Input<number>;
  /** Address of that port. Default of Calico: localhost. */
  readonly debugHost?: Input<string>;
  /** File that a profile of the memory is written to on a signal. Default of Calico: none. */
  readonly debugMemoryProfilePath?: Input<string>;
  /** Never leave log lines out, even where writing holds Felix up. Default of Calico: false. */
  readonly debugDisableLogDropping?: Input<boolean>;
  /** For tests: hang in the calculation after that long, a duration. Default of Calico: never. */
  readonly debugSimulateCalcGraphHangAfter?: Input<string>;
  /** For tests: hang in the data plane after that long, a duration. Default of Calico: never. */
  readonly debugSimulateDataplaneHangAfter?: Input<string>;
  /** For tests: wait that long before each change, a duration. Default of Calico: 0. */
  readonly debugSimulateDataplaneApplyDelay?: Input<string>;
}
