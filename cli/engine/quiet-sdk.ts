import { createRequire } from 'node:module';

/**
 * What the SDK does for those who debug it, and nobody here reads, left out. Its own modules call through these objects,
 * which is what makes it possible to say so in one place.
 *
 * It tells the engine of every step it takes, at debug severity: in an inline program a third of the CPU that a preview of
 * three nodes costs this process (175 ms with, 118 ms without), and secrets among it in clear. And it keeps the text of a
 * stack with every promise, unless that has no lines: with 500 nodes a third of what the program holds.
 */
export function quietSdk(): void {
  const require = createRequire(import.meta.url);
  const log = require('@pulumi/pulumi/log/index.js') as { debug: () => Promise<void> };
  log.debug = () => Promise.resolve();
  const debuggable = require('@pulumi/pulumi/runtime/debuggable.js') as {
    debuggablePromise<T>(promise: Promise<T>, context: unknown): Promise<T>;
  };
  const watched = debuggable.debuggablePromise;
  debuggable.debuggablePromise = (promise, context) => {
    const lines = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return watched(promise, context);
    } finally {
      Error.stackTraceLimit = lines;
    }
  };
}
