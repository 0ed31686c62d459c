/** One way to run a program of the host and wait for it: output collected, input given, time bounded. */
import { spawn } from 'node:child_process';

export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly output: string;

  constructor(command: string, why: string, output: string) {
    super(`${command}: ${why}${output === '' ? '' : `\n${output}`}`);
    this.output = output;
  }
}

export interface CommandOptions {
  readonly input?: string;
  /** Milliseconds until the command is killed; default 30 s. */
  readonly timeout?: number;
  /** A file descriptor the command gets as number 3, and then none of those that are carried. */
  readonly descriptor?: number;
}

/** Descriptors every command gets as well while they are here: the locks of the labs that are being changed. */
const carried = new Set<number>();

/**
 * Until the returned function is called, every command run here holds this descriptor open. A lock then outlives a
 * killed `calispray` exactly as long as the last command it left on its way.
 */
export function carry(descriptor: number): () => void {
  carried.add(descriptor);
  return () => carried.delete(descriptor);
}

/** Standard output of `command`; a CommandError with its standard error when it ends with anything but 0. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const further = options.descriptor === undefined ? carried : [options.descriptor];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe', ...further] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    const shown = [command, ...args].join(' ');
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 30_000);
    child.stdout?.on('data', (chunk) => stdout.push(chunk));
    child.stderr?.on('data', (chunk) => stderr.push(chunk));
    child.stdin?.on('error', () => undefined); // a command that ends without reading its input says so by its exit code
    child.stdin?.end(options.input ?? '');
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new CommandError(shown, error.message, ''));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(Buffer.concat(stdout).toString());
      else reject(new CommandError(shown, `ended with ${signal ?? code}`, Buffer.concat(stderr).toString().trim()));
    });
  });
}
