/** Where in the stack file an object of the cluster stands. */
import type { DeclaredWorld, KubernetesObject } from './rule.ts';
import { nameOf } from './world.ts';

/** Undefined for an object that the stack file does not declare: one of a program's own. */
export function originOf(
  object: Pick<KubernetesObject, 'kind' | 'name' | 'namespace'>,
  worlds: readonly DeclaredWorld[],
): string | undefined {
  const named = nameOf(object);
  return worlds.map(({ origins }) => origins[named]).find((origin) => origin !== undefined);
}

/**
 * A field of an object as a path into the stack file: `policies.extra[0].spec.ingress[0]`. Of a manifest, its file and document, then the
 * field: `policies/production.yaml#2 spec.ingress[0]`. Of a policy that the stack file asks for in one line, that line: `policies.allowDns[0]`.
 */
export function pathFrom(origin: string, path: string): string {
  if (path === '' || !isWritten(origin)) return origin;
  return origin.includes('#') ? `${origin} ${path}` : `${origin}.${path}`;
}

/** Whether the object stands there as the API has it, and is not made of a line that asks for it. */
export function isWritten(origin: string): boolean {
  return /#\d+$/.test(origin) || /^policies\.extra\[\d+\]$/.test(origin);
}
