import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The official versions whose place the stand-ins take: the engine asks for exactly these, as the SDKs in package.json do. */
const plugins = [
  { name: 'command', version: '1.2.1' },
  { name: 'kubernetes', version: '4.32.0' },
] as const;

/**
 * Puts the stand-ins where an engine with this PULUMI_HOME looks for plugins. `node` is the absolute path of a Node that runs
 * TypeScript as it is (>= 22.18). Does nothing where they already are; each file appears whole or not at all.
 */
export function installStandIns(pulumiHome: string, node: string): void {
  keepNoLog(pulumiHome);
  for (const { name, version } of plugins) {
    const file = join(pulumiHome, 'plugins', `resource-${name}-v${version}`, `pulumi-resource-${name}`);
    const main = fileURLToPath(new URL(`./${name}/main.ts`, import.meta.url));
    // What Node compiled of them is kept: they start in two thirds of the time.
    const compiled = `NODE_COMPILE_CACHE=${quote(join(pulumiHome, 'stand-ins-compiled'))}`;
    const script = `#!/bin/sh\n${compiled} exec ${quote(node)} ${quote(main)} "$@"\n`;
    if (existsSync(file) && readFileSync(file, 'utf8') === script) continue;
    mkdirSync(dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}.partial`;
    writeFileSync(partial, script);
    chmodSync(partial, 0o755);
    renameSync(partial, file);
  }
}

/**
 * The engine (3.259.0 pkg/logging/encrypted.go) writes what it would say at its most verbose into `logs/`, each property
 * each time that it passes, and has no setting against it: 0.13 s of CPU in a preview of three nodes. Where it cannot make
 * the folder it goes without. A user's own PULUMI_HOME is left as it is, and so is a folder that is there.
 */
function keepNoLog(pulumiHome: string): void {
  mkdirSync(pulumiHome, { recursive: true });
  const text = 'With a folder of this name in place of this file, the engine keeps its log of each run there.\n';
  try {
    writeFileSync(join(pulumiHome, 'logs'), text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
