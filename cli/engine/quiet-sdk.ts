import { createRequire } from 'node:module';

/**
 * The SDK tells the engine of every step it takes, at debug severity: in an inline program a third of the calls it makes,
 * with inputs unwrapped from their secrets (@pulumi/pulumi 3.259.0 runtime/resource.js). Nobody reads them here, so
 * none is sent. The SDK's own modules call through this object, which is what makes it possible to say so in one place.
 */
export function quietSdk(): void {
  const log = createRequire(import.meta.url)('@pulumi/pulumi/log/index.js') as { debug: () => Promise<void> };
  log.debug = () => Promise.resolve();
}
