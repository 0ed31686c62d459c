/** Many nodes that are only told of, for what grows with their number: see fake.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { specOf } from '../../../bench/pure.ts';
import { packageDir } from '../../../cli/project.ts';
import { makeKey } from '../../../lab/disk.ts';
import { freePort } from '../sshd.ts';

/** 127.1.0.1, 127.1.0.2 … */
export const addressOf = (number: number): string => `127.1.${number >> 8}.${number & 255}`;

export interface Served {
  readonly connections: number;
  /** How many of them at a time. */
  readonly most: number;
}

/** Calls `use` with the cluster, as a stack file has it, while its nodes are served by a process of their own. */
export async function withManyNodes(count: number, use: (cluster: object) => Promise<unknown>): Promise<Served> {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-many-'));
  const port = await freePort();
  const script = fileURLToPath(new URL('fake.ts', import.meta.url));
  const child = spawn(process.execPath, [script, String(count), String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? 'null');
  try {
    const keys: string[] = await next();
    writeFileSync(join(dir, 'key'), makeKey('many').private, { mode: 0o600 });
    await use(declared(keys, port, join(dir, 'key')));
    child.stdin.end();
    return await next();
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(dir, { recursive: true });
  }
}

function declared(keys: readonly string[], port: number, key: string): object {
  const node = (hostKey: string, at: number) => [
    `node${at + 1}`,
    {
      address: addressOf(at + 1),
      roles: at === 0 ? ['control-plane', 'etcd', 'worker'] : ['worker'],
      ssh: { hostKey },
    },
  ];
  return {
    apiVersion: 'calispray/v1',
    name: 'many',
    kubespray: { version: 'v2.31.0' },
    ssh: { user: 'root', key, port },
    nodes: Object.fromEntries(keys.map(node)),
    network: { nodes: '127.1.0.0/16', pods: '10.64.0.0/12', services: '10.233.0.0/18', encapsulation: 'none' },
    calico: { typha: {} },
  };
}

/** Makes a project folder with this checkout's program and a stack `many` of that many nodes; gives the folder. */
export function manyProject(folder: string, count: number): string {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(packageDir, 'Pulumi.yaml'), join(folder, 'Pulumi.yaml'));
  const program = pathToFileURL(join(packageDir, 'index.ts')).href;
  writeFileSync(join(folder, 'index.ts'), `export { default } from '${program}';\n`);
  const spec = specOf(count).replace(/^(?=.)/gm, '    ');
  writeFileSync(join(folder, 'Pulumi.many.yaml'), `config:\n  calispray:cluster:\n${spec}`);
  return folder;
}
