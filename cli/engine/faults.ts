/** The engine's failures that are a user's or the world's doing, in our words, with the way out. */

import { UserError } from '../../cluster/finding.ts';
import type { Backend } from './backend.ts';
import type { Journal } from './journal.ts';
import { withoutStack } from './lines.ts';
import { gist } from './words.ts';

export interface Setting {
  stack: string;
  backend: Backend;
}

/** The engine's own standard error, where `error` is a failed call of it. */
export function engineStderr(error: unknown): string | undefined {
  // Told by its shape: importing the Automation API for `instanceof` would cost a command that needs no engine 0.2 s.
  return (error as { commandResult?: { stderr?: string } } | undefined)?.commandResult?.stderr;
}

/** A UserError for a failure that is known; the error itself otherwise. */
export function explain(error: unknown, setting: Setting, journal?: Journal): unknown {
  const stderr = engineStderr(error);
  if (stderr === undefined) return error;
  const { stack, backend } = setting;
  if (/incorrect passphrase/.test(stderr)) {
    const tried =
      backend.passphrase.from === 'generated'
        ? `the one in ${backend.passphrase.file}`
        : 'the one in PULUMI_CONFIG_PASSPHRASE';
    return UserError.of(
      'wrong-passphrase',
      '',
      `stack ${stack} in ${backend.url} was made with another passphrase than ${tried}`,
      backend.passphrase.from === 'generated'
        ? 'set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the passphrase it was made with'
        : 'set the passphrase it was made with, or unset the variable if calispray made the stack with a passphrase of its own',
    );
  }
  if (/passphrase must be set/.test(stderr)) {
    return UserError.of(
      'no-passphrase',
      '',
      `the secrets of stack ${stack} are kept with a passphrase, and none is set`,
      'set PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it, or PULUMI_CONFIG_PASSPHRASE',
    );
  }
  if (
    /could not open url|PULUMI_ACCESS_TOKEN must be set|unable to check if bucket|no such host|connection refused/.test(
      stderr,
    ) &&
    !journal
  ) {
    return UserError.of(
      'backend-unreachable',
      '',
      `the backend ${backend.url} cannot be used: ${lastError(stderr)}`,
      'check PULUMI_BACKEND_URL and what it needs to log in, or unset it to use a local file backend',
    );
  }
  // Told from what a node says of its own disk by who says it: the engine at its end, or a step that could not save its snapshot.
  const unwritable =
    /\b(no space left on device|read-only file system)\b/.exec(stderr) ??
    firstMatch(journal, /snapshot.*(no space left on device|read-only file system)/);
  if (unwritable && backend.url.startsWith('file:')) {
    return UserError.of(
      'state-unwritable',
      '',
      `the state of stack ${stack} cannot be written to ${backend.url}: ${unwritable[1]}`,
      'make room or the file system writable, and run the same command again, which goes on where this one stopped',
    );
  }
  const plugin = /no (\w+) plugin '([^']+)'/.exec(stderr) ?? firstMatch(journal, /no (\w+) plugin '([^']+)'/);
  if (plugin !== undefined && plugin !== null) {
    return UserError.of(
      'no-plugin',
      '',
      `the engine has no ${plugin[1]} plugin ${plugin[2]}`,
      'run `npm run setup -- --check`, which says what is missing and where it comes from',
    );
  }
  const unreachable = (journal?.diagnostics ?? []).some((d) => /Kubernetes cluster is unreachable/i.test(d.message));
  if (unreachable) {
    return UserError.of(
      'cluster-unreachable',
      '',
      `the API server that the kubeconfig of stack ${stack} names does not answer`,
      'see on the first control-plane node whether kube-apiserver runs; what was carried out until here is in the state',
    );
  }
  const errors = (journal?.diagnostics ?? []).filter((d) => d.severity === 'error');
  // A diagnostic was printed when it came; here it only decides whose mistake it is.
  if (errors.some((d) => /^Unhandled exception: /.test(d.message) && !/\bUserError: /.test(d.message))) {
    return new Error(`the program failed: ${errors.map((d) => d.message).join('\n')}`);
  }
  const said = errors.map((d) => gist(withoutStack(d.message))).filter((line) => line !== '');
  return UserError.of(
    'engine-failed',
    '',
    said[0] ?? lastError(stderr),
    'what went wrong is above; mend it and run the same command again, which goes on where this one stopped',
  );
}

function firstMatch(journal: Journal | undefined, shape: RegExp): RegExpExecArray | undefined {
  for (const { message } of journal?.diagnostics ?? []) {
    const match = shape.exec(message);
    if (match !== null) return match;
  }
  return undefined;
}

/** The last `error: …` of the engine, or its last line. */
function lastError(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return (
    lines.findLast((line) => line.startsWith('error: ')) ??
    lines.at(-1) ??
    'the engine ended without a word: something killed it (memory, perhaps)'
  ).replace(/^error: /, '');
}
