import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { Cluster, Node } from '../cluster/index.ts';
import type { Build } from './build.ts';
import { connectionTo } from './connection.ts';
import { quote } from './remote/index.ts';

export interface KubeconfigArgs {
  readonly cluster: Cluster;
  readonly host: Node;
  readonly build: Build;
}

/** kubespray's kubeconfig artifact, read from the controller when something was carried out: a secret wherever it goes. */
export class Kubeconfig extends pulumi.ComponentResource {
  readonly text: pulumi.Output<string>;

  constructor(name: string, args: KubeconfigArgs, opts?: pulumi.ComponentResourceOptions) {
    super('calispray:kubespray:Kubeconfig', name, {}, opts);
    const read = new remote.Command(
      `${name}-read`,
      {
        connection: connectionTo(args.host),
        create: `cat "$HOME/.calispray/"${quote(args.cluster.name)}/inventory/artifacts/admin.conf`,
        // kubespray makes a new client certificate in most runs, so the file is read again after each change.
        stdin: args.build.done,
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this, additionalSecretOutputs: ['stdout', 'stderr'] },
    );
    this.text = pulumi.secret(read.stdout);
    this.registerOutputs({ text: this.text });
  }
}
