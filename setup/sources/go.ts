/** Programs built from their pinned Go module. go.sum says what each module's files must be. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../cluster/finding.ts';
import { type CommandResult, lastLines } from '../command.ts';
import type { Offer, Part, Refusal, Source, Work } from '../part.ts';
import { recipeFile } from '../paths.ts';
import { which } from '../which.ts';

export interface GoProgram {
  /** Folder of go.mod below setup/go. */
  readonly module: string;
  readonly package: string;
  /** Name of the program in `bin/`. */
  readonly program: string;
  /** Variables set by the linker: `import/path.Name` to value. */
  readonly stamps?: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly mebibytes: number;
  readonly after?: readonly Part[];
}

/** Flags that take the builder's paths and working tree out of the program. */
const flags = ['-trimpath', '-buildvcs=false'];

export function goModule(program: GoProgram): Source {
  return async ({ environment }) => {
    const go = await findGo(environment, program.module);
    if (typeof go !== 'string') return go;
    return {
      says: `build ${program.package} from its Go module`,
      lane: 'go',
      seconds: program.seconds,
      mebibytes: program.mebibytes,
      ...(program.after === undefined ? {} : { after: program.after }),
      take: (work) => build(go, program, work),
    } satisfies Offer;
  };
}

/** What decides the outcome of a Go build, for the digest of the recipe. */
export function goInputs({ module, package: path, stamps = {} }: Omit<GoProgram, 'seconds' | 'mebibytes' | 'program'>) {
  return [recipeFile(`go/${module}/go.mod`), recipeFile(`go/${module}/go.sum`), path, ...flags, ...linker(stamps)];
}

/**
 * Absolute path of a Go that can build the module in setup/go. `/usr/local/go/bin` is where Go's own installation guide
 * puts it: `sudo` takes that out of PATH.
 */
export async function findGo(
  environment: NodeJS.ProcessEnv,
  module: string,
  usual = '/usr/local/go/bin',
): Promise<string | Refusal> {
  const wanted = /^go (\d+\.\d+(?:\.\d+)?)$/m.exec(recipeFile(`go/${module}/go.mod`))?.[1] ?? '1.25';
  const go = which('go', { PATH: `${environment.PATH ?? ''}:${usual}` });
  const refusal = (message: string): Refusal => ({
    code: 'setup-no-go',
    message,
    hint: `Install Go >= 1.25 (${wanted} or newer is best) from https://go.dev/dl and put it on PATH.`,
  });
  if (go === undefined) return refusal('Go is missing, and this part has to be built.');
  const asked = await promisify(execFile)(go, ['env', 'GOVERSION', 'GOTOOLCHAIN'], { env: environment }).catch(
    (error: Error) => error,
  );
  if (asked instanceof Error) return refusal(`${go} does not run: ${lastLines(asked.message, 2)}.`);
  const [version = '', toolchain = ''] = asked.stdout.trim().split('\n');
  const enough = isAtLeast(version.replace(/^go/, ''), wanted);
  // A Go that may fetch a newer one for itself does so; `local` forbids it.
  const canFetch = !toolchain.startsWith('local') && isAtLeast(version.replace(/^go/, ''), '1.25');
  return enough || canFetch ? go : refusal(`${go} is ${version}, and ${wanted} or newer is needed.`);
}

function isAtLeast(version: string, wanted: string): boolean {
  const numbers = (text: string): number[] => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [have, want] = [numbers(version), numbers(wanted)];
  const at = [0, 1, 2].find((i) => have[i] !== undefined && (have[i] ?? 0) !== (want[i] ?? 0));
  return at === undefined || (have[at] ?? 0) > (want[at] ?? 0);
}

async function build(
  go: string,
  { module, package: path, program, stamps = {} }: GoProgram,
  work: Work,
): Promise<void> {
  mkdirSync(join(work.into, 'bin'));
  const out = join(work.into, 'bin', program);
  const result = await runGo(work, go, module, [
    'build',
    ...flags,
    '-ldflags',
    linker(stamps).join(' '),
    '-o',
    out,
    path,
  ]);
  if (!result.ok) throw goFailure(path, work, result);
}

function linker(stamps: Readonly<Record<string, string>>): string[] {
  return ['-s', '-w', ...Object.entries(stamps).map(([name, value]) => `-X ${name}=${value}`)];
}

/** The user's own Go settings stay in force: proxy, caches, private modules. */
export function runGo(work: Work, go: string, module: string, args: readonly string[]): Promise<CommandResult> {
  const directory = join(import.meta.dirname, '..', 'go', module);
  return work.run([go, ...args], { directory, environment: { CGO_ENABLED: '0', GOWORK: 'off' } });
}

/** One sentence for the usual ways in which Go fails. */
export function goFailure(what: string, { log }: Pick<Work, 'log'>, { output }: CommandResult): UserError {
  if (/SECURITY ERROR|checksum mismatch/.test(output)) {
    return UserError.of(
      'checksum-wrong',
      what,
      `A Go module is not what go.sum says: ${lastLines(output, 3)}`,
      'Something between you and the Go module proxy changes files: ask who runs it. Nothing was used.',
    );
  }
  if (/no space left on device/.test(output)) return diskFull(what);
  if (
    /dial tcp|no such host|i\/o timeout|connection refused|Forbidden|Bad Gateway|TLS handshake|proxyconnect/.test(
      output,
    )
  ) {
    return UserError.of(
      'setup-registry-refused',
      what,
      `The Go module proxy did not give what ${what} needs: ${lastLines(output, 2)}`,
      'Look at `go env GOPROXY`; what was fetched so far is kept, so run it again when the proxy answers.',
    );
  }
  return UserError.of(
    'setup-build-failed',
    what,
    `go could not build ${what}: ${lastLines(output)}`,
    `All of it is in ${log}.`,
  );
}

export function diskFull(what: string): UserError {
  return UserError.of(
    'setup-no-disk',
    what,
    'The disk is full.',
    'Make room, or name a folder on a larger disk in CALISPRAY_CACHE (Go keeps its own cache: `go env GOCACHE`).',
  );
}
