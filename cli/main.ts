/** The commands of `calispray`. Each one's code is loaded when it is called, so that `--help` and a typing error answer at once. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { reportError } from './report.ts';

interface Loaded {
  // biome-ignore lint/suspicious/noExplicitAny: commander hands each command its own options; the command's file types them.
  default: (...given: any[]) => Promise<number>;
}

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

const collected = (file: string, files: readonly string[] = []) => [...files, file];
const sourceHelp = 'a file or folder of resources, stack:NAME, stack:NAME@REVISION, live:NAME, kubeconfig:FILE';
const worldOptions = (made: Command) =>
  made
    .option('--world <source>', `added to the world, several times if need be: ${sourceHelp}`, collected)
    .option('--stack <name>', 'what this stack declares: namespaces, nodes, pools, policies, workloads')
    .option('--spec <file>', 'the same of a file that holds just the cluster')
    .option('--live', 'the cluster of --stack as it is now, in place of what the stack declares; it is only read')
    .option('--kubeconfig <file>', 'the cluster that this file leads to, as it is now')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option(
      '--without <kind/name>',
      'leave this out: NetworkPolicy/NAMESPACE/NAME; several times if need be',
      collected,
    )
    .option(
      '--calico <version>',
      'version of Calico that decides (default: that of the cluster or stack, else as 3.32)',
    );
const examples = (made: Command, ...lines: readonly string[]) =>
  made.addHelpText('after', `\nExamples:\n${lines.map((line) => `  calispray reach ${line}`).join('\n')}`);
const reach = worldOptions(
  command(
    'reach',
    'say who can reach whom as Calico decides it: in what a stack declares, in manifests, in a live cluster',
  ),
)
  .option('--queries <file>', 'connections to judge: {src, dst, proto, port, …}, a list or one a line')
  .option('--json', 'one JSON document a line: an answer each')
  .enablePositionalOptions()
  .addHelpText(
    'after',
    '\nExit codes: 0 answered, 1 not answered or refused, 70 a bug. What is answered does not tell in them.',
  )
  .action(run(() => import('./commands/reach.ts')));
examples(
  reach,
  'matrix --stack dev',
  'exposed --stack prod --live',
  'explain monitoring/prometheus production/my-app 8080 --stack dev',
  'diff stack:dev@origin/main stack:dev --format markdown',
  '--world manifests/ --queries queries.json --json',
);
const reachViews = () => import('./commands/reach-views.ts');
for (const [name, argument, description, example] of [
  [
    'from',
    '<end>',
    'say whom it reaches, on which ports: workloads, nodes, what is outside',
    'from production/my-app --stack dev',
  ],
  ['to', '<end>', 'say who reaches it, and on which ports', 'to production --stack dev --format markdown'],
  [
    'exposed',
    undefined,
    'say which workloads are reached from outside of the cluster, from where and on which ports',
    'exposed --kubeconfig ~/.kube/config',
  ],
  [
    'matrix',
    undefined,
    'say of each workload with each on which ports it reaches it',
    'matrix --stack dev --by namespace --format svg > reach.svg',
  ],
] as const) {
  const view = worldOptions(reach.command(name).description(description))
    .option('--by <what>', 'what is one in the answer: workload, namespace or pod', 'workload')
    .option('--format <format>', 'text, json, markdown, dot (Graphviz) or svg', 'text')
    .option('--json', 'one JSON document a line: a pair of ends each')
    .action(run(async () => ({ default: async (o, end) => (await reachViews())[name](o, end) })));
  if (argument !== undefined) {
    view.argument(
      argument,
      'a pod or workload (namespace/name), a namespace, node/NAME, an address, internet, outside',
    );
  }
  examples(view, example);
}
examples(
  worldOptions(
    reach
      .command('explain')
      .argument('<src>', 'namespace/pod or workload, an address, or node/NAME')
      .argument('<dst>', 'the same, or service/NAMESPACE/NAME')
      .argument('[port]', 'port at the destination')
      .description('judge one connection, and tell every step that led to the verdict: tier, policy, rule'),
  )
    .option('--proto <protocol>', 'tcp, udp, sctp, icmp or a number', 'tcp')
    .option('--json', 'one JSON document')
    .action(
      run(async () => ({
        default: async (o, src, dst, port) => (await import('./commands/reach.ts')).explain(o, src, dst, port),
      })),
    ),
  'explain default/web production/my-app 80 --stack dev',
  'explain production/my-app service/kube-system/coredns 53 --proto udp --stack dev --live',
);
examples(
  worldOptions(
    reach
      .command('diff')
      .argument('<old>', `${sourceHelp}, or live with --stack`)
      .argument('[new]', 'the same')
      .description('say which connections a change opens and closes, those that change alike on one line'),
  )
    .option('--enforce-staged', 'as if the staged policies of the new world were enforced; NEW may be left out then')
    .option('--by <what>', 'what is one in the answer: workload, namespace or pod', 'workload')
    .option('--why', 'say of each line what decided it, and what decides it now')
    .option('--all', 'every line; else the twenty of the most connections')
    .option('--exit-code', 'end with 1 where something is opened or closed')
    .option('--format <format>', 'text, json or markdown', 'text')
    .option('--json', 'one JSON document a line: connections that change alike')
    .action(
      run(async () => ({
        default: async (o, old, now) => (await import('./commands/reach-diff.ts')).default(o, old, now),
      })),
    ),
  'diff stack:dev@origin/main stack:dev --format markdown',
  'diff --stack prod live stack:prod',
  'diff --enforce-staged stack:dev',
  'diff old.yaml new.yaml --world workloads.yaml',
);
reach
  .command('validate')
  .description("say which resources Calico's validator or its CRDs would refuse")
  .requiredOption('--resources <file>', 'resources, YAML or JSON')
  .option('--json', 'one JSON document a line: a resource each')
  .action(run(async () => ({ default: async (o) => (await import('./commands/reach.ts')).validate(o) })));

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
