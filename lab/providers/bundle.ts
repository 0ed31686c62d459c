import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Loaded at the first host or cluster that is dialled, and not in a preview: they stay out of the file that starts. */
const lazily = ['ssh2', '@kubernetes/client-node', 'yaml'];

/**
 * The stand-ins made into one file each, since a preview starts both and loading is most of what a start takes. Made when
 * there is none of these sources yet, and kept in node_modules, where `npm ci` takes it away with what it was made from.
 * Returns the folder of `command.mjs` and `kubernetes.mjs`; undefined where none can be made: the sources run as they are.
 */
export function bundleStandIns(): string | undefined {
  const folder = join(root, 'node_modules', '.cache', 'calispray', `stand-ins-${digestOfSources()}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}.partial`;
  try {
    mkdirSync(partial, { recursive: true });
    // Half a tenth of a second to load, so only when there is something to make.
    const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
    buildSync({
      entryPoints: { command: join(here, 'command/main.ts'), kubernetes: join(here, 'kubernetes/main.ts') },
      outdir: partial,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node22',
      external: lazily.flatMap((name) => [name, `${name}/*`]),
      banner: { js: "import { createRequire as _r } from 'node:module'; const require = _r(import.meta.url);" },
      logLevel: 'silent',
    });
    renameSync(partial, folder);
    return folder;
  } catch {
    rmSync(partial, { recursive: true, force: true });
    return existsSync(folder) ? folder : undefined;
  }
}

function digestOfSources(): string {
  const digest = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const file of globSync('**/*.ts', { cwd: here }).sort()) {
    const { size, mtimeMs } = statSync(join(here, file));
    digest.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return digest.digest('hex').slice(0, 16);
}
