import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../cluster/finding.ts';
import { type Cluster, type Node, release } from '../cluster/index.ts';
import { connectionTo } from './connection.ts';
import { expandPath } from './endpoint.ts';
import { type ReachableNode, whenFit } from './node.ts';
import { remoteScript } from './remote/index.ts';

export interface ControllerArgs {
  readonly cluster: Cluster;
  /** The host that runs Ansible, reached over SSH: by default the first control-plane node. */
  readonly node: Node;
  /** Every node, asked and fit: nothing is prepared before all of them are. */
  readonly nodes: readonly ReachableNode[];
}

/**
 * The controller made ready: the pinned kubespray and a Python environment of its own under `~/.calispray/CLUSTER`, a key
 * pair that never leaves it, and every node letting that key in. Destroying it leaves all three where they are.
 */
export class Controller extends pulumi.ComponentResource {
  /** Folder of kubespray and its environment, below `~/.calispray/CLUSTER`. Known once both are ready. */
  readonly kubespray: pulumi.Output<string>;

  constructor(name: string, args: ControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, node } = args;
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
    const source = this.bring(name, args, key);
    const ready = new remote.Command(
      `${name}-kubespray`,
      {
        connection,
        create: source.script,
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this, dependsOn: source.after },
    );
    this.kubespray = pulumi.all([ready.stdout, ...authorised.map((each) => each.stdout)]).apply(() => source.folder);
    this.registerOutputs({ kubespray: this.kubespray });
  }

  /** How kubespray gets there: cloned by the controller itself, or brought along as a tar for a closed network. */
  private bring(name: string, { cluster, node }: ControllerArgs, key: remote.Command): Source {
    const { source, version } = cluster.kubespray;
    if ('git' in source) {
      const commit = release(version)?.commit ?? '';
      const digest = short(createHash('sha256').update(`${source.git} ${version} ${commit}`).digest('hex'));
      const variables = {
        CLUSTER: cluster.name,
        DIGEST: digest,
        REPOSITORY: source.git,
        VERSION: version,
        COMMIT: commit,
      };
      return { script: remoteScript('kubespray-from-git.sh', variables), folder: `kubespray-${digest}`, after: key };
    }
    const bundle = readBundle(expandPath(source.path));
    const remotePath = `.calispray-bundle-${bundle.digest}.tar`;
    const copied = new remote.CopyToRemote(
      `${name}-bundle`,
      // The path is part of the content's digest: another content is another file, and a moved connection copies nothing.
      { connection: connectionTo(node), source: bundle.asset, remotePath },
      { parent: this, dependsOn: key },
    );
    const variables = { CLUSTER: cluster.name, DIGEST: bundle.digest, BUNDLE: remotePath };
    return {
      script: remoteScript('kubespray-from-bundle.sh', variables),
      folder: `kubespray-${bundle.digest}`,
      after: copied,
    };
  }
}

interface Source {
  readonly script: string;
  readonly folder: string;
  readonly after: pulumi.Resource;
}

const short = (digest: string): string => digest.slice(0, 16);

/** The tar brought along. Its digest stands beside it (`FILE.sha256`) where whoever made it wrote one, so a preview need not read it. */
function readBundle(path: string): { digest: string; asset: pulumi.asset.Asset } {
  if (!existsSync(path)) {
    // A preview needs no such file: it dials nothing and copies nothing.
    if (pulumi.runtime.isDryRun()) {
      return { digest: 'not-there-yet', asset: new pulumi.asset.StringAsset('not there yet') };
    }
    throw UserError.of(
      'bundle-missing',
      'kubespray.source.path',
      `there is no file ${path}`,
      'name a tar of {kubespray/, wheels/}, or take kubespray from its repository with kubespray.source.git',
    );
  }
  const beside = `${path}.sha256`;
  const written = existsSync(beside) && statSync(beside).mtimeMs >= statSync(path).mtimeMs;
  const digest = written
    ? (readFileSync(beside, 'utf8').trim().split(/\s+/)[0] ?? '')
    : createHash('sha256').update(readFileSync(path)).digest('hex');
  return { digest: short(digest), asset: new pulumi.asset.FileAsset(path) };
}
