import type { Ran } from '../calispray.ts';
import type { Ground } from './ground.ts';

/** A command that changes the cluster and is under way. */
export interface Running {
  /** What it has printed until now. */
  readonly text: string;
  readonly ended: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
  /** Has it ended? */
  over(): boolean;
}

/**
 * One fault, injected for real. `before`: it is there when the command starts. `during`: it comes while the playbook is held at a task
 * in its middle. `after`: it comes when the run has just been carried out and the command has not ended.
 */
export interface Fault {
  /** Its name in docs/faults.md and in the titles of the tests. */
  readonly name: string;
  /** What happens, in one sentence. */
  readonly what: string;
  readonly when: 'before' | 'during' | 'after';
  /** Tasks that the playbook carries out in its middle as long as the fault is there (YAML, one list). */
  readonly tasks?: string;
  /** Before the command is started. */
  arrange?(ground: Ground): Promise<void>;
  /** At its moment. A held playbook stays held until this lets it go, or the command has ended. */
  inject?(ground: Ground, up: Running): Promise<void>;
  readonly met: Met;
  /** Takes the fault away again; the held playbook has been let go by then. */
  heal?(ground: Ground): Promise<void>;
  /** More that must hold once the next `up` has converged. */
  proof?(ground: Ground): Promise<void>;
  /** Kind of the one run that the change leads to. Default: `calico`. */
  readonly kind?: string;
  /** Changes there were in all, a run each. Default: 1. */
  readonly changes?: number;
}

/** How the command ended that met the fault. */
export interface Met {
  /** Exit codes that are right; -1: killed by a signal. Which of several it is depends on who was quicker. */
  readonly code: readonly number[];
  /** What it says of the fault. Absent: it has no time to say anything, or there is nothing to say. */
  readonly says?: RegExp;
  /** In a few words, for the table. */
  readonly as: string;
}

export interface FaultGroup {
  readonly title: string;
  readonly faults: readonly Fault[];
}
