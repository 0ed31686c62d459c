/** One trouble of a cluster, made for real in a lab, and what `calispray doctor` has to say of it. */
import type { DoctorGround } from './doctor.ts';

export interface DoctorFault {
  /** Its name in the titles of the tests. */
  readonly name: string;
  /** What is done to the lab, in one sentence. */
  readonly what: string;
  /** Resolves once the fault is there and its effect was seen without the doctor. */
  inject(ground: DoctorGround): Promise<void>;
  /** Takes it away, however far `inject` came. */
  undo(ground: DoctorGround): Promise<void>;
  /** The doctor's first finding. */
  readonly found: {
    readonly code: string;
    /** In any order; none where it is about the cluster as a whole. */
    readonly nodes: readonly string[] | ((ground: DoctorGround) => Promise<string[]>);
    /** One of its lines of evidence. */
    readonly evidence: RegExp;
    /** One of its commands, as `on HOST: COMMAND`, or the change to the stack, as `stack PATH: TO`. */
    readonly mend: RegExp;
  };
}

/** Faults that want the same encapsulation. */
export interface DoctorFaults {
  readonly title: string;
  readonly encapsulation: 'none' | 'vxlan';
  readonly faults: readonly DoctorFault[];
}
