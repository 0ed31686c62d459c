/** `calispray reset`: takes the cluster off its nodes. Nothing does that by the way: it is asked for, by the cluster's name. */
import { UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { resetCommand } from '../../components/remote/index.ts';
import { answer } from '../ask.ts';
import { clusterIn, inLabWhereItIs } from '../live/command.ts';
import { type Controller, onController } from '../live/controller.ts';
import { withProgress } from '../live/follow.ts';
import { progressOf, type StackOptions } from '../open.ts';
import { exitCodes, terminal } from '../report.ts';

export default async function reset(options: StackOptions & { confirm?: string }): Promise<number> {
  const inside = await inLabWhereItIs(options);
  if (inside !== undefined) return inside;
  const { cluster } = await clusterIn(options);
  const say = progressOf(options);
  for (const line of whatItDoes(cluster)) say(line);
  const typed =
    options.confirm ?? (await answer(`Type the name of the cluster to go on (${cluster.name}): `, '--confirm NAME'));
  if (typed !== cluster.name) throw otherName(typed, cluster.name);
  say(
    'The reset runs on the controller: a lost connection or Ctrl-C leaves it at work, and `calispray follow` finds it.',
  );
  const lines = await onController(cluster, (controller) =>
    withProgress(cluster, say, () => runReset(controller, say)),
  );
  const next = `The state of stack ${options.stack} still has the cluster: \`npx calispray down --stack ${options.stack}\` clears it, and \`up\` builds anew then.`;
  if (options.json === true) terminal.out(JSON.stringify({ ok: true, cluster: cluster.name, lines, next }, null, 2));
  else say(next);
  return exitCodes.done;
}

function whatItDoes({ name, nodes }: Cluster): string[] {
  const names = nodes.map((node) => node.name);
  const who = names.length > 12 ? `${names.slice(0, 11).join(', ')} and ${names.length - 11} more` : names.join(', ');
  return [
    `This takes the cluster ${name} off its nodes: ${who}.`,
    'Kubernetes, etcd with all that is in it, Calico, and every container are removed by kubespray (reset.yml). Data in',
    'the cluster are lost; there is no way back. The machines, their disks beside that, and the controller stay.',
  ];
}

function otherName(typed: string, name: string): UserError {
  return UserError.of(
    'reset-not-confirmed',
    'name',
    `"${typed.slice(0, 60)}" is not the name of the cluster, so nothing was touched`,
    `type ${name}, or give --confirm ${name}`,
  );
}

/** Detached on the controller as every run: this only starts it, or finds it at work, and waits. */
async function runReset(controller: Controller, say: (line: string) => void): Promise<string[]> {
  const lines: string[] = [];
  const command = resetCommand(controller.cluster, controller.node.ssh.become);
  const { code, stderr } = await controller.runner(command, {
    line: (line) => {
      lines.push(line);
      say(`  ${line}`);
    },
  });
  if (code === 0) return lines;
  const said = stderr.trim().split('\n');
  for (const line of said.slice(0, -1)) say(`  ${line}`);
  throw UserError.of(
    'reset-failed',
    `nodes.${controller.node.name}`,
    said.at(-1) || `the reset ended with status ${code}`,
    'what went wrong is above; mend it and run the same command again, which goes on where this one stopped',
  );
}
