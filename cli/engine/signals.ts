/** Ctrl-C and its kin: handed to the engine once, then waited for, so that the state is written and no lock is left. */
import type { ChildProcess } from 'node:child_process';
import { Interrupted, terminal } from '../report.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let child: ChildProcess | undefined;
let told = false;
let listening = false;

/** Registers the engine that runs now; the function it gives back ends that. */
export function running(process: ChildProcess): () => void {
  listen();
  child = process;
  // Told between two engines (an up after its preview): the next one must not start its work.
  if (told) process.kill('SIGINT');
  return () => {
    child = undefined;
  };
}

/** Was the run told to stop? */
export function interrupted(): boolean {
  return told;
}

/** @throws Interrupted where the run was told to stop: call it between two steps. */
export function stopIfInterrupted(): void {
  if (told) throw new Interrupted();
}

/** From now on a signal does not end this process at once; what was started is told and waited for. */
export function listen(say: (line: string) => void = terminal.err): void {
  if (listening) return;
  listening = true;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (child === undefined) process.exit(130);
      if (told) {
        say('Still waiting for the engine to finish what it has begun; the state would be lost otherwise.');
        return;
      }
      told = true;
      say('Stopping: the engine finishes what it has begun and writes its state.');
      // SIGINT whatever came: it is the one the CLI takes as "cancel"; a second one would make it drop everything.
      child.kill('SIGINT');
    });
  }
}
