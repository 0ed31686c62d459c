import { scryptSync } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import type { Desired } from '../kubespray/plan/types.ts';

export interface SecretVariables {
  /** Name → value; a secret. */
  readonly values: pulumi.Output<Readonly<Record<string, unknown>>>;
  /** Name → digest: in clear, since it is what says that one of them changed. */
  readonly digests: pulumi.Output<Readonly<Record<string, string>>>;
}

/** Variables that are only ever seen by Ansible. `cluster` salts their digests: the same password elsewhere has another one. */
export function secretVariables(
  given: pulumi.Input<Readonly<Record<string, unknown>>>,
  cluster: string,
): SecretVariables {
  const values = pulumi.secret(given) as unknown as pulumi.Output<Readonly<Record<string, unknown>>>;
  const digests = values.apply((all) =>
    Object.fromEntries(Object.entries(all).map(([name, value]) => [name, digestOf(name, value, cluster)])),
  );
  return { values, digests: pulumi.unsecret(digests) };
}

/**
 * Lies in the state and on the controller, where a plain hash would tell a short password to whoever tries them all. scrypt makes each
 * try cost 16 MiB and some 50 ms, and 64 bits of it are enough to see a change.
 */
function digestOf(name: string, value: unknown, cluster: string): string {
  const salt = `calispray ${cluster} ${name}`;
  return scryptSync(JSON.stringify(value) ?? '', salt, 8, { N: 16_384, r: 8, p: 1 }).toString('hex');
}

/** What the cluster shall be, with the digests among the settings: another secret is carried out as any other setting is. */
export function withDigests(desired: Desired, digests: Readonly<Record<string, string>>): Desired {
  const secret = Object.fromEntries(
    Object.entries(digests).map(([name, digest]) => [`secretVariables.${name}`, digest]),
  );
  return { ...desired, facts: { ...desired.facts, settings: { ...desired.facts.settings, ...secret } } };
}
