import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { Node } from '../cluster/index.ts';
import type { Build } from './build.ts';
import { connectionTo } from './connection.ts';
import { remoteScript } from './remote/index.ts';

export interface ApiGateArgs {
  readonly cluster: string;
  /** A control-plane node: it has kubectl and /etc/kubernetes/admin.conf. */
  readonly host: Node;
  readonly build: Build;
  /** API groups with version, such as `projectcalico.org/v3`. */
  readonly groups: readonly string[];
  /** Seconds to wait for all of them. Default 300, what kubespray itself gives calico-node. */
  readonly waitSeconds?: number;
}

/**
 * Opens when the API serves what the objects behind it need. Without it the first object fails in the middle of an
 * `up`: the Calico API server answers some time after its pod runs, and kubespray brings no Prometheus operator.
 */
export class ApiGate extends pulumi.ComponentResource {
  readonly open: pulumi.Output<string>;

  constructor(name: string, args: ApiGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super('calispray:kubernetes:ApiGate', name, { groups: args.groups }, opts);
    const gate = new remote.Command(
      `${name}-wait`,
      {
        connection: connectionTo(args.host),
        create: remoteScript('api-gate.sh', {
          CLUSTER: args.cluster,
          API_GROUPS: args.groups.join(' '),
          WAIT: args.waitSeconds ?? 300,
          BECOME: String(args.host.ssh.become),
        }),
        stdin: args.build.done,
        addPreviousOutputInEnv: false,
        logging: 'none',
      },
      { parent: this },
    );
    this.open = gate.stdout;
    this.registerOutputs({ open: this.open });
  }
}
