import { createHash } from 'node:crypto';
import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { type Cluster, type Node, namespaceObjects, policyObjects, poolObjects } from '../cluster/index.ts';
import { summaryOf, verifyEventsIn, verifyPlan } from '../kubespray/verify/index.ts';
import type { Build } from './build.ts';
import { connectionTo } from './connection.ts';
import { following } from './outputs.ts';
import { verifyCommand, verifyInput } from './remote/verify/index.ts';

export interface VerificationArgs {
  readonly cluster: Cluster;
  /** The controller: from there every node is reached, as its playbooks reach it. */
  readonly host: Node;
  readonly build: Build;
  /** What must be carried out first: whatever it proves. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Proves what was carried out, in every `up` that changed something of it: checks that pods really reach each other, names, Services and the
 * outside, measured on the nodes (docs/verify.md). A required one that fails, fails the `up`; the next one tries again. It leaves nothing
 * behind, and destroying it does nothing.
 */
export class Verification extends pulumi.ComponentResource {
  /** What came of it: `29 checks passed, 4 not judged`. */
  readonly verified: pulumi.Output<string>;

  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, host, build } = args;
    const plan = verifyPlan(cluster);
    const { seconds } = plan;
    super('calispray:verify:Verification', name, {}, opts);
    const input = verifyInput(plan);
    const checks = new remote.Command(
      `${name}-checks`,
      {
        connection: connectionTo(host),
        create: verifyCommand(),
        stdin: input,
        triggers: [build.done, digestOf(objectsOf(cluster)), digestOf(input)],
        addPreviousOutputInEnv: false,
        // Lines of JSON are on standard output; what a person is to read of a failure is on standard error.
        logging: 'stderr',
      },
      {
        parent: this,
        // Made anew, and the old one is gone before: one that failed is in no state, and so the next `up` makes it whatever else is taken back.
        deleteBeforeReplace: true,
        customTimeouts: { create: `${seconds + MORE}s`, update: `${seconds + MORE}s` },
        dependsOn: following(...args.after),
      },
    );
    this.verified = checks.stdout.apply((said) =>
      summaryOf(verifyEventsIn(said).filter(({ event }) => event === 'check') as Checked[]),
    );
    this.registerOutputs({ verified: this.verified });
  }
}

type Checked = Extract<ReturnType<typeof verifyEventsIn>[number], { event: 'check' }>;

/** What is taken away after its time is over needs some of its own, in seconds. */
const MORE = 90;

/** Beside the facts of the build: what stands in the API and decides who reaches whom, and how. */
function objectsOf(cluster: Cluster): unknown {
  return [poolObjects(cluster), namespaceObjects(cluster), policyObjects(cluster)];
}

function digestOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return createHash('sha256').update(text).digest('hex');
}
