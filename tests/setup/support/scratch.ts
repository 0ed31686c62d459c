/** Folders, servers and parts for the tests of this room. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Offer, PartSpec, Work, World } from '../../../setup/part.ts';
import { Vendors } from '../../../setup/vendors.ts';

/** A folder that is taken away when `use` has ended. */
export async function inScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'calispray-setup-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A server on loopback while `use` runs; it gets the base address. */
export async function withServer<T>(answer: RequestListener, use: (base: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

/** Serves these paths and 404 for all others; notes what was asked for. */
export function files(contents: Readonly<Record<string, string | Buffer>>, asked: string[] = []): RequestListener {
  return (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const content = contents[request.url ?? ''];
    if (content === undefined) response.writeHead(404).end('not here');
    else response.end(content);
  };
}

export const sum = (algorithm: string, content: string | Buffer): string =>
  createHash(algorithm).update(content).digest('hex');

/** A tar.gz of the file `path` with this content, made executable. */
export function archive(folder: string, path: string, content: string): Buffer {
  const script =
    'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1" && chmod 755 "$1" && tar -czf archive.tar.gz "$1"';
  execFileSync('sh', ['-c', script, 'sh', path, content], { cwd: folder });
  return readFileSync(join(folder, 'archive.tar.gz'));
}

/** An address on loopback where nobody listens: its server is gone. */
export async function nobody(): Promise<string> {
  return withServer(
    () => {},
    async (base) => base,
  );
}

/** A world in which no vendor answers and PATH has only the system's programs. */
export async function worldIn(cache: string, environment: NodeJS.ProcessEnv = {}): Promise<World> {
  const dead = await nobody();
  const all = {
    PATH: '/usr/bin:/bin',
    HOME: cache,
    CALISPRAY_DOWNLOAD_PULUMI: dead,
    CALISPRAY_DOWNLOAD_KUBERNETES: dead,
    CALISPRAY_DOWNLOAD_ETCD: dead,
    ...environment,
  };
  return { cache, environment: all, vendors: new Vendors({ environment: all }) };
}

/** A part that is made by `take`. */
export function part(name: PartSpec['name'], take: (work: Work) => Promise<void>, more: Partial<Offer> = {}): PartSpec {
  const offer: Offer = { says: `make ${name}`, lane: 'network', seconds: 1, mebibytes: 1, take, ...more };
  return { name, title: name, version: '1', inputs: [name], sources: [async () => offer] };
}

/** For `ensure`: shows nothing. */
export async function silently(steps: readonly { readonly done: Promise<string> }[]): Promise<void> {
  await Promise.all(steps.map(({ done }) => done));
}
