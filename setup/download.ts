/** Downloads one file and checks it against the vendor's own checksum file before anybody may use it. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../cluster/finding.ts';

/** The file cannot be had from this place now; another source may be tried. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** A connection that gives nothing for so long is given up. */
const silence = 60_000;

/**
 * Writes `address` to `file`. `checksums` is the address of the vendor's checksum file: lines of `<hex>  <name>`, or
 * the hex digits alone. Throws `Unavailable` when one of the two cannot be had whole, and a UserError `checksum-wrong`
 * when they do not fit: that is not a reason to look elsewhere, but to look into it.
 */
export async function download(address: string, checksums: string, file: string, signal?: AbortSignal): Promise<void> {
  const name = address.slice(address.lastIndexOf('/') + 1);
  const list = await text(checksums, signal);
  const wanted = checksumOf(list, name);
  if (wanted === undefined) throw new Unavailable(`${checksums} names no checksum for ${name}`);
  await fetchInto(address, file, signal);
  const found = await hashOf(file, wanted);
  if (found !== wanted) {
    throw UserError.of(
      'checksum-wrong',
      address,
      `${name} has the checksum ${found}, and ${checksums} says ${wanted}: it was not used.`,
      'Run it again; if it stays so, the mirror or something on the way to it changes files: ask who runs it.',
    );
  }
}

/** `./name`, `*name` and `dir/name` are ways in which checksum files write a name. */
function checksumOf(list: string, name: string): string | undefined {
  const lines = list.split('\n').map((line) => line.trim().split(/\s+/));
  const line = lines.find(([hex, of]) => isHex(hex) && of?.replace(/^\*/, '').split('/').at(-1) === name);
  const alone = lines.length <= 2 && lines[0]?.length === 1 ? lines[0] : undefined;
  const hex = (line ?? alone)?.[0]?.toLowerCase();
  return isHex(hex) ? hex : undefined;
}

function isHex(text: string | undefined): text is string {
  return text !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i.test(text);
}

/** The vendor chooses the algorithm: sha256 mostly, sha512, and sha1 for Pulumi's plugins (their publish workflow). */
async function hashOf(file: string, wanted: string): Promise<string> {
  const hash = createHash(wanted.length === 40 ? 'sha1' : wanted.length === 64 ? 'sha256' : 'sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function text(address: string, signal: AbortSignal | undefined): Promise<string> {
  return request(address, signal, async (body) => {
    let all = '';
    for await (const chunk of body.setEncoding('utf8')) all += chunk;
    return all;
  });
}

async function fetchInto(address: string, file: string, signal: AbortSignal | undefined): Promise<void> {
  await request(address, signal, (body) => pipeline(body, createWriteStream(file)));
}

/** Gives the body to `use`. Everything that goes wrong on the way is `Unavailable`, except our own interruption. */
async function request<T>(
  address: string,
  signal: AbortSignal | undefined,
  use: (body: Readable) => Promise<T>,
): Promise<T> {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), silence);
  const awake = new Transform({
    transform(chunk, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), silence);
      done(null, chunk);
    },
  });
  try {
    const response = await fetch(address, {
      signal: signal === undefined ? quiet.signal : AbortSignal.any([quiet.signal, signal]),
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Unavailable(`${address} answers ${response.status}`);
    }
    const source = Readable.fromWeb(response.body);
    source.once('error', (error) => awake.destroy(error));
    return await use(source.pipe(awake));
  } catch (error) {
    if (error instanceof Unavailable || signal?.aborted || isOurDisk(error)) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = quiet.signal.aborted ? `gave nothing for ${silence / 1000} s` : `broke off (${String(cause)})`;
    throw new Unavailable(`${address} ${reason}`);
  } finally {
    clearTimeout(timer);
  }
}

function isOurDisk(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'].includes(String(error.code))
  );
}
