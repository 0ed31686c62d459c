/**
 * Patch resources: `FelixConfigurationPatch` sets the fields that it names in an object of somebody else's, and gives them up when it goes
 * (pulumi-kubernetes v4.32.0 provider/pkg/kinds/util.go, provider/pkg/ssa/actions.go).
 */
import type { JsonObject, PropertyMap } from '../properties.ts';
import { StepError } from '../provider.ts';
import { locate, pathOf, readObject, type Step } from './apply.ts';
import { ApiError } from './cluster.ts';
import { identityOf, kindOfType, objectOf } from './objects.ts';

/** A custom kind whose own name ends in Patch is none. */
export function isPatch(type: string, kind: unknown): boolean {
  return typeof kind === 'string' && kindOfType(type).kind === `${kind}Patch`;
}

/** Throws where it does not say what it patches; `inputs` may be known only in part. */
export function requireName(inputs: PropertyMap): void {
  if (identityOf(objectOf(inputs)).name !== '') return;
  throw new StepError('patch resources require the `.metadata.name` field to be set');
}

/**
 * Gives up every field: what nobody else manages goes back to what the API makes of it when it is left out. A field that must be there
 * cannot be given up. Official: an object that is gone would come back empty; here it stays gone.
 */
export async function relinquish(step: Step, object: JsonObject): Promise<void> {
  if ((await readObject(step.cluster, object, step.signal)) === undefined) return;
  const resource = await locate(step.cluster, object);
  const { apiVersion, kind, name, namespace } = identityOf(object);
  const metadata = { name, ...(namespace === undefined || !resource.namespaced ? {} : { namespace }) };
  try {
    await step.cluster.request('PATCH', pathOf(resource, object), {
      body: { apiVersion, kind, metadata },
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: step.fieldManager },
      signal: step.signal,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    throw new StepError(
      `this Patch resource is currently managing a required field, so it can't be deleted directly. Either set the \`retainOnDelete\` ` +
        `resource option, or transfer ownership of the field before deleting: ${error.message}`,
    );
  }
}
