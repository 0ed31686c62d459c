import { commandProvider } from './command/index.ts';
import { kubernetesProvider } from './kubernetes/index.ts';
import { serve } from './plugin.ts';

/**
 * Both stand-ins served by this process, for one run of the engine. The process holds the engine's program and has most of
 * what they need loaded, so that they cost a preview nothing to start.
 */
export async function serveStandIns(): Promise<{
  /** For the engine's environment: the plugins that it finds running instead of starting them (`name:port`, with commas). */
  readonly PULUMI_DEBUG_PROVIDERS: string;
  close(): Promise<void>;
}> {
  const [command, kubernetes] = await Promise.all([serve(commandProvider), serve(kubernetesProvider)]);
  return {
    PULUMI_DEBUG_PROVIDERS: `command:${command.port},kubernetes:${kubernetes.port}`,
    async close() {
      await Promise.all([command.close(), kubernetes.close()]);
    },
  };
}
