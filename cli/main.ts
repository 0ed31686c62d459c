/** The commands of `calispray`. Each one's code is loaded when it is called, so that `--help` and a typing error answer at once. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { type Loaded, reachCommands } from './reach/command-line.ts';
import { reportError } from './report.ts';

/** Runs a command's file: its number is the exit code, what it throws is printed by `reportError`. */
function run(load: () => Promise<Loaded>) {
  return async (...given: unknown[]) => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals() as { json?: boolean };
    try {
      const loaded = await load();
      await leave(await loaded.default(options, ...command.processedArgs));
    } catch (error) {
      await leave(reportError(error, options.json === true));
    }
  };
}

/** Ends once all that was said is out: of what a pipe has not taken yet, `process.exit` would drop the rest. */
async function leave(code: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((out) => stream.write('', () => out()));
  }
  process.exit(code);
}

endWithParent();
keepCompiled();

const calispray = new Command('calispray')
  .description(
    'Declare a Calico-networked cluster that kubespray builds; prove it in preview, carry it out with Pulumi.',
  )
  .option('-C, --cwd <dir>', 'folder with Pulumi.yaml, the stack files and index.ts (default: this checkout)')
  .showHelpAfterError('(calispray --help lists the commands)')
  .showSuggestionAfterError();

const command = (name: string, description: string) => calispray.command(name).description(description);
const stackOption = [
  '--stack <name>',
  'stack: lab, dev, staging, prod, or a file Pulumi.<name>.yaml of your own',
] as const;
const jsonOption = ['--json', 'one JSON document on standard output; progress goes to standard error'] as const;

command('start', 'bring up the lab and the reference cluster on it, and show what is there')
  .option(...stackOption, 'lab')
  .action(run(() => import('./commands/start.ts')));
command('preview', 'say what would change and judge it; nothing is touched, no node is asked')
  .option(...stackOption, 'lab')
  .option(...jsonOption)
  .action(run(() => import('./commands/preview.ts')));
command('up', 'ask the nodes, preview, stop on a violation, then carry it out')
  .option(...stackOption, 'lab')
  .option(...jsonOption)
  .action(run(() => import('./commands/up.ts')));
command('plan', 'say step by step what carrying the stack out would do to the cluster; no node is asked')
  .option(...stackOption, 'lab')
  .option('--live', 'ask the nodes how the cluster is live, and say what differs from what was carried out')
  .option(...jsonOption)
  .action(run(() => import('./commands/plan.ts')));
command(
  'follow',
  'tell what the run at work on the controller does, or the last one, until it ends; Ctrl-C leaves it at work',
)
  .option(...stackOption, 'lab')
  .option('--run <run>', 'another run: its name or number')
  .option('--json', 'one JSON document a line: an event each')
  .action(run(() => import('./commands/follow.ts')));
command('runs', 'list what was carried out on the controller; of one run, its summary and the end of its log')
  .argument('[run]', 'name or number of a run')
  .option(...stackOption, 'lab')
  .option(...jsonOption)
  .action(run(() => import('./commands/runs.ts')));
command('down', 'destroy the stack; the cluster keeps running, but for the lab, which goes too')
  .option(...stackOption, 'lab')
  .option('--yes', 'do not ask (needed without a terminal, except for the lab)')
  .option(...jsonOption)
  .action(run(() => import('./commands/down.ts')));
command('reset', 'take the cluster off its nodes; all that is in it is lost')
  .option(...stackOption, 'lab')
  .option('--confirm <name>', 'name of the cluster, instead of typing it')
  .option(...jsonOption)
  .action(run(() => import('./commands/reset.ts')));
command('refresh', 'read what is really there into the state, and say where the cluster is not as it was carried out')
  .option(...stackOption, 'lab')
  .option(...jsonOption)
  .action(run(() => import('./commands/refresh.ts')));
command('status', 'show on one screen how the cluster is: nodes, versions, MTU, pools, BGP, policies, last run, drift')
  .option(...stackOption, 'lab')
  .option(...jsonOption)
  .action(run(() => import('./commands/status.ts')));
command('doctor', 'find out what is wrong with the cluster, why, and what mends it; nothing is changed')
  .option(...stackOption, 'lab')
  .option('--collect <file>', 'write what was asked to a file as well, without secrets')
  .option('--from <file>', 'judge such a file; no stack and no node is asked')
  .option(...jsonOption)
  .action(run(() => import('./commands/doctor.ts')));
