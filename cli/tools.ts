/** What set-up brought, for the commands that need it. */
import type { Part, Tools } from '../setup/index.ts';

/** Which of the two sets a command needs: a preview of a real stack must not wait for the lab's image. */
export type Need = 'engine' | 'lab';

export const partsFor: Readonly<Record<Need, readonly Part[]>> = {
  engine: ['engine', 'providers'],
  lab: [
    'engine',
    'providers',
    'kube-apiserver',
    'kube-controller-manager',
    'etcd',
    'kubectl',
    'ansible',
    'debian',
    'base',
    'crds',
  ],
};

/** The tools, brought where they are missing. Inside the workstation's namespace the outer process hands its own on. */
export async function bringTools(need: Need): Promise<Tools> {
  const handed = process.env.CALISPRAY_TOOLS;
  if (handed !== undefined) return JSON.parse(handed) as Tools;
  const { ensureTools } = await import('../setup/index.ts');
  return ensureTools(partsFor[need]);
}
