import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { Cluster, Node } from '../cluster/index.ts';
import { connectionTo } from './connection.ts';
import { type ReachableNode, whenFit } from './node.ts';
import { following } from './outputs.ts';
import { layRunnerCommand, remoteScript, requirementsOf, runnerFiles } from './remote/index.ts';
import type { KubespraySource } from './source.ts';

export interface ControllerArgs {
  readonly cluster: Cluster;
  /** The host that runs Ansible, reached over SSH: by default the first control-plane node. */
  readonly node: Node;
  /** Every node, asked and fit: nothing is prepared before all of them are. */
  readonly nodes: readonly ReachableNode[];
  readonly source: KubespraySource;
}

/**
 * The controller made ready: the pinned kubespray and a Python environment of its own under `~/.calispray/CLUSTER`, the
 * runner that carries playbooks out, a key pair that never leaves it, and every node letting that key in. Destroying it
 * leaves all of them where they are.
 */
export class Controller extends pulumi.ComponentResource {
  /** What has to be done before a playbook can run. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, node, source } = args;
    super('calispray:kubespray:Controller', name, { version: cluster.kubespray.version, host: node.name }, opts);
    const connection = connectionTo(node);
    const key = new remote.Command(
      `${name}-key`,
      {
        connection,
        create: remoteScript('controller-key.sh', { CLUSTER: cluster.name }),
        // Taking this is what makes the first command wait for every node's judgement.
        stdin: whenFit(args.nodes),
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this },
    );
    const authorised = cluster.nodes.map(
      (each) =>
        new remote.Command(
          `${name}-authorised-on-${each.name}`,
          {
            connection: connectionTo(each),
            create: remoteScript('authorise.sh', { CLUSTER: cluster.name }),
            stdin: key.stdout,
            addPreviousOutputInEnv: false,
            logging: 'none',
          },
          { parent: this },
        ),
    );
    const runner = new remote.Command(
      `${name}-runner`,
      {
        connection,
        create: layRunnerCommand(cluster.name),
        stdin: JSON.stringify(runnerFiles(), null, 1),
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this, dependsOn: following(key) },
    );
    const kubespray = new remote.Command(
      `${name}-kubespray`,
      {
        connection,
        create: bring(cluster, source),
        ...(source.bundle === undefined ? { stdin: requirementsOf(cluster.kubespray.version) } : {}),
        // A tar brings its own requirements.
        ...(source.bundle === undefined ? { stdin: requirementsOf(cluster.kubespray.version) } : {}),
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this, dependsOn: following(this.copied(name, args, key)) },
    );
    this.ready = [...authorised, runner, kubespray];
    this.registerOutputs({ kubespray: source.folder });
  }

  /** The tar, where kubespray is brought along; otherwise there is nothing to wait for but the key. */
  private copied(name: string, { node, source }: ControllerArgs, key: pulumi.Resource): pulumi.Resource {
    if (source.bundle === undefined) return key;
    return new remote.CopyToRemote(
      `${name}-bundle`,
      // The path is part of the content's digest: another content is another file, and a moved connection copies nothing.
      { connection: connectionTo(node), source: source.bundle, remotePath: bundlePath(source) },
      { parent: this, dependsOn: following(key) },
    );
  }
}

/** How kubespray gets there: cloned by the controller itself, or out of the tar. */
function bring({ name, kubespray }: Cluster, source: KubespraySource): string {
  const variables = { CLUSTER: name, DIGEST: source.digest };
  if (!('git' in kubespray.source)) {
    return remoteScript('kubespray-from-bundle.sh', { ...variables, BUNDLE: bundlePath(source) });
  }
  return remoteScript('kubespray-from-git.sh', {
    ...variables,
    REPOSITORY: kubespray.source.git,
    VERSION: kubespray.version,
    COMMIT: source.commit,
  });
}

const bundlePath = ({ digest }: KubespraySource): string => `.calispray-bundle-${digest}.tar`;
