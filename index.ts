import * as pulumi from '@pulumi/pulumi';
import { parseCluster } from './cluster/index.ts';
import { CalicoCluster, clusterOutputs, UserError } from './components/index.ts';

/**
 * The program: load the stack's cluster, declare it, export what it became. The same for the official `pulumi` (which
 * calls the default export) and for `calispray` (which hands it to the engine as its inline program).
 */
export default async function program(): Promise<Record<string, unknown>> {
  const parsed = parseCluster(new pulumi.Config('calispray').requireObject('cluster'));
  if (!parsed.ok) throw new UserError(parsed.findings);
  const made = new CalicoCluster(parsed.cluster.name, { cluster: parsed.cluster });
  return clusterOutputs(parsed.cluster, made);
}
