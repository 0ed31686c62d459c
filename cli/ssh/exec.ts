/** A command on a connected host: its output at once, or line by line as it comes. */
import type { Client } from 'ssh2';

export interface Ran {
  /** Status; undefined where a signal ended it or the connection broke first. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly stdin?: string;
  /** Longest wait for its end, in seconds. Default: none. */
  readonly seconds?: number;
  /** Given each line of standard output as it comes; `stdout` is then empty. A line is cut after 64 KiB. */
  readonly line?: (text: string) => void;
  /** Ends the waiting; what runs over there is left to its end. */
  readonly stop?: AbortSignal;
}

const LONGEST = 64 * 1024;

/** Rejects where it does not end in time, is stopped, or the connection breaks. */
export function exec(client: Client, command: string, how: Running = {}): Promise<Ran> {
  const { stdin = '', seconds, line, stop } = how;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const over = () => {
      clearTimeout(timer);
      client.removeListener('error', fail);
      client.removeListener('close', closed);
      stop?.removeEventListener('abort', stopped);
    };
    const fail = (error: Error) => {
      over();
      reject(error);
    };
    const closed = () => fail(new Error('the connection was lost'));
    const stopped = () => fail(new Error('stopped'));
    if (seconds !== undefined)
      timer = setTimeout(() => fail(new Error(`no answer within ${seconds} s`)), seconds * 1000);
    client.on('error', fail);
    client.on('close', closed);
    if (stop?.aborted === true) return stopped();
    stop?.addEventListener('abort', stopped);
    client.exec(command, (error, stream) => {
      if (error !== undefined) return fail(error);
      let stdout = '';
      let stderr = '';
      let code: number | undefined;
      const decoder = new TextDecoder();
      stream.on('data', (chunk: Buffer) => {
        stdout += decoder.decode(chunk, { stream: true });
        if (line === undefined) return;
        const lines = stdout.split('\n');
        stdout = (lines.pop() ?? '').slice(0, LONGEST);
        for (const each of lines) line(each.slice(0, LONGEST));
      });
      const errors = new TextDecoder();
      stream.stderr.on('data', (chunk: Buffer) => {
        stderr = (stderr + errors.decode(chunk, { stream: true })).slice(-LONGEST);
      });
      stream.on('exit', (status: number | null) => {
        code = status ?? undefined;
      });
      stream.on('close', () => {
        over();
        if (line !== undefined && stdout !== '') line(stdout);
        resolve({ code, stdout: line === undefined ? stdout : '', stderr });
      });
      stream.end(stdin);
    });
  });
}
