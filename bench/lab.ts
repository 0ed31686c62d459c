import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../cli/project.ts';
import { type Cost, cost, row } from './measure.ts';

/** The lab from nothing: hosts up, everything applied, and a start that finds everything. On a lab of its own. */
export async function benchLab(): Promise<boolean> {
  const state = mkdtempSync(join(tmpdir(), 'calispray-bench-lab-'));
  const env = { ...process.env, CALISPRAY_STATE: state, CALISPRAY_LAB: 'bench' };
  const calispray = async (...words: string[]): Promise<Cost> => {
    const taken = await cost([process.execPath, join(packageDir, 'cli/main.ts'), ...words], env);
    if (taken.code !== 0) throw new Error(`calispray ${words.join(' ')} ended with ${taken.code}:\n${taken.output}`);
    return taken;
  };
  try {
    const hosts = await calispray('lab', 'up');
    const applied = await calispray('start');
    const again = await calispray('start');
    const verified = await calispray('verify');
    const rows = [
      row('three nodes up', hosts.wall, 's', 8),
      row('from three bare nodes to all resources applied', applied.wall, 's', 60),
      row('a start with nothing to do', again.cpu, 's CPU', 10),
      row('verify on three nodes', verified.wall, 's', 20),
    ];
    process.stdout.write(`      a start with nothing to do took ${again.wall.toFixed(2)} s of wall time\n`);
    return rows.every(Boolean);
  } finally {
    await cost([process.execPath, join(packageDir, 'cli/main.ts'), 'down'], env);
    rmSync(state, { recursive: true, force: true });
  }
}
