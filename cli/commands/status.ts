/** `calispray status`: how the cluster is, on one screen. Nodes, controller and API are asked; nothing is changed. */
import { statusOf } from '../../kubespray/status/index.ts';
import { clusterIn, inLabWhereItIs } from '../live/command.ts';
import type { StackOptions } from '../open.ts';
import { LAB_STACK } from '../places.ts';
import { kubeconfigOf } from '../reach/stack-kubeconfig.ts';
import { exitCodes, terminal } from '../report.ts';
import { gather } from '../status/gather.ts';
import { textOf } from '../status/text.ts';
import { bringTools } from '../tools.ts';

export default async function status(options: StackOptions): Promise<number> {
  const inside = await inLabWhereItIs(options);
  if (inside !== undefined) return inside;
  const { cluster, file } = await clusterIn(options);
  // Set-up takes the time that it takes, once; what keeps a tool away is said where it is missing.
  await bringTools('engine').catch(() => {});
  terminal.err(`Asking ${cluster.nodes.length === 1 ? 'the node' : `${cluster.nodes.length} nodes`} and the API …`);
  const asked = await gather(
    cluster,
    {
      kubeconfig: () => kubeconfigOf(options.stack, options.cwd),
      secrets: SECRETS in file.config,
      lab: options.stack === LAB_STACK,
    },
    terminal.err,
  );
  const found = statusOf(cluster, asked);
  const at = new Date().toISOString();
  if (options.json === true) {
    const { ok, ...rest } = found;
    terminal.out(JSON.stringify({ ok, stack: file.stack, at, ...rest }, null, 2));
  } else for (const line of textOf(found, file.stack, at)) terminal.out(line);
  return found.ok ? exitCodes.done : exitCodes.finding;
}

const SECRETS = 'calispray:secretVariables';
