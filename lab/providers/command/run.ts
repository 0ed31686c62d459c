import type { ClientChannel, SFTPWrapper } from 'ssh2';
import type { Logger } from '../engine.ts';
import { isMap, type PropertyMap, type PropertyValue, reveal } from '../properties.ts';
import { StepError } from '../provider.ts';
import { dial, type Session } from './dial.ts';
import { connectionOf, text } from './inputs.ts';
import { LineLog } from './lines.ts';

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

const acceptEnv =
  'This only works if your SSH server is configured to accept these variables via AcceptEnv. Alternatively, if a Bash-like ' +
  "shell runs the command on the remote host, you could prefix the command itself with the variables in the form 'VAR=value command'";

/**
 * Runs one command on the host the inputs name, and gives back what it printed, without the last line break. `previous` is the
 * output of the last run, which the command finds in its environment where the server accepts that. When `signal` fires, the remote
 * process is told to end.
 */
export async function runCommand(
  command: string,
  inputs: PropertyMap,
  previous: PropertyMap,
  logger: Logger,
  signal: AbortSignal,
): Promise<Output> {
  const session = await dial(connectionOf(inputs), logger, signal);
  try {
    const env = await environmentFor(session, inputs, previous, logger);
    const { channel, ended } = await start(session, command, env);
    const end = () => endRemote(session, channel);
    signal.addEventListener('abort', end, { once: true });
    try {
      return await follow(channel, ended, command, inputs, logger, signal);
    } finally {
      signal.removeEventListener('abort', end);
    }
  } finally {
    session.close();
    await logger.flush();
  }
}

/** Each variable is offered by itself first, since the exec request does not say when the server refuses one. */
async function environmentFor(session: Session, inputs: PropertyMap, previous: PropertyMap, logger: Logger) {
  const accepted: Record<string, string> = {};
  for (const [name, value] of stringEntries(inputs.environment)) {
    if (!(await accepts(session, name, value))) {
      logger.log('error', `Unable to set '${name}'. ${acceptEnv}`);
      throw new StepError(`could not set environment variable ${JSON.stringify(name)}: ssh: setenv failed`);
    }
    accepted[name] = value;
  }
  if (reveal(inputs.addPreviousOutputInEnv) === false) return accepted;
  const outputs = { PULUMI_COMMAND_STDOUT: text(previous.stdout), PULUMI_COMMAND_STDERR: text(previous.stderr) };
  for (const [name, value] of Object.entries(outputs)) {
    if (value === undefined || value === '') continue;
    if (await accepts(session, name, value)) accepted[name] = value;
    else logger.log('warning', `Unable to set '${name}'. ${acceptEnv}`);
  }
  return accepted;
}

function stringEntries(value: PropertyValue): [string, string][] {
  const plain = reveal(value);
  return isMap(plain) ? Object.entries(plain).map(([key, item]) => [key, String(item)]) : [];
}

function accepts(session: Session, name: string, value: string): Promise<boolean> {
  // ssh2 1.17 lib/client.js:1598 takes variables here, and says when one is refused; its types do not know.
  const client = session.client as unknown as {
    sftp(env: Record<string, string>, done: (error: Error | undefined, sftp?: SFTPWrapper) => void): void;
  };
  return new Promise((resolve) => {
    client.sftp({ [name]: value }, (error, sftp) => {
      sftp?.end();
      // Refused for want of an sftp server means the variable itself went through.
      resolve(!error || /subsystem/.test(error.message));
    });
  });
}

interface Started {
  readonly channel: ClientChannel;
  /** What went wrong, once the channel is closed; undefined for exit status 0. */
  readonly ended: Promise<string | undefined>;
}

function start(session: Session, command: string, env: Record<string, string>): Promise<Started> {
  return new Promise((resolve, reject) => {
    session.client.exec(command, { env }, (error, channel) => {
      if (error) reject(new StepError(`ssh: command ${JSON.stringify(command)} failed: ${error.message}`));
      // Listened to from here on: the exit status of a quick command comes in the same packet, before any promise wakes.
      else resolve({ channel, ended: verdictOf(channel) });
    });
  });
}

function verdictOf(channel: ClientChannel): Promise<string | undefined> {
  return new Promise((resolve) => {
    let verdict: string | undefined = 'wait: remote command exited without exit status or exit signal';
    channel.on('error', () => {});
    channel.on('exit', (code: number | null, signalName?: string) => {
      if (code === 0) verdict = undefined;
      else if (code !== null) verdict = `Process exited with status ${code}`;
      else verdict = `Process exited with status ${signalStatus(signalName)} from signal ${bare(signalName)}`;
    });
    channel.on('close', () => resolve(verdict));
  });
}

/** How long a command that was told to end may take before its connection is closed under it, in milliseconds. */
const longestEnding = 1_000;

/**
 * Tells the command and what it started to end. Closing the connection would leave it running, and sshd passes no signal on where root
 * logged in (OpenSSH 9.2 session.c session_signal_req); but all commands of a connection are children of one sshd, so a second one
 * can signal the first. What made itself a session of its own (setsid) is left alone.
 */
function endRemote(session: Session, channel: ClientChannel): void {
  session.client.exec(endSiblings, (_error, other) => other?.resume().stderr.resume());
  setTimeout(() => channel.close(), longestEnding).unref();
}

const endSiblings = `for stat in /proc/[0-9]*/stat; do
  { read -r line < "$stat"; } 2>/dev/null || continue
  pid=\${line%% *} rest=\${line##*) }
  rest=\${rest#* } parent=\${rest%% *}
  [ "$parent" = "$PPID" ] && [ "$pid" != "$$" ] && kill -TERM -- "-$pid"
done`;

async function follow(
  channel: ClientChannel,
  ended: Promise<string | undefined>,
  command: string,
  inputs: PropertyMap,
  logger: Logger,
  signal: AbortSignal,
): Promise<Output> {
  const mode = text(inputs.logging) ?? 'stdoutAndStderr';
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const both: Buffer[] = [];
  const collect = (stream: NodeJS.ReadableStream, into: Buffer[], logged: boolean) => {
    const lines = logged ? new LineLog((line) => logger.status(line)) : undefined;
    stream.on('data', (chunk: Buffer) => {
      into.push(chunk);
      both.push(chunk);
      lines?.write(chunk);
    });
    stream.on('end', () => lines?.end());
  };
  collect(channel, stdout, mode === 'stdout' || mode === 'stdoutAndStderr');
  collect(channel.stderr, stderr, mode === 'stderr' || mode === 'stdoutAndStderr');
  channel.end(text(inputs.stdin) ?? '');
  const failure = await ended;
  if (signal.aborted) {
    throw new StepError(
      `the remote command was ended: ${signal.reason?.name === 'TimeoutError' ? 'its time was up' : 'the run was cancelled'}`,
    );
  }
  if (failure !== undefined) {
    throw new StepError(`${failure}: running ${JSON.stringify(command)}:\n${Buffer.concat(both).toString()}`);
  }
  return { stdout: whole(stdout), stderr: whole(stderr) };
}

function whole(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString().replace(/\n$/, '');
}

function bare(signalName: string | undefined): string {
  return (signalName ?? '').replace(/^SIG/, '');
}

const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  TERM: 15,
};

function signalStatus(signalName: string | undefined): number {
  return 128 + (signalNumbers[bare(signalName)] ?? 0);
}
