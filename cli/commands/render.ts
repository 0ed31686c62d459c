/** `calispray render`: kubespray's inventory as files, for those who want to read it or run kubespray by hand. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCodes, terminal } from '../report.ts';
import { type SpecOptions, specified } from './check.ts';

export default async function render(options: SpecOptions & { out: string }): Promise<number> {
  const cluster = await specified(options);
  const { renderInventory } = await import('../../kubespray/index.ts');
  for (const [name, text] of Object.entries(renderInventory(cluster).files)) {
    const path = join(options.out, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    terminal.out(path);
  }
  return exitCodes.done;
}
