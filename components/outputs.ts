/** Values that may be known at once or come later, without making everything come later. */
import * as pulumi from '@pulumi/pulumi';

/** Plain, or an output: of a whole that is known, `pulumi.Input` would make an output of every part. */
export type Eventual<T> = T | pulumi.Output<T>;

/** The same function on either. */
export function after<T, U>(value: Eventual<T>, use: (plain: T) => U): Eventual<U> {
  return pulumi.Output.isInstance<T>(value) ? (value.apply(use) as pulumi.Output<U>) : use(value as T);
}

/**
 * `value`, once `awaited` is there. A preview carries nothing out, so there it is `value` at once: what waits for something
 * that is still to be made would show as changed otherwise.
 */
export function once<T>(awaited: pulumi.Input<unknown>, value: Eventual<T>): pulumi.Output<T> {
  const then = pulumi.output(value as pulumi.Input<T>) as pulumi.Output<T>;
  return pulumi.runtime.isDryRun() ? then : (pulumi.all([awaited, then]).apply(([, it]) => it) as pulumi.Output<T>);
}

/**
 * What has to be carried out first. A preview carries nothing out: there nothing waits, and is asked for and judged at once
 * instead of one after the other.
 */
export function following(...resources: readonly pulumi.Resource[]): pulumi.Resource[] {
  return pulumi.runtime.isDryRun() ? [] : [...resources];
}

/** What an output holds; undefined where a preview cannot know it. Never waits for what only an `up` makes. */
export async function ifKnown<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  // Both belong to every output and are left out of the SDK's declarations (@pulumi/pulumi 3.259.0 output.ts).
  const inner = output as unknown as { isKnown: Promise<boolean>; promise(): Promise<T> };
  return (await inner.isKnown) ? inner.promise() : undefined;
}
