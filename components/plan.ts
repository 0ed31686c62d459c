import * as pulumi from '@pulumi/pulumi';
import type { Cluster } from '../cluster/index.ts';
import {
  type Change,
  type Desired,
  type Plan as Planned,
  planLines,
  planOf,
  readFacts,
} from '../kubespray/plan/index.ts';
import { change as changeRules } from '../policies/rules/change/index.ts';
import { complete } from '../policies/rules/index.ts';
import { type Eventual, ifKnown } from './outputs.ts';
import { refuseWithoutPack } from './refuse.ts';

export interface PlanArgs {
  readonly cluster: Cluster;
  readonly desired: Eventual<Desired>;
  /** What the last `up` carried out, as the runner wrote it down. */
  readonly record: pulumi.Output<string>;
}

/** What a preview says of a change; nothing where nothing differs, and in an `up`, which has carried it out by then. */
interface Said {
  /** In words, a line each. */
  readonly says?: readonly string[];
  readonly plan?: Planned;
  /** What the rules about changes judge; absent before the first `up`, when there is nothing to change. */
  readonly change?: Change;
}

/**
 * What carrying the stack out would do to the cluster: what differs from what the last `up` carried out, which playbooks
 * follow from it, and what that does to what runs. It holds nothing and does nothing: it is there to be read and judged.
 */
export class Plan extends pulumi.ComponentResource {
  constructor(name: string, args: PlanArgs, opts?: pulumi.ComponentResourceOptions) {
    super('calispray:kubespray:Plan', name, pulumi.runtime.isDryRun() ? flat(said(args)) : {}, opts);
    this.registerOutputs();
  }
}

async function said({ cluster, desired, record }: PlanArgs): Promise<Said> {
  const facts = pulumi.Output.isInstance<Desired>(desired)
    ? (await ifKnown(desired))?.facts
    : (desired as Desired).facts;
  if (facts === undefined) return {};
  const { removeDead } = cluster.kubespray;
  const more = { removeDead, ...(cluster.migrate === undefined ? {} : { migrate: cluster.migrate }) };
  const text = await ifKnown(record);
  const applied = text === undefined ? undefined : readFacts(text);
  const plan = planOf(applied, facts, more);
  if (plan.differences.length === 0 && plan.steps.length === 0) return {};
  const change: Change | undefined = applied === undefined ? undefined : { applied, desired: facts, ...more };
  if (change !== undefined) refuseWithoutPack(changeRules.flatMap((rule) => rule.judge(complete({ change }))));
  return { says: planLines(plan), plan, ...(change === undefined ? {} : { change }) };
}

/** Each input by itself; none of them is there where the promise has none. */
function flat(promise: Promise<Said>): pulumi.Inputs {
  const part = (key: keyof Said) => {
    const value = promise.then((all) => all[key]);
    // A refusal fails the first of them; the others say nothing more.
    value.catch(() => {});
    return value;
  };
  return { says: part('says'), plan: part('plan'), change: part('change') };
}
