import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../cli/project.ts';
import { type Cost, cost } from './measure.ts';

/** Runs a command of calispray on a lab that is there for one benchmark. */
export type OnLab = (...words: string[]) => Promise<Cost>;

/** A lab of its own with a state of its own, both gone at the end. @throws Error with all it said where a command fails */
export async function withOwnLab<T>(use: (calispray: OnLab) => Promise<T>): Promise<T> {
  const state = mkdtempSync(join(tmpdir(), 'calispray-bench-lab-'));
  const env = { ...process.env, CALISPRAY_STATE: state, CALISPRAY_LAB: 'bench' };
  const run = (words: readonly string[]) => cost([process.execPath, join(packageDir, 'cli/main.ts'), ...words], env);
  try {
    return await use(async (...words) => {
      const taken = await run(words);
      if (taken.code !== 0) throw new Error(`calispray ${words.join(' ')} ended with ${taken.code}:\n${taken.output}`);
      return taken;
    });
  } finally {
    await run(['down']);
    rmSync(state, { recursive: true, force: true });
  }
}
