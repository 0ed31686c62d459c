/** What set-up brought, for the commands that need it. */
import type { Tools } from '../setup/index.ts';

/** Which of the two sets a command needs: a preview of a real stack must not wait for the lab's image. */
export type Need = 'engine' | 'lab';

/** The tools, brought where they are missing. Inside the workstation's namespace the outer process hands its own on. */
export async function bringTools(need: Need): Promise<Tools> {
  const handed = process.env.CALISPRAY_TOOLS;
  if (handed !== undefined) return JSON.parse(handed) as Tools;
  const { ensureTools, partsFor } = await import('../setup/index.ts');
  return ensureTools(partsFor(need));
}
