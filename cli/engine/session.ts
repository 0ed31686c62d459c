/** One stack, opened: the engine with its backend, passphrase, plugins and policy pack, and what can be asked of it. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineEvent, PulumiFn, Stack } from '@pulumi/pulumi/automation/index.js';
import { UserError } from '../../cluster/finding.ts';
import type { Levels } from '../../policies/levels.ts';
import { versions } from '../../setup/versions.ts';
import { stateDir } from '../places.ts';
import { type Project, packageDir, type StackFile } from '../project.ts';
import { Interrupted } from '../report.ts';
import type { Backend } from './backend.ts';
import { engineStderr, explain } from './faults.ts';
import { Journal, type Told } from './journal.ts';
import { describeLock, judgeLock, parseLocks } from './locks.ts';
import { passphraseEnv } from './passphrase.ts';
import { loadProgram } from './program.ts';
import { refuseInClear } from './secrets.ts';
import { interrupted, listen, stopIfInterrupted } from './signals.ts';
import { prepareWorkspace, workDirOf, writeLevels } from './workspace.ts';

/** What set-up found or made: the part of `Tools` that the engine needs. */
export interface EngineTools {
  engine: string;
  bin: string;
  providers: 'official' | 'stand-in';
  pulumiHome?: string;
}

export interface SessionOptions {
  project: Project;
  file: StackFile;
  backend: Backend;
  tools: EngineTools;
  /** Folder of the policy pack. Default: this package's own. One that does not exist: no pack, for the benchmark. */
  pack?: string;
  /** Levels of the pack's rules for this stack: `calispray:policy`, checked. Default: the rules' own. */
  levels?: Levels;
  /** What it does beside its result: a lock lifted, a wait. */
  say: (line: string) => void;
}

export type Telling = (told: Told) => void;

export interface Session {
  preview(tell?: Telling): Promise<Journal>;
  /** `carriedOut`: the controller has a record of this cluster, so that a state without one was lost. */
  up(tell?: Telling, carriedOut?: boolean): Promise<Journal>;
  refresh(tell?: Telling): Promise<Journal>;
  destroy(tell?: Telling): Promise<Journal>;
  /** Lifts whatever locks there are. */
  cancel(): Promise<void>;
}

/** Whether the provider may take over an object that exists: see pick-up.ts. */
const UPSERT = 'PULUMI_K8S_UPSERT_EXISTING_OBJECTS';

/**
 * How many resources the engine works at, at a time. Each is a login of its own, and the controller gets most of them, a jump host all:
 * sshd begins to cut off logins at the tenth on its way (MaxStartups). The engine's own measure is four for each processor.
 */
const AT_A_TIME = 8;

/** How long an engine that outlived its `calispray` is waited for, in seconds. */
const ENDING_SECONDS = 60;

