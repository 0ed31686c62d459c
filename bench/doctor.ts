import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../cli/project.ts';
import type { Report } from '../kubespray/doctor/index.ts';
import { Farm } from '../tests/support/farm/index.ts';
import { median, row, wallOf } from './measure.ts';
import { withOwnLab } from './own-lab.ts';

const ROUNDS = 5;

/** `calispray doctor` on a lab with everything applied, and what twenty nodes take against three. Both need root. */
export async function benchDoctor(): Promise<boolean> {
  if (process.getuid?.() !== 0) {
    process.stdout.write('      the doctor needs a lab and twenty real sshds, so root; it was left out\n');
    return true;
  }
  const rows = [await onLab(), await onFarm()];
  return rows.every(Boolean);
}

async function onLab(): Promise<boolean> {
  return withOwnLab(async (calispray) => {
    await calispray('start');
    const taken: number[] = [];
    for (let round = 0; round < ROUNDS; round++) taken.push((await calispray('doctor')).wall);
    return row('doctor on a lab of three nodes, nothing found', median(taken), 's', 10);
  });
}

/** Nodes without a cluster: what they are asked and every path between them is the same. In turns, as what else the machine does falls on both. */
async function onFarm(): Promise<boolean> {
  const farm = await Farm.start({ nodes: 20 });
  const dir = mkdtempSync(join(tmpdir(), 'calispray-bench-farm-'));
  try {
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\n');
    const taken = { three: [] as number[], twenty: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, nodes] of [
        ['three', 3],
        ['twenty', 20],
      ] as const) {
        const config = { 'calispray:cluster': farm.cluster({ nodes }) };
        writeFileSync(join(dir, `Pulumi.${name}.yaml`), JSON.stringify({ config }));
        taken[name].push(await asked(farm, dir, name));
      }
    }
    const [three, twenty] = [median(taken.three), median(taken.twenty)];
    process.stdout.write(
      `      doctor and real sshds, all on this machine: 3 nodes ${three.toFixed(2)} s, 20 nodes ${twenty.toFixed(2)} s\n`,
    );
    return row('doctor on 20 nodes / on 3', twenty / three, '', 3);
  } finally {
    rmSync(dir, { recursive: true, force: true });
    await farm.stop();
  }
}

/** Seconds of the whole command. */
async function asked(farm: Farm, dir: string, stack: string): Promise<number> {
  let [output, errors] = ['', ''];
  const seconds = await wallOf(async () => {
    const words = [join(packageDir, 'cli/main.ts'), '-C', dir, 'doctor', '--stack', stack, '--json'];
    const child = farm.enter([process.execPath, ...words]);
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (errors += chunk));
    child.stdin?.end();
    await once(child, 'close');
  });
  const { unknown = [] } = JSON.parse(output || '{}') as Partial<Report>;
  if (!errors.includes('Measured') || unknown.some(({ what }) => what.startsWith('node ')))
    throw new Error(errors + output);
  return seconds;
}
