import { randomBytes } from 'node:crypto';
import { diffProperties, formatPath } from '../diff.ts';
import { type PropertyMap, unknown } from '../properties.ts';
import type { CheckRequest, DiffRequest, DiffResult, Provider, UpdateRequest } from '../provider.ts';
import { StepError } from '../provider.ts';
import { checkShared, text } from './inputs.ts';

const command = 'command:remote:Command';
const copyToRemote = 'command:remote:CopyToRemote';
const loggingModes = ['stdout', 'stderr', 'stdoutAndStderr', 'none'];

/**
 * The stand-in for `command` 1.2.1: remote commands and copies. SSH is loaded at the first step that dials, so a preview, which
 * dials nothing, does not pay for it.
 */
export function commandProvider(): Provider {
  const ssh = () => import('./run.ts');
  const copying = () => import('./copy.ts');

  return {
    name: 'command',
    version: '1.2.1',
    check,
    diff,
    async create({ type, name, inputs, preview, logger, signal }) {
      if (type === copyToRemote) {
        if (preview) return { id: '', outputs: inputs };
        await (await copying()).copyToRemote(inputs, logger, signal);
        return { id: randomBytes(4).toString('hex'), outputs: inputs };
      }
      const id = name + randomBytes(4).toString('hex');
      if (preview) return { id, outputs: { ...inputs, stdout: unknown, stderr: unknown } };
      const script = text(inputs.create);
      const result =
        script === undefined
          ? { stdout: '', stderr: '' }
          : await (await ssh()).runCommand(script, inputs, {}, logger, signal);
      return { id, outputs: { ...inputs, ...result } };
    },
    async update({ type, state, oldInputs, news, preview, logger, signal }: UpdateRequest) {
      if (type === copyToRemote) {
        if (preview || !needsCopy(oldInputs, news)) return news;
        await (await copying()).copyToRemote(news, logger, signal);
        return news;
      }
      const previous = { stdout: state.stdout ?? '', stderr: state.stderr ?? '' };
      const script = text(news.update) ?? text(news.create);
      if (preview || script === undefined) return { ...news, ...previous };
      const result = await (await ssh()).runCommand(script, news, previous, logger, signal);
      return { ...news, ...result };
    },
    async delete({ type, state, logger, signal }) {
      const script = type === command ? text(state.delete) : undefined;
      if (script === undefined) return;
      await (await ssh()).runCommand(script, state, state, logger, signal);
    },
    // What a command did is not visible from outside: as with the official provider, refresh believes the state.
    async read({ id, state, inputs }) {
      return { id, outputs: state, inputs };
    },
  };
}

function check({ type, news }: CheckRequest) {
  if (type === copyToRemote) return checkShared(news, ['connection', 'source', 'remotePath']);
  if (type !== command) throw new StepError(`the lab's stand-in for the command provider does not serve ${type}`);
  const { inputs, failures = [] } = checkShared(news, ['connection']);
  const logging = text(news.logging);
  if (logging === undefined || loggingModes.includes(logging)) return { inputs, failures };
  const reason = `${JSON.stringify(logging)} is none of ${loggingModes.join(', ')}`;
  return { inputs, failures: [...failures, { property: 'logging', reason }] };
}

/** A changed trigger replaces, always; every other change is an update in place. */
function diff({ oldInputs, news }: DiffRequest): DiffResult {
  const changes = diffProperties(oldInputs, news);
  const detailed = new Map(
    changes.map(({ path, kind }) => [formatPath(path), { kind, replace: path[0] === 'triggers' }] as const),
  );
  const replaces = [...detailed].filter(([, change]) => change.replace).map(([path]) => path);
  return { changed: changes.length > 0, replaces, detailed };
}

/** Only what is copied, or where to, makes a copy again: a changed connection alone does not. */
function needsCopy(before: PropertyMap, after: PropertyMap): boolean {
  return diffProperties(before, after).some(({ path }) => path[0] === 'source' || path[0] === 'remotePath');
}
