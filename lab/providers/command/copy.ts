import { readdirSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import type { SFTPWrapper, Stats } from 'ssh2';
import type { Logger } from '../engine.ts';
import { Archive, Asset, type PropertyMap, reveal } from '../properties.ts';
import { StepError } from '../provider.ts';
import { dial } from './dial.ts';
import { connectionOf, text } from './inputs.ts';

/**
 * Copies the inputs' source to their remotePath over SFTP. Where it lands is the official provider's rule (pulumi-command v1.2.1
 * provider/pkg/provider/remote/copyController.go): a folder goes into the remote folder under its own name, its contents alone where the
 * path ends in a slash; a file goes into an existing folder or becomes the path; missing parents are made.
 */
export async function copyToRemote(inputs: PropertyMap, logger: Logger, signal: AbortSignal): Promise<void> {
  const source = reveal(inputs.source);
  const destination = text(inputs.remotePath) ?? '';
  const session = await dial(connectionOf(inputs), logger, signal);
  const stop = () => session.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      session.client.sftp((error, channel) => (error ? reject(failed('start sftp', error)) : resolve(channel)));
    });
    const lost = new Promise<never>((_, reject) => {
      session.client.once('close', () =>
        reject(new StepError(signal.aborted ? 'the copy was cancelled' : 'the connection was lost during the copy')),
      );
    });
    await Promise.race([new Copy(sftp).copy(source, destination), lost]);
  } finally {
    signal.removeEventListener('abort', stop);
    session.close();
  }
}

class Copy {
  readonly #sftp: SFTPWrapper;

  constructor(sftp: SFTPWrapper) {
    this.#sftp = sftp;
  }

  async copy(source: unknown, destination: string): Promise<void> {
    if (source instanceof Asset && source.text !== undefined) return this.#copyText(source.text, destination);
    if (source instanceof Archive && source.assets !== undefined) return this.#copyAssets(source.assets, destination);
    if ((source instanceof Asset || source instanceof Archive) && source.path !== undefined) {
      return this.#copyPath(source.path, destination);
    }
    throw new StepError("the lab's stand-in copies local files, folders and text; it downloads nothing");
  }

  async #copyText(content: string, destination: string): Promise<void> {
    if ((await this.#stat(destination))?.isDirectory()) {
      throw new StepError(
        `remote path ${destination} is a directory; when using a text asset, remotePath must be a file path`,
      );
    }
    await this.#makeFolders(posix.dirname(destination));
    await this.#write(content, destination);
  }

  async #copyAssets(assets: Readonly<Record<string, Asset | Archive>>, destination: string): Promise<void> {
    const there = await this.#stat(destination);
    if (there !== undefined && !there.isDirectory()) {
      throw new StepError(
        `remote path ${destination} exists but is not a directory; cannot copy asset archive contents`,
      );
    }
    await this.#makeFolders(destination);
    for (const [name, asset] of Object.entries(assets)) {
      const target = posix.join(destination, name);
      if (asset instanceof Archive && asset.assets !== undefined) {
        await this.#copyAssets(asset.assets, target);
      } else if (asset.path !== undefined && statSync(asset.path).isDirectory()) {
        await this.#copyFolder(asset.path, target);
      } else {
        await this.#makeFolders(posix.dirname(target));
        if (asset instanceof Asset && asset.text !== undefined) await this.#write(asset.text, target);
        else await this.copy(asset, target);
      }
    }
  }

  async #copyPath(path: string, destination: string): Promise<void> {
    const local = statSync(path, { throwIfNoEntry: false });
    if (local === undefined) throw new StepError(`open ${path}: no such file or directory`);
    const there = await this.#stat(destination);
    if (local.isDirectory()) {
      const target = path.endsWith('/') ? destination : posix.join(destination, posix.basename(path));
      return this.#copyFolder(path, target);
    }
    if (there?.isDirectory()) return this.#put(path, posix.join(destination, posix.basename(path)));
    if (there === undefined) await this.#makeFolders(posix.dirname(destination));
    return this.#put(path, destination);
  }

  async #copyFolder(path: string, destination: string): Promise<void> {
    await this.#makeFolders(destination);
    for (const name of readdirSync(path).sort()) {
      const from = posix.join(path, name);
      const to = posix.join(destination, name);
      if (statSync(from).isDirectory()) await this.#copyFolder(from, to);
      else await this.#put(from, to);
    }
  }

  async #makeFolders(path: string): Promise<void> {
    const there = await this.#stat(path);
    if (there?.isDirectory()) return;
    if (there !== undefined) throw new StepError(`remote path ${path} exists but is not a directory`);
    const parent = posix.dirname(path);
    if (parent !== path) await this.#makeFolders(parent);
    try {
      await this.#call(`create remote directory ${path}`, (done) => this.#sftp.mkdir(path, done));
    } catch (error) {
      // Another copy, at the same time, may have made it.
      if (!(await this.#stat(path))?.isDirectory()) throw error;
    }
  }

  #stat(path: string): Promise<Stats | undefined> {
    return new Promise((resolve, reject) => {
      this.#sftp.stat(path, (error, stats) => {
        if (!error) resolve(stats);
        else if ((error as { code?: number }).code === noSuchFile) resolve(undefined);
        else reject(failed(`stat remote path ${path}`, error));
      });
    });
  }

  #write(content: string, path: string): Promise<void> {
    return this.#call(`write remote file ${path}`, (done) => this.#sftp.writeFile(path, Buffer.from(content), done));
  }

  /** Many requests under way at once, read from disk as they are sent: a large file never lies in memory whole. */
  #put(from: string, to: string): Promise<void> {
    return this.#call(`copy file ${from} to remote path ${to}`, (done) => this.#sftp.fastPut(from, to, done));
  }

  #call(what: string, run: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => run((error) => (error ? reject(failed(what, error)) : resolve())));
  }
}

/** SSH_FX_NO_SUCH_FILE */
const noSuchFile = 2;

function failed(what: string, error: Error): StepError {
  return new StepError(`failed to ${what}: ${error.message}`);
}
