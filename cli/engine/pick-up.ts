import type { Stack } from '@pulumi/pulumi/automation/index.js';

interface PendingOperation {
  readonly type: string;
  readonly resource: { readonly urn: string; readonly type: string };
}

/**
 * A run that was killed while it made an object of the Kubernetes API leaves the object there and no record of it, and the
 * provider refuses to make what exists. The engine's state does say what was under way: then, for the one run that
 * picks it up, the provider may take over what it finds. At all other times it may not: under a name of ours
 * there may stand somebody else's object.
 */
export async function pickUp(
  stack: Pick<Stack, 'exportStack'>,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  const { deployment } = (await stack.exportStack()) as { deployment?: { pending_operations?: PendingOperation[] } };
  const cutOff = (deployment?.pending_operations ?? []).filter(
    ({ type, resource }) => type === 'creating' && resource.type.startsWith('kubernetes:'),
  );
  if (cutOff.length === 0) {
    delete env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS;
    return;
  }
  env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS = 'true';
  const names = cutOff.map(({ resource }) => resource.urn.split('::').at(-1));
  say(`The run before was cut off while it made ${names.join(', ')}: what is there of it is taken over.`);
}
