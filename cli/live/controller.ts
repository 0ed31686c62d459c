/** The controller as the day-two commands speak to it: one SSH connection, and the runner's programs that lie there. */
import type { Client } from 'ssh2';
import { UserError } from '../../cluster/finding.ts';
import type { Cluster, Node } from '../../cluster/index.ts';
import { wayTo } from '../../components/endpoint.ts';
import { quote } from '../../components/remote/index.ts';
import { CONNECT_SECONDS } from '../ssh/connect.ts';
import { exec, type Ran, type Running } from '../ssh/exec.ts';
import { Jumps } from '../ssh/jumps.ts';

export interface Controller {
  /** Name of the cluster. */
  readonly cluster: string;
  readonly node: Node;
  /**
   * One of the runner's programs, as components/remote/ words it.
   * @throws UserError `no-runner` where no `up` has laid them there yet, `controller-lost` where the connection breaks
   */
  runner(command: string, how?: Running): Promise<Ran>;
  /** Any other command; reads only. */
  command(text: string, how?: Running): Promise<Ran>;
}

/**
 * Connects, gives the controller to `use`, and disconnects.
 * @throws UserError where it cannot be reached
 */
export async function onController<T>(
  cluster: Cluster,
  use: (controller: Controller) => Promise<T>,
  seconds: number = CONNECT_SECONDS,
): Promise<T> {
  const node = cluster.nodes.find(({ name }) => name === cluster.kubespray.controller);
  if (node === undefined) throw new Error(`parsed cluster without its controller ${cluster.kubespray.controller}`);
  const jumps = new Jumps();
  try {
    const connected = await jumps.connect(wayTo(node), seconds);
    if (!connected.ok) throw new UserError([connected.finding]);
    try {
      return await use(controllerAt(connected.client, node, cluster.name));
    } finally {
      connected.client.end();
    }
  } finally {
    await jumps.close();
  }
}

function controllerAt(client: Client, node: Node, cluster: string): Controller {
  const command = async (text: string, how: Running = {}): Promise<Ran> => {
    try {
      return await exec(client, text, how);
    } catch (error) {
      if (how.stop?.aborted === true) throw error;
      throw UserError.of(
        'controller-lost',
        `nodes.${node.name}`,
        `the connection to ${node.name} broke: ${(error as Error).message}`,
        'a run goes on without it; run the same command again',
      );
    }
  };
  return {
    cluster,
    node,
    command,
    async runner(words, how) {
      const ran = await command(`test -d "$HOME"/.calispray/${quote(cluster)}/runner || exit 69; ${words}`, how);
      if (ran.code === 69) throw noRunner(node, cluster);
      return ran;
    },
  };
}

function noRunner(node: Node, cluster: string): UserError {
  return UserError.of(
    'no-runner',
    `nodes.${node.name}`,
    `nothing of cluster ${cluster} lies on ${node.name} yet, so there was no run`,
    'run `npx calispray up` first, which lays the runner there',
  );
}
