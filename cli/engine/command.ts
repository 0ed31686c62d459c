/**
 * The Pulumi CLI as the Automation API calls it, started in a process group of its own. Left in ours, a Ctrl-C would reach the CLI and Node
 * together, Node would end first, and the engine, whose program runs in Node, would die of it and leave its lock behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { PulumiCommand } from '@pulumi/pulumi/automation/cmd.js';
import { running } from './signals.ts';

// The exact version is pinned in package.json; these two are exported by the package, and only their types are marked internal.
const require = createRequire(import.meta.url);
const { CommandResult } = require('@pulumi/pulumi/automation/cmd.js');
const { createCommandError } = require('@pulumi/pulumi/automation/errors.js');

type Say = ((text: string) => void) | undefined;

/** `run` is left out of the SDK's declarations. */
export type EngineCommand = PulumiCommand & {
  run(words: string[], cwd: string, env: object): Promise<{ stdout: string }>;
};

/** `engine` is the path of the `pulumi` binary, `version` what set-up found it to be. */
export function engineCommand(engine: string, version: string, baseEnv: NodeJS.ProcessEnv): EngineCommand {
  const command = {
    command: engine,
    // The Automation API only asks for its text.
    version: { toString: () => version },
    async run(args: string[], cwd: string, env: Record<string, string>, onOutput: Say, onError: Say) {
      const words = args.includes('--non-interactive') ? args : [...args, '--non-interactive'];
      const child = spawn(engine, words, {
        cwd,
        env: { ...baseEnv, ...env, PULUMI_AUTOMATION_API: 'true' },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      const over = running(child);
      try {
        const [stdout, stderr, code] = await Promise.all([
          collect(child.stdout, onOutput),
          collect(child.stderr, onError),
          exit(child),
        ]);
        const result = new CommandResult(stdout, stderr, code);
        if (code !== 0) throw createCommandError(result);
        return result;
      } finally {
        over();
      }
    },
  };
  // PulumiCommand's constructor is private, and its own `run` keeps the child in our process group.
  return command as unknown as EngineCommand;
}

async function collect(stream: NodeJS.ReadableStream, say: Say): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    text += chunk;
    say?.(String(chunk));
  }
  return text;
}

async function exit(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? -1;
}
