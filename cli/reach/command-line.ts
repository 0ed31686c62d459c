/** `calispray reach` and the commands below it, as commander reads them; the code of each is loaded when it is called. */
import type { Command } from 'commander';

export interface Loaded {
  // biome-ignore lint/suspicious/noExplicitAny: commander hands each command its own options; the command's file types them.
  default: (...given: any[]) => Promise<number>;
}

type Run = (load: () => Promise<Loaded>) => (...given: unknown[]) => Promise<void>;

export function reachCommands(command: (name: string, description: string) => Command, run: Run): void {
  const reach = worldOptions(
    command('reach', 'say who can reach whom as Calico decides it: as a stack declares it, in manifests, live'),
  )
    .option('--queries <file>', 'connections to judge: {src, dst, proto, port, …}, a list or one a line')
    .option('--json', 'one JSON document a line: an answer each')
    .enablePositionalOptions()
    .addHelpText('after', exitCodes)
    .action(run(() => import('../commands/reach.ts')));
  examples(
    reach,
    'matrix --stack dev',
    'exposed --stack prod --live',
    'explain monitoring/prometheus production/my-app 8080 --stack dev',
    'diff stack:dev@origin/main stack:dev --format markdown',
    '--world manifests/ --queries queries.json --json',
  );
  for (const view of views) viewCommand(reach, run, view);
  explainCommand(reach, run);
  diffCommand(reach, run);
  reach
    .command('validate')
    .description("say which resources Calico's validator or its CRDs would refuse")
    .requiredOption('--resources <file>', 'resources, YAML or JSON')
    .option('--json', 'one JSON document a line: a resource each')
    .action(run(async () => ({ default: async (o) => (await import('../commands/reach.ts')).validate(o) })));
}

const exitCodes = `
Exit codes: 0 answered, whatever the answer is; 1 something cannot be understood or answered; 70 a bug.`;

const collected = (one: string, all: readonly string[] = []) => [...all, one];
const sources =
  'a file or folder of resources, stack:NAME, stack:NAME@REVISION, workloads:NAME, live:NAME, kubeconfig:FILE';
const without = 'leave this out: NetworkPolicy/NAMESPACE/NAME; several times if need be';
const calico = 'version of Calico that decides (default: that of the cluster or stack, else as 3.32)';

function worldOptions(made: Command): Command {
  return made
    .option('--stack <name>', 'what this stack declares: namespaces, nodes, pools, policies, workloads')
    .option('--spec <file>', 'the same of a file that holds just the cluster')
    .option('--live', 'the cluster of --stack as it is now, in place of what the stack declares; it is only read')
    .option('--kubeconfig <file>', 'the cluster that this file leads to, as it is now')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--world <source>', `added to the world, several times if need be: ${sources}`, collected)
    .option('--without <kind/name>', without, collected)
    .option('--calico <version>', calico);
}

function examples(made: Command, ...lines: readonly string[]): void {
  made.addHelpText('after', `\nExamples:\n${lines.map((line) => `  calispray reach ${line}`).join('\n')}`);
}

interface View {
  readonly name: 'from' | 'to' | 'exposed' | 'matrix';
  readonly end?: true;
  readonly says: string;
  readonly example: string;
}

const views: readonly View[] = [
  {
    name: 'from',
    end: true,
    says: 'say whom it reaches, on which ports: workloads, nodes, what is outside',
    example: 'from production/my-app --stack dev',
  },
  {
    name: 'to',
    end: true,
    says: 'say who reaches it, and on which ports',
    example: 'to production --by namespace --stack dev --format markdown',
  },
  {
    name: 'exposed',
    says: 'say which workloads are reached from outside of the cluster, from where and on which ports',
    example: 'exposed --kubeconfig ~/.kube/config',
  },
  {
    name: 'matrix',
    says: 'say of each workload with each on which ports it reaches it',
    example: 'matrix --stack dev --by namespace --format svg > reach.svg',
  },
];

function viewCommand(reach: Command, run: Run, { name, end, says, example }: View): void {
  const view = worldOptions(reach.command(name).description(says))
    .option('--by <what>', 'what is one in the answer: workload, namespace or pod', 'workload')
    .option('--format <format>', 'text, json, markdown, dot (Graphviz) or svg', 'text')
    .option('--json', 'one JSON document a line: a pair of ends each')
    .action(
      run(async () => ({ default: async (o, one) => (await import('../commands/reach-views.ts'))[name](o, one) })),
    );
  if (end) {
    const ends = 'a pod or workload (namespace/name), a namespace, node/NAME, an address, internet, outside';
    view.argument('<end>', ends);
  }
  examples(view, example);
}

function explainCommand(reach: Command, run: Run): void {
  const explain = worldOptions(
    reach
      .command('explain')
      .argument('<src>', 'a pod or workload (namespace/name), an address, internet, or node/NAME')
      .argument('<dst>', 'the same, or service/NAMESPACE/NAME')
      .argument('[port]', 'port at the destination')
      .description('judge one connection, and tell every step that led to the verdict: tier, policy, rule'),
  )
    .option('--proto <protocol>', 'tcp, udp, sctp, icmp or a number', 'tcp')
    .option('--json', 'one JSON document')
    .action(
      run(async () => ({
        default: async (o, src, dst, port) => (await import('../commands/reach.ts')).explain(o, src, dst, port),
      })),
    );
  examples(
    explain,
    'explain default/web production/my-app 80 --stack dev',
    'explain production/my-app service/kube-system/coredns 53 --proto udp --stack dev --live',
  );
}

function diffCommand(reach: Command, run: Run): void {
  const diff = reach
    .command('diff')
    .argument('<old>', `${sources}, or live with --stack or --kubeconfig`)
    .argument('[new]', 'the same; not needed with --enforce-staged or --without')
    .description('say which connections a change opens and closes, those that change alike on one line')
    .option('--world <source>', 'part of both, as workloads that both share; several times if need be', collected)
    .option('--stack <name>', 'stack whose cluster `live` means')
    .option('--kubeconfig <file>', 'file that leads to the cluster which `live` means')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--without <kind/name>', `of the new world, ${without}`, collected)
    .option('--enforce-staged', 'as if the staged policies of the new world were enforced')
    .option('--calico <version>', 'version of Calico that decides both (default: that of each, else as 3.32)')
    .option('--by <what>', 'what is one in the answer: workload, namespace or pod', 'workload')
    .option('--why', 'say of each line what decided it, and what decides it now')
    .option('--all', 'every line; else the twenty of the most connections')
    .option('--exit-code', 'end with 1 where something is opened or closed')
    .option('--format <format>', 'text, json or markdown', 'text')
    .option('--json', 'one JSON document a line: connections that change alike')
    .action(
      run(async () => ({
        default: async (o, old, now) => (await import('../commands/reach-diff.ts')).default(o, old, now),
      })),
    );
  examples(
    diff,
    'diff stack:dev@origin/main stack:dev --format markdown',
    'diff --stack prod live stack:prod --world workloads:prod',
    'diff --enforce-staged stack:dev',
    'diff old.yaml new.yaml --world workloads.yaml',
  );
}
