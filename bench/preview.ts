import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chooseBackend } from '../cli/engine/backend.ts';
import { openSession, type Session } from '../cli/engine/session.ts';
import { findProject, packageDir, readStack } from '../cli/project.ts';
import { bringTools } from '../cli/tools.ts';
import { median, row, wallOf } from './measure.ts';

const ROUNDS = 7;

/**
 * The three-node stack against an empty program, with and without the pack: taken in turns, so that what else the machine
 * does falls on all of them alike. The figures are medians.
 */
export async function benchPreview(): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-bench-'));
  process.env.CALISPRAY_STATE = join(dir, 'state');
  const noPack = join(dir, 'no-pack');
  try {
    const empty = await open(emptyProject(join(dir, 'empty')), 'empty');
    const bare = await open(emptyProject(join(dir, 'bare')), 'bare', noPack);
    const cluster = await open(packageDir, 'dev');
    const taken = { empty: [] as number[], bare: [] as number[], cluster: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, session] of Object.entries({ empty, bare, cluster })) {
        const seconds = await wallOf(() => session.preview());
        if (round > 0) taken[name as keyof typeof taken].push(seconds);
      }
    }
    const [withPack, without, ours] = [median(taken.empty), median(taken.bare), median(taken.cluster)];
    process.stdout.write(
      `preview, median of ${ROUNDS}: empty program ${without.toFixed(2)} s, with the pack ${withPack.toFixed(2)} s, three nodes with the pack ${ours.toFixed(2)} s\n`,
    );
    const ratio = row('three nodes with the pack / empty program with the pack', ours / withPack, '', 1.5);
    const pack = row('the pack itself (empty with it, less empty without it)', withPack - without, 's', 0.7);
    return ratio && pack;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function open(cwd: string, stack: string, pack?: string): Promise<Session> {
  const project = findProject(cwd);
  const tools = await bringTools('engine');
  const backend = chooseBackend({ stack, labUp: false });
  return openSession({ project, file: readStack(project, stack), backend, tools, pack, say: () => {} });
}

function emptyProject(dir: string): string {
  mkdirSync(dir, { recursive: true });
  const stack = dir.split('/').at(-1);
  writeFileSync(join(dir, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\nmain: index.ts\n');
  writeFileSync(join(dir, `Pulumi.${stack}.yaml`), 'config: {}\n');
  writeFileSync(
    join(dir, 'index.ts'),
    `import '${pathToFileURL(join(packageDir, 'node_modules/@pulumi/pulumi/index.js')).href}';\nexport default async () => ({});\n`,
  );
  return dir;
}