command('verify', 'prove on the nodes that pods, Services, names and policies work as the stack says')
  .option(...stackOption, 'lab')
  .option('--only <check...>', 'these checks alone: a name, or a group of them (routes, routes/NODE)')
  .option('--junit <file>', 'write the results as JUnit')
  .option(...jsonOption)
  .action(run(() => import('./commands/verify.ts')));
command('unlock', 'lift the lock of a run that is known to be over')
  .option(...stackOption, 'lab')
  .option('--force', 'lift it although its process is alive, or ran on another machine')
  .action(run(() => import('./commands/unlock.ts')));
command('check', 'judge the configuration without the engine, in a fraction of a second')
  .option(...stackOption)
  .option('--spec <file>', 'a file that holds just the cluster')
  .option(...jsonOption)
  .action(run(() => import('./commands/check.ts')));
command('show', 'show the cluster with everything resolved: versions, MTU, modes, room for pods, ports to open')
  .option(...stackOption)
  .option('--spec <file>', 'a file that holds just the cluster')
  .option(...jsonOption)
  .action(run(() => import('./commands/show.ts')));
command('render', "write kubespray's inventory and group_vars into a folder")
  .option(...stackOption)
  .option('--spec <file>', 'a file that holds just the cluster')
  .requiredOption('--out <dir>', 'folder to write; it is made if it is not there')
  .option(...jsonOption)
  .action(run(() => import('./commands/render.ts')));
command('import', 'make a stack file of an inventory that kubespray has been run with, and say what was wrong in it')
  .argument('<dir>', 'folder of the inventory (kubespray: inventory/NAME), or its hosts.yaml or inventory.ini')
  .option('--out <file>', 'file to write that holds just the cluster, for --spec (default: print it)')
  .option('--stack <name>', 'write Pulumi.<name>.yaml instead')
  .option('--name <name>', 'name of the cluster, where the inventory has none that will do')
  .option('--kubespray <tag>', 'release that the cluster was built with (default: the newest)')
  .option('--force', 'overwrite a file that is there')
  .option(...jsonOption)
  .action(run(() => import('./commands/import.ts')));
command('levels', "print the levels of the stack's rules as JSON, for the official CLI's --policy-pack-config")
  .option(...stackOption, 'lab')
  .action(run(() => import('./commands/levels.ts')));
command('keyscan', "fetch the nodes' host keys, show their fingerprints, and write them into the stack's file")
  .option(...stackOption, 'dev')
  .option('--yes', 'write without asking')
  .action(run(() => import('./commands/keyscan.ts')));

reachCommands(command, run);

// What follows `lab shell NODE` is the words of a command of its own: none of them is an option of ours, `-C` neither.
if (process.argv.some((word, at) => word === 'lab' && process.argv[at + 1] === 'shell'))
  calispray.enablePositionalOptions();
const lab = command('lab', 'the three hosts on this machine, by themselves').enablePositionalOptions();
for (const [name, description] of [
  ['up', 'start the hosts, or find them'],
  ['down', 'remove the hosts and everything that belongs to them'],
  ['status', 'say what is there'],
  ['env', "print the lab's addresses and paths as shell variables"],
] as const) {
  lab
    .command(name)
    .description(description)
    .option(...jsonOption)
    .action(run(async () => ({ default: async (o) => (await import('./commands/lab.ts')).default(name, o) })));
}
lab
  .command('shell')
  .argument('<node>', 'a host of the lab, or workstation')
  .argument('[command...]', 'a command to run instead of a shell')
  .description('open a shell on a host of the lab')
  .passThroughOptions()
  .action(
    run(async () => ({
      default: async (o, node, words) => (await import('./commands/lab.ts')).default('shell', o, node, words),
    })),
  );

/** What Node compiles is kept beside what set-up brings; the policy pack and the stand-ins, started from here, use it too. */
function keepCompiled(): void {
  process.env.NODE_COMPILE_CACHE ||= join(
    process.env.CALISPRAY_CACHE || join(homedir(), '.cache', 'calispray'),
    'compiled',
  );
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

/**
 * A process that another calispray started for itself (inside the lab's network, or under a newer Node) ends when that one is killed: two
 * of them would fight over the stack's lock, and the user sees one command. The engine ends with this process.
 */
function endWithParent(): void {
  const parent = process.env.CALISPRAY_PARENT;
  delete process.env.CALISPRAY_PARENT;
  if (parent === undefined) return;
  setInterval(() => {
    if (String(process.ppid) !== parent) process.exit(137);
  }, 250).unref();
}

try {
  await calispray.parseAsync();
} catch (error) {
  process.exit(error instanceof CommanderError ? error.exitCode : reportError(error, false));
}
