/** Shows parts being made: a live list on a terminal, plain lines elsewhere. On standard error: output may be JSON. */
import { Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';

import { duration, type Step } from './progress.ts';

/** How often a long step says that it is alive, in seconds: on a terminal the line is replaced. */
const heartbeat = process.stderr.isTTY ? 1 : 30;

/** Shows steps that run already. Rejects with the first error. */
export async function show(steps: readonly Step[]): Promise<void> {
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const tasks = steps.map(
    (step): ListrTask => ({
      title: step.title,
      task: async (_context, task) => {
        const began = Date.now();
        const beat = setInterval(() => {
          task.output = `${step.name}: ${step.latest()}, for ${duration((Date.now() - began) / 1000)}`;
        }, heartbeat * 1000);
        try {
          task.title = `${step.title}: ${await step.done}`;
        } catch {
          // The reason is told once, in full, when all have ended.
          throw new Error('not made');
        } finally {
          clearInterval(beat);
        }
      },
    }),
  );
  const options = { concurrent: true, exitOnError: true, registerSignalListeners: false } as const;
  if (process.stderr.isTTY) {
    const rendererOptions = { logger, collapseErrors: false, showErrorMessage: false };
    await new Listr(tasks, { ...options, renderer: 'default', rendererOptions }).run();
  } else {
    await new Listr(tasks, { ...options, renderer: 'simple', rendererOptions: { logger } }).run();
  }
}
