import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { recordedIn } from '../live/recorded.ts';
import type { StateResource } from './export.ts';

interface Deployment {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly PendingOperation[];
}

interface PendingOperation {
  readonly type: string;
  readonly resource: { readonly urn: string; readonly type: string };
}

/**
 * Objects of the Kubernetes API that are ours and that no state knows. The provider refuses to make what exists, and rightly:
 * under a name of ours there may stand somebody else's object. In two cases, for one run, it may take over what it finds.
 * A run that was killed while it made an object leaves it there and no record of it; the state does say what was under way.
 * And a state that was lost knows nothing, while the controller keeps what it carried out for this cluster (`carriedOut`).
 */
export async function pickUp(
  stack: Pick<Stack, 'exportStack'>,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  carriedOut = false,
): Promise<void> {
  const { deployment } = (await stack.exportStack()) as { deployment?: Deployment };
  const cutOff = (deployment?.pending_operations ?? []).filter(
    ({ type, resource }) => type === 'creating' && resource.type.startsWith('kubernetes:'),
  );
  const lost = carriedOut && recordedIn(deployment?.resources ?? []) === undefined;
  if (cutOff.length === 0 && !lost) {
    delete env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS;
    return;
  }
  env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS = 'true';
  if (lost)
    say('The cluster is there and this state does not know it: what is there of the declared objects is taken over.');
  if (cutOff.length === 0) return;
  const names = cutOff.map(({ resource }) => resource.urn.split('::').at(-1));
  say(`The run before was cut off while it made ${names.join(', ')}: what is there of it is taken over.`);
}