/** @throws UserError for a wrong passphrase, a backend that cannot be had, a missing plugin */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { project, file, backend, tools, say } = options;
  const pack = options.pack ?? join(packageDir, 'policies');
  refuseInClear(file.config);
  listen();
  // Read while the engine selects the stack. Another's program may ask for its configuration as it is loaded: it waits until there is one.
  const load = () => loadProgram(project);
  const loading = project.dir === packageDir ? load() : undefined;
  loading?.catch(() => {});
  const [{ LocalWorkspace }, { engineCommand }, { quietSdk }, { quickText }] = await Promise.all([
    import('@pulumi/pulumi/automation/index.js'),
    import('./command.ts'),
    import('./quiet-sdk.ts'),
    import('../../policies/wire.ts'),
  ]);
  quietSdk();
  quickText();
  if (backend.url.startsWith('file:///')) mkdirSync(fileURLToPath(backend.url), { recursive: true, mode: 0o700 });
  const workDir = prepareWorkspace(workDirOf(backend, project, file), project, file, backend.url, say);
  const env = await engineEnv(options);
  // A mistake found by the program itself is worth more than the engine's report of it.
  let mistake: unknown;
  const program: PulumiFn = async () => {
    try {
      const { default: declare } = await (loading ?? load());
      return await declare();
    } catch (error) {
      mistake = error;
      throw error;
    }
  };
  const setting = { stack: file.stack, backend };
  const pulumiCommand = engineCommand(tools.engine, versions.pulumi, env);
  let stack: Stack;
  try {
    stack = await LocalWorkspace.createOrSelectStack(
      { stackName: file.stack, projectName: project.name, program },
      { workDir, pulumiCommand },
    );
  } catch (error) {
    stopIfInterrupted();
    throw explain(error, setting);
  }

  // After an operation the Automation API asks the engine three times more, for outputs and history, which the events have told.
  stack.outputs = async () => ({});
  stack.info = async () => undefined;
  // The API would have the secrets decrypted, for which the engine works a third of a second at the passphrase.
  stack.exportStack = async () =>
    JSON.parse((await pulumiCommand.run(['stack', 'export', '--stack', file.stack], workDir, {})).stdout);

  async function run(tell: Telling | undefined, begin: (onEvent: (e: EngineEvent) => void) => Promise<unknown>) {
    const deadline = performance.now() + ENDING_SECONDS * 1000;
    for (let lifted = false; ; ) {
      stopIfInterrupted();
      mistake = undefined;
      const journal = new Journal(tell);
      const standIns = await standInsFor(tools, env);
      try {
        await begin((event) => journal.take(event));
        return journal;
      } catch (error) {
        if (interrupted()) throw new Interrupted();
        if (journal.mandatory().length > 0) return journal;
        const stderr = engineStderr(error);
        const locks = stderr === undefined ? [] : parseLocks(stderr);
        if (locks.length === 0) throw mistake instanceof UserError ? mistake : explain(error, setting, journal);
        const next = await settle(locks, lifted, deadline);
        lifted ||= next === 'lifted';
      } finally {
        await standIns?.close();
      }
    }
  }

  /** Lifts dead locks, waits for ending ones, and refuses where somebody is at work. */
  async function settle(locks: ReturnType<typeof parseLocks>, lifted: boolean, deadline: number) {
    const held = locks.map((lock) => ({ lock, holder: judgeLock(lock) }));
    const working = held.find(({ holder }) => holder === 'alive' || holder === 'elsewhere');
    if (working !== undefined || lifted || (held.some((h) => h.holder === 'ending') && performance.now() > deadline)) {
      const { lock, holder } = working ?? (held[0] as (typeof held)[number]);
      const where =
        holder === 'elsewhere' ? 'on another machine, so only you can know whether it still runs' : 'and it is at work';
      throw UserError.of(
        'locked',
        '',
        `stack ${file.stack} is locked by ${describeLock(lock)}, ${where}`,
        `wait for it, or, if it is known to be over, run \`npx calispray unlock --stack ${file.stack}\``,
      );
    }
    if (held.some((h) => h.holder === 'ending')) {
      say(`Waiting for ${describeLock(locks[0] as (typeof locks)[number])}: its calispray is gone and it is ending.`);
      await new Promise((resume) => setTimeout(resume, 1000));
      return 'waited' as const;
    }
    for (const { lock } of held) say(`Lifting the lock of ${describeLock(lock)}: that process is gone.`);
    // The very files that were judged, so that a lock taken this instant by another run stays; elsewhere only the engine can.
    if (locks.every((lock) => lock.url.startsWith('file:///'))) {
      for (const lock of locks) rmSync(fileURLToPath(lock.url), { force: true });
    } else {
      await stack.cancel();
    }
    return 'lifted' as const;
  }

  const policyPacks = existsSync(pack) ? [pack] : [];
  const { levels } = options;
  const judging = {
    policyPacks,
    ...(levels === undefined ? {} : { policyPackConfigs: policyPacks.map(() => writeLevels(workDir, levels)) }),
  };
  const carrying = { color: 'never', showSecrets: false, parallel: AT_A_TIME } as const;
  // Told to components/inventory.ts: where the pack judges, it does not, and the pack's report shows every finding.
  process.env.CALISPRAY_PACK = policyPacks.length > 0 ? '1' : '0';
  return {
    preview: (tell) => run(tell, (onEvent) => stack.preview({ onEvent, ...judging, color: 'never' })),
    async up(tell, carriedOut) {
      const { pickUp } = await import('./pick-up.ts');
      await pickUp(stack, env, say, carriedOut);
      return run(tell, (onEvent) => stack.up({ onEvent, ...judging, ...carrying }));
    },
    refresh: (tell) => run(tell, (onEvent) => stack.refresh({ onEvent, ...carrying })),
    destroy: (tell) => run(tell, (onEvent) => stack.destroy({ onEvent, ...carrying })),
    async cancel() {
      try {
        await stack.cancel();
      } catch (error) {
        throw explain(error, setting);
      }
    },
  };
}

/** Where the official plugins are not to be had, the lab's are served by this process for one run of the engine. */
async function standInsFor(tools: EngineTools, env: NodeJS.ProcessEnv) {
  if (tools.providers !== 'stand-in') return undefined;
  // A plugin of its own would get this from the engine. Served by this process it has a name of its own: the SDK, which runs
  // here as well, would write UPSERT into the provider's inputs, and the next run would find that changed.
  if (env[UPSERT] === undefined) delete process.env.CALISPRAY_UPSERT;
  else process.env.CALISPRAY_UPSERT = env[UPSERT];
  const { serveStandIns } = await import('../../lab/providers/in-process.ts');
  const standIns = await serveStandIns();
  env.PULUMI_DEBUG_PROVIDERS = standIns.PULUMI_DEBUG_PROVIDERS;
  return standIns;
}

/** The environment that the engine runs in: its backend, its passphrase, where its plugins are. */
export async function engineEnv({
  backend,
  tools,
}: Pick<SessionOptions, 'backend' | 'tools'>): Promise<NodeJS.ProcessEnv> {
  const standIns = tools.providers === 'stand-in';
  let home = tools.pulumiHome;
  if (standIns) {
    home = join(stateDir(), 'pulumi-home');
    const { installStandIns } = await import('../../lab/providers/install.ts');
    installStandIns(home, process.execPath);
  }
  // The pack's folder holds `pulumi-analyzer-policy-nodejs`, which starts it where the engine has no language host; that
  // script, and the stand-ins, run `node`: ours, whatever the user's is.
  const path = [
    dirname(process.execPath),
    tools.bin,
    dirname(tools.engine),
    join(packageDir, 'policies'),
    process.env.PATH,
  ];
  return {
    ...process.env,
    PATH: path.filter((part) => part).join(delimiter),
    PULUMI_BACKEND_URL: backend.url,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    ...(home === undefined ? {} : { PULUMI_HOME: home }),
    ...(standIns ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true' } : {}),
    ...passphraseEnv(backend.passphrase),
  };
}
