import * as pulumi from '@pulumi/pulumi';
import { parseCluster } from './cluster/index.ts';
import { CalicoCluster, clusterOutputs, readManifests, UserError } from './components/index.ts';

/**
 * The program: load the stack's cluster, declare it, export what it became. The same for the official `pulumi` (which
 * calls the default export) and for `calispray` (which hands it to the engine as its inline program).
 */
export default async function program(): Promise<Record<string, unknown>> {
  const config = new pulumi.Config('calispray');
  const value = config.requireObject('cluster');
  const parsed = parseCluster(value, { manifests: readManifests(value, import.meta.dirname) });
  if (!parsed.ok) throw new UserError(parsed.findings);
  const { cluster } = parsed;
  const secretVariables = config.getSecretObject<Record<string, unknown>>('secretVariables');
  const made = new CalicoCluster(cluster.name, {
    cluster,
    ...(secretVariables === undefined ? {} : { secretVariables }),
  });
  return clusterOutputs(cluster, made);
}
