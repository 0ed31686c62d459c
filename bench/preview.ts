import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseDocument } from 'yaml';
import { chooseBackend } from '../cli/engine/backend.ts';
import { openSession, type Session } from '../cli/engine/session.ts';
import { findProject, packageDir, readStack } from '../cli/project.ts';
import { bringTools } from '../cli/tools.ts';
import { median, row, wallOf } from './measure.ts';

const ROUNDS = 7;

/**
 * The three-node stack against an empty program, with and without the pack, and against itself without policies and expectations: taken in
 * turns, so that what else the machine does falls on all of them alike. The figures are medians.
 */
export async function benchPreview(): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-bench-'));
  process.env.CALISPRAY_STATE = join(dir, 'state');
  const noPack = join(dir, 'no-pack');
  try {
    const empty = await open(emptyProject(join(dir, 'empty')), 'empty');
    const bare = await open(emptyProject(join(dir, 'bare')), 'bare', noPack);
    const cluster = await open(packageDir, 'dev');
    const [judged, unjudged] = [
      await open(devProject(join(dir, 'judged')), 'dev'),
      await open(devProject(join(dir, 'open'), expected), 'dev'),
    ];
    const sessions = { empty, bare, cluster, judged, unjudged };
    const taken: Record<keyof typeof sessions, number[]> = {
      empty: [],
      bare: [],
      cluster: [],
      judged: [],
      unjudged: [],
    };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, session] of Object.entries(sessions)) {
        const seconds = await wallOf(() => session.preview());
        if (round > 0) taken[name as keyof typeof taken].push(seconds);
      }
    }
    const [withPack, noPackAtAll, ours] = [median(taken.empty), median(taken.bare), median(taken.cluster)];
    process.stdout.write(
      `preview, median of ${ROUNDS}: empty program ${noPackAtAll.toFixed(2)} s, with the pack ${withPack.toFixed(2)} s, three nodes with the pack ${ours.toFixed(2)} s\n`,
    );
    const ratio = row('three nodes with the pack / empty program with the pack', ours / withPack, '', 1.5);
    const pack = row('the pack itself (empty with it, less empty without it)', withPack - noPackAtAll, 's', 0.7);
    // Taken one right after the other: what else the machine does falls on both alike.
    const more = taken.judged.map((seconds, i) => (seconds - (taken.unjudged[i] ?? seconds)) * 1000);
    const share = row('policies and expectations (three nodes with them, less without)', median(more), 'ms', 100);
    return ratio && pack && share;
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

/** What of a stack says who reaches whom. */
const expected = ['policies', 'workloads', 'expect'];

/** The reference cluster in a folder of its own, without some of its fields. */
function devProject(dir: string, without: readonly string[] = []): string {
  mkdirSync(dir, { recursive: true });
  const document = parseDocument(readFileSync(join(packageDir, 'Pulumi.dev.yaml'), 'utf8'));
  for (const field of without) document.deleteIn(['config', 'calispray:cluster', field]);
  writeFileSync(join(dir, 'Pulumi.yaml'), `name: ${dir.split('/').at(-1)}\nruntime: nodejs\nmain: index.ts\n`);
  writeFileSync(join(dir, 'Pulumi.dev.yaml'), String(document));
  writeFileSync(
    join(dir, 'index.ts'),
    `export { default } from '${pathToFileURL(join(packageDir, 'index.ts')).href}';\n`,
  );
  return dir;
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
