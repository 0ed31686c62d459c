import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../engine.ts';
import type { JsonObject } from '../properties.ts';
import { StepError } from '../provider.ts';
import { ApiError, type Cluster, type Resource } from './cluster.ts';
import { creator, overrules, takeOver } from './managed-fields.ts';
import { identityOf, isJsonObject } from './objects.ts';

/** How long a create waits for its namespace or its kind to appear, in milliseconds. */
const longestWait = 60_000;
/** How long a deletion is waited for where the resource sets no timeout of its own, in seconds. */
const deleteTimeout = 600;

export interface Step {
  readonly cluster: Cluster;
  readonly fieldManager: string;
  readonly force: boolean;
  readonly preview: boolean;
  /** The object is somebody else's: no field of it is taken over but those that are named. */
  readonly patch: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The kind is not served: its CRD or API server is not there. */
export class UnknownKindError extends StepError {}

export async function locate(cluster: Cluster, object: JsonObject): Promise<Resource> {
  const { apiVersion, kind } = identityOf(object);
  const resource = await cluster.resource(apiVersion, kind);
  if (resource === undefined) {
    throw new UnknownKindError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
  }
  return resource;
}

export function pathOf(resource: Resource, object: JsonObject, collection = false): string {
  const { namespace, name } = identityOf(object);
  const place = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? 'default')}` : '';
  const whole = `${resource.root}${place}/${resource.plural}`;
  return collection ? whole : `${whole}/${encodeURIComponent(name)}`;
}

/** A namespace on a kind that has none is dropped, as the official provider does. */
function scoped(object: JsonObject, resource: Resource): JsonObject {
  if (resource.namespaced || !isJsonObject(object.metadata)) return object;
  const { namespace: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * Creates the object; `upsert` applies it whether or not it is there. An ordinary create drops fields the server does not know
 * without a word, as the official provider's does. In a preview the server only says what would come of it.
 */
export async function createObject(step: Step, object: JsonObject, upsert: boolean): Promise<JsonObject> {
  const until = Date.now() + longestWait;
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5_000)) {
    try {
      const resource = await locate(step.cluster, object);
      const body = scoped(object, resource);
      if (upsert) return await apply(step, resource, body, undefined);
      const made = await step.cluster.request('POST', pathOf(resource, body, true), {
        body,
        query: { fieldManager: creator, ...dryRun(step) },
        signal: step.signal,
      });
      return await own(step, pathOf(resource, body), made).catch((error: unknown) => {
        // It is there: nothing that goes wrong from here on may lose it from the state.
        if (error instanceof StepError) return made;
        throw error;
      });
    } catch (error) {
      const missing = error instanceof UnknownKindError || (error instanceof ApiError && error.status === 404);
      if (!missing || step.preview || Date.now() + pause > until) throw error;
      step.logger.status(`waiting for what it needs: ${error.message}`);
    }
    await pauseFor(pause, step.signal);
  }
}

/** Applies new inputs to an object that is there. Fields that another manager changed since are a conflict, not overwritten. */
export async function updateObject(step: Step, object: JsonObject): Promise<JsonObject> {
  const resource = await locate(step.cluster, object);
  const body = scoped(object, resource);
  const path = pathOf(resource, body);
  const live = await step.cluster.request('GET', path, { signal: step.signal });
  return apply(step, resource, body, step.patch ? live : await own(step, path, live));
}

/**
 * Hands the fields of the create, and of kubectl, to our own field manager; gives the object as it then is. Without it a changed list
 * entry (a Service's port) would be added beside the old one. Controllers write to a fresh object at the same time: then it is read again.
 */
async function own(step: Step, path: string, read: JsonObject): Promise<JsonObject> {
  let live = read;
  for (let tries = 0; !step.preview && tries < 5; tries++) {
    const body = takeOver(live, step.fieldManager);
    if (body === undefined) return live;
    try {
      const contentType = 'application/json-patch+json';
      return await step.cluster.request('PATCH', path, { body, contentType, signal: step.signal });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      live = await step.cluster.request('GET', path, { signal: step.signal });
    }
  }
  return live;
}

async function apply(
  step: Step,
  resource: Resource,
  body: JsonObject,
  live: JsonObject | undefined,
): Promise<JsonObject> {
  const force = step.force || overrules(live, step.preview);
  try {
    return await step.cluster.request('PATCH', pathOf(resource, body), {
      body,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: step.fieldManager, force: String(force), ...dryRun(step) },
      signal: step.signal,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    throw new StepError(
      `server-side apply field conflict detected: the resource managed by field manager ${JSON.stringify(step.fieldManager)} ` +
        `had an apply conflict: ${error.message}`,
    );
  }
}

function dryRun(step: Step): Record<string, string> {
  return step.preview ? { dryRun: 'All' } : {};
}

/** The live object, or undefined where it, or its whole kind, is gone. */
export async function readObject(
  cluster: Cluster,
  object: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    return await cluster.request('GET', pathOf(await locate(cluster, object), object), { signal });
  } catch (error) {
    if (error instanceof UnknownKindError || (error instanceof ApiError && error.status === 404)) return undefined;
    throw error;
  }
}

/** Deletes and waits until the object is gone. `timeout` in seconds, 0 for ten minutes. */
export async function deleteObject(step: Step, object: JsonObject, timeout: number): Promise<void> {
  const live = await readObject(step.cluster, object, step.signal);
  if (live === undefined) return;
  const resource = await locate(step.cluster, object);
  const path = pathOf(resource, object);
  const uid = uidOf(live);
  try {
    await step.cluster.request('DELETE', path, {
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid } },
      signal: step.signal,
    });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return;
    throw error;
  }
  const seconds = timeout > 0 ? timeout : deleteTimeout;
  const until = Date.now() + seconds * 1_000;
  let said = '';
  for (let pause = 50; ; pause = Math.min(pause * 2, 1_000)) {
    const left = await readObject(step.cluster, object, step.signal);
    if (left === undefined || uidOf(left) !== uid) return;
    if (Date.now() > until)
      throw new StepError(`${path} is still there ${seconds} s after its deletion${holders(left)}`);
    const waiting = `waiting for the deletion to finish${holders(left)}`;
    if (waiting !== said) step.logger.status(waiting);
    said = waiting;
    // The last look is when the time is up, and not a pause later: the step's own end comes soon after.
    await pauseFor(Math.min(pause, Math.max(until - Date.now(), 0) + 1), step.signal);
  }
}

function uidOf(live: JsonObject): string {
  return isJsonObject(live.metadata) ? String(live.metadata.uid) : '';
}

function holders(live: JsonObject): string {
  const metadata = isJsonObject(live.metadata) ? live.metadata : {};
  const spec = isJsonObject(live.spec) ? live.spec : {};
  const finalizers = [metadata.finalizers, spec.finalizers].flat().filter((name) => typeof name === 'string');
  return finalizers.length === 0 ? '' : ` (held by ${finalizers.join(', ')})`;
}

export async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {
    throw new StepError(signal.reason?.name === 'TimeoutError' ? "the step's time was up" : 'the run was cancelled');
  });
}
