/** A run on the controller, told as it goes on: by itself (`calispray follow`), and beside an `up` that carries it out. */
import type { Cluster } from '../../cluster/index.ts';
import { followCommand } from '../../components/remote/index.ts';
import { type Controller, onController } from './controller.ts';
import { countsOf, eventIn, eventLines, failureLines, onlySkipped, type RunEvent } from './events.ts';
import { runsOn } from './runs.ts';

/** How a run ended that was followed to its end; undefined where there is no run. */
export type Ended = Extract<RunEvent, { kind: 'end' }> | undefined;

/**
 * Gives the events of a run to `tell`, those that were before first, until it ends. Without a name: the run at work, else
 * the newest. The run takes no notice.
 * @throws UserError where the connection breaks
 */
export async function followRun(
  controller: Controller,
  tell: (event: RunEvent) => void,
  { run, stop }: { run?: string; stop?: AbortSignal } = {},
): Promise<Ended> {
  let ended: Ended;
  await controller.runner(followCommand(controller.cluster, run), {
    line: (line) => {
      const event = eventIn(line);
      if (event === undefined) return;
      if (event.kind === 'end') ended = event;
      tell(event);
    },
    ...(stop === undefined ? {} : { stop }),
  });
  return ended;
}

/** The same as lines for a person. */
export async function followInWords(
  controller: Controller,
  say: (line: string) => void,
  how: { run?: string; stop?: AbortSignal } = {},
): Promise<Ended> {
  const lines = eventLines();
  return followRun(controller, (event) => lines(event).forEach(say), how);
}

/** How often the controller is asked whether a run is at work, and how often a task is told, in milliseconds. */
const LOOK = 2000;
const PACE = 5000;

/**
 * Tells of the tasks of whatever runs on the controller while `operation` lasts: one line every few seconds, failures at
 * once. A connection of its own, so that nothing of it comes into the engine's state; where it cannot be, it is silent.
 */
export async function withProgress<T>(
  cluster: Cluster | undefined,
  say: (line: string) => void,
  operation: () => Promise<T>,
): Promise<T> {
  if (cluster === undefined) return operation();
  const stopping = new AbortController();
  const watching = watch(cluster, say, stopping.signal).catch(() => {});
  try {
    return await operation();
  } finally {
    stopping.abort();
    // A controller that is just starting again is not waited for.
    await Promise.race([watching, pause(500, new AbortController().signal)]);
  }
}

async function watch(cluster: Cluster, say: (line: string) => void, stop: AbortSignal): Promise<void> {
  const over = new Set<string>();
  while (!stop.aborted) {
    // A controller that is just being prepared, or started again, is asked again.
    await onController(cluster, async (controller) => {
      for (; !stop.aborted; await pause(LOOK, stop)) {
        const atWork = (await runsOn(controller)).find(({ run, state }) => state === 'running' && !over.has(run));
        if (atWork === undefined) continue;
        await followRun(controller, progress(say), { run: atWork.run, stop });
        over.add(atWork.run);
      }
    }).catch(() => {});
    await pause(LOOK, stop);
  }
}

/** What is told of a run beside the lines that the engine prints of it: tasks at a pace, and failures. */
export function progress(
  say: (line: string) => void,
  now: () => number = () => performance.now(),
): (event: RunEvent) => void {
  let number = 0;
  let spoken = now();
  return (event) => {
    if (event.kind === 'task') number = event.number;
    if (event.kind === 'failed') for (const line of failureLines(event)) say(`  ${line}`);
    if (event.kind !== 'host' || onlySkipped(event) || now() - spoken < PACE) return;
    spoken = now();
    say(`      task ${number}, ${event.task}: ${countsOf(event)}`.slice(0, 200));
  };
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resume) => {
    if (stop.aborted) return resume();
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resume();
    }
    stop.addEventListener('abort', done);
  });
}
