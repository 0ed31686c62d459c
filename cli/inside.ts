/** The lab's stack runs inside the workstation's network namespace: this process prepares the lab and starts itself again there. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../lab/index.ts';
import type { Tools } from '../setup/index.ts';
import { exitCodes } from './report.ts';

/** Runs `calispray` with `words` inside and gives its exit code back. */
export async function runInside(lab: Lab, tools: Tools, words: readonly string[]): Promise<number> {
  const { enterWorkstation } = await import('../lab/index.ts');
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = enterWorkstation(lab, [process.execPath, main, ...words], {
    ...inherited(),
    CALISPRAY_INSIDE: '1',
    CALISPRAY_PARENT: String(process.pid),
    CALISPRAY_LAB_DIR: lab.dir,
    CALISPRAY_LAB: lab.name,
    CALISPRAY_TOOLS: JSON.stringify(tools),
  });
  // A signal is the child's to act on; this process only waits for what it does about it.
  const ignore = () => {};
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ignore);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? exitCodes.interrupted : exitCodes.bug);
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Brings the tools and the lab, then runs `words` inside. */
export async function runInLab(words: readonly string[], say: (line: string) => void): Promise<number> {
  const { bringTools } = await import('./tools.ts');
  const tools = await bringTools('lab');
  const { labUp } = await import('../lab/index.ts');
  const { labName } = await import('./places.ts');
  const lab = await labUp(tools, { name: labName(), report: say });
  return runInside(lab, tools, words);
}
