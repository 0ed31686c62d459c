import { createHash } from 'node:crypto';
import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { Cluster, Node } from '../cluster/index.ts';
import type { Desired, Facts } from '../kubespray/plan/types.ts';
import { connectionTo } from './connection.ts';
import { after, type Eventual, following, once } from './outputs.ts';
import { ensureCommand, goneCommand, recordCommand, settleCommand } from './remote/index.ts';

export interface BuildArgs {
  readonly cluster: Cluster;
  /** The controller: it runs Ansible, and knows what was carried out. */
  readonly host: Node;
  readonly desired: Eventual<Desired>;
  /** Names of its nodes, and of its BGP peers: which resources there are is known whatever else is not. */
  readonly members: readonly string[];
  readonly peers: readonly string[];
  /** Variables that lie nowhere but on the way to Ansible: name → value. */
  readonly secretVariables?: pulumi.Output<Readonly<Record<string, unknown>>>;
  /** What must be there first: the inventory on the controller. */
  readonly after: pulumi.Resource;
  /** Another text each time the inventory is laid: then it is looked whether anything is owed. */
  readonly mark: pulumi.Input<string>;
}

/**
 * The cluster, fact by fact: its release, its settings, Calico's, each node and each BGP peer. A fact's command sees to it
 * that it is carried out: the runner on the controller compares it with what was carried out last, and runs no playbook where they are
 * the same, so that a killed `up`, a lost state or two at once all converge. A node or peer that leaves the
 * stack is taken out of the cluster; destroying everything leaves the cluster running.
 */
export class Build extends pulumi.ComponentResource {
  /** What was carried out until now, as the runner wrote it down: in a preview, by the last `up`. */
  readonly record: pulumi.Output<string>;
  /** Digest of the facts. Whatever takes it waits until all of them are carried out. */
  readonly done: pulumi.Output<string>;

  constructor(name: string, args: BuildArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, desired } = args;
    super('calispray:kubespray:Build', name, {}, opts);
    const { become } = args.host.ssh;
    const common = { connection: connectionTo(args.host), addPreviousOutputInEnv: false };
    // One run may wait for another one, each no longer than its limit, and both need a moment to begin and to end.
    const limit = `${cluster.kubespray.runs.limitMinutes * 2 + 5}m`;
    const options = {
      parent: this,
      customTimeouts: { create: limit, update: limit, delete: limit },
      ...(args.secretVariables === undefined ? {} : { additionalSecretOutputs: ['stdin'] }),
    };
    /** `part` is what of the facts it is about; `gone` undoes it when it has left the stack. */
    const fact = (words: string[], part: (facts: Facts) => unknown, dependsOn: pulumi.Resource[], gone?: string) =>
      new remote.Command(
        `${name}-${words.join('-')}`,
        {
          ...common,
          create: ensureCommand(cluster.name, words, become),
          ...(gone === undefined ? {} : { delete: gone }),
          stdin: told(desired, part, args.secretVariables),
        },
        { ...options, dependsOn: following(...dependsOn) },
      );
    const release = fact(['release'], (facts) => facts.release, [args.after]);
    const settings = fact(['settings'], (facts) => facts.settings, [args.after, release]);
    const calico = fact(['calico'], (facts) => facts.calico, [args.after, settings]);
    const gone = (what: 'member' | 'peer', each: string) => goneCommand(cluster.name, what, each, become);
    const members = args.members.map((host) =>
      fact(['member', host], (facts) => facts.hosts[host], [args.after, calico], gone('member', host)),
    );
    const peers = args.peers.map((peer) =>
      fact(['peer', peer], (facts) => facts.peers[peer], [args.after, calico], gone('peer', peer)),
    );

    const digest = after(desired, ({ facts }) => createHash('sha256').update(JSON.stringify(facts)).digest('hex'));
    const record = new remote.Command(
      `${name}-record`,
      {
        ...common,
        // A change that was taken back before it had ended leaves every fact as the state has it: only this looks again.
        create: `${settleCommand(cluster.name, become)} >&2 && ${recordCommand(cluster.name)}`,
        stdin: pulumi
          .all([digest, args.mark, args.secretVariables])
          .apply(([facts, laid, secrets]) => JSON.stringify({ facts, laid: laid.trim(), secrets }, null, 2)),
        // Its output is the record; what it says of a run is on standard error.
        logging: 'stderr',
      },
      { ...options, dependsOn: following(release, settings, calico, ...members, ...peers) },
    );
    this.record = record.stdout;
    this.done = once(record.stdout, digest);
    this.registerOutputs({ done: this.done });
  }
}

/** What a fact's command gets on standard input: its part of the facts a line each, so that a difference reads; a secret where there are any. */
function told(
  desired: Eventual<Desired>,
  part: (facts: Facts) => unknown,
  secrets: BuildArgs['secretVariables'],
): pulumi.Input<string> {
  const text = (more: object) => after(desired, ({ facts }) => JSON.stringify({ part: part(facts), ...more }, null, 2));
  return secrets === undefined ? text({}) : pulumi.secret(secrets.apply((values) => text({ secrets: values })));
}
