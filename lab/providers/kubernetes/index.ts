import { createHash } from 'node:crypto';
import { hasUnknown, type JsonObject, type PropertyMap, reveal } from '../properties.ts';
import { type CheckRequest, type CreateRequest, NotReadyError, type Provider, StepError } from '../provider.ts';
import { createObject, deleteObject, readObject, type Step, UnknownKindError, updateObject } from './apply.ts';
import { ApiError, Cluster } from './cluster.ts';
import { diffConfig, type Settings, settingsFrom } from './config.ts';
import { diffObject, unservedType } from './object-diff.ts';
import * as objects from './objects.ts';
import { isPatch, relinquish, requireName } from './patch.ts';
import { waitUntilReady } from './ready.ts';

/** Kinds of the core API that are in no namespace, for a cluster that cannot be asked. */
const clusterScoped = new Set(['Namespace', 'Node', 'PersistentVolume', 'ClusterRole', 'ClusterRoleBinding']);

type Reached = Cluster | { readonly unreachable: string };

/** The stand-in for `kubernetes` 4.32.0: plain objects of any kind the API server has, kept with server-side apply. */
export function kubernetesProvider(): Provider {
  let settings: Settings = settingsFrom(new Map());
  let reached: Promise<Reached> | undefined;
  const reach = () => {
    reached ??= Cluster.reach(settings);
    return reached;
  };
  const clusterFor = async (what: string): Promise<Cluster> => {
    const cluster = await reach();
    if (cluster instanceof Cluster) return cluster;
    throw new StepError(`configured Kubernetes cluster is unreachable: ${cluster.unreachable}${what}`);
  };
  const stepFor = (
    cluster: Cluster,
    request: Pick<CreateRequest, 'type' | 'logger' | 'signal'>,
    inputs: PropertyMap,
    more: StepOptions,
  ) => {
    const force = settings.enablePatchForce || objects.annotation(inputs, 'pulumi.com/patchForce') === 'true';
    const patch = isPatch(request.type, reveal(inputs.kind));
    return { cluster, force, patch, logger: request.logger, signal: request.signal, ...more } satisfies Step;
  };

  return {
    name: 'kubernetes',
    version: '4.32.0',
    configure(variables) {
      settings = settingsFrom(variables);
    },
    diffConfig,

    async check({ type, name, news, olds, randomSeed }: CheckRequest) {
      const unserved = unservedType(type, news);
      if (unserved !== undefined) throw new StepError(unserved);
      const patch = isPatch(type, reveal(news.kind));
      if (patch && !hasUnknown(news.metadata)) requireName(news);
      const inputs = patch ? news : objects.named(news, olds, name, randomSeed);
      if (settings.namespace === undefined || hasUnknown(inputs.metadata)) return { inputs };
      const { apiVersion, kind, namespace } = objects.identityOf(objects.objectOf(inputs));
      if (namespace !== undefined || !(await isNamespaced(apiVersion, kind))) return { inputs };
      return { inputs: objects.withNamespace(inputs, settings.namespace) };
    },

    diff({ type, oldInputs, news }) {
      const patch = isPatch(type, reveal(news.kind));
      const mutable = { configMap: settings.enableConfigMapMutable, secret: settings.enableSecretMutable };
      return diffObject(oldInputs, news, patch ? 'all' : mutable);
    },

    async create(request) {
      const { urn, type, inputs, preview, timeout, logger } = request;
      const patch = isPatch(type, reveal(inputs.kind));
      if (preview && (patch || hasUnknown(inputs))) return { id: '', outputs: inputs };
      const cluster = preview ? await reach() : await clusterFor('');
      if (!(cluster instanceof Cluster)) return { id: '', outputs: inputs };
      const fieldManager = managerFor(urn);
      const step = stepFor(cluster, request, inputs, { fieldManager, preview });
      let live: JsonObject;
      try {
        live = await createObject(step, objects.objectOf(inputs), patch || settings.upsertExistingObjects);
      } catch (error) {
        if (preview && isUnforeseeable(error)) {
          if (error instanceof ApiError && error.status === 409)
            logger.log('info', `${error.message}: \`up\` will fail`);
          return { id: '', outputs: inputs };
        }
        throw createFailure(error, urn);
      }
      if (preview) {
        const { status: _, ...foreseen } = live;
        return { id: '', outputs: objects.stateOf(inputs, foreseen, fieldManager) };
      }
      const made = { id: objects.idOf(live), outputs: objects.stateOf(inputs, live, fieldManager) };
      const unready = await waitUntilReady(step, live, timeout);
      if (unready === undefined) return made;
      const text = `resource ${JSON.stringify(urn)} was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${unready}`;
      throw new NotReadyError(text, made, [unready]);
    },

    async read({ type, id, state, inputs, logger, signal }) {
      const cluster = await clusterFor(
        '. If the cluster was deleted, remove the resource from the state with PULUMI_K8S_DELETE_UNREACHABLE=true on the next run',
      ).catch((error: unknown) => {
        if (!settings.deleteUnreachable) throw error;
        logger.log(
          'info',
          'the cluster is unreachable and `deleteUnreachable` is set: the resource is taken out of the state',
        );
        return undefined;
      });
      if (cluster === undefined) return undefined;
      const known = reveal(inputs.kind) !== undefined;
      const live = await readObject(
        cluster,
        known ? identified(objects.objectOf(inputs), id) : fromId(type, id),
        signal,
      );
      if (live === undefined) return undefined;
      const seen = known ? objects.liveInputs(live, inputs) : objects.inputsFromLive(live);
      const manager = typeof state.__fieldManager === 'string' ? state.__fieldManager : managerFor(id);
      return { id, inputs: seen, outputs: objects.stateOf(seen, live, manager) };
    },

    async update(request) {
      const { urn, news, preview, timeout, state } = request;
      if (preview && hasUnknown(news)) return news;
      const cluster = preview ? await reach() : await clusterFor('');
      if (!(cluster instanceof Cluster)) return news;
      const fieldManager = typeof state.__fieldManager === 'string' ? state.__fieldManager : managerFor(urn);
      const step = stepFor(cluster, request, news, { fieldManager, preview });
      let live: JsonObject;
      try {
        live = await updateObject(step, objects.objectOf(news));
      } catch (error) {
        if (preview && (error instanceof UnknownKindError || (error instanceof ApiError && error.status === 403)))
          return news;
        if (!(error instanceof StepError)) throw error;
        throw new StepError(`update of resource ${JSON.stringify(urn)} failed: ${error.message}`);
      }
      const outputs = objects.stateOf(news, live, fieldManager);
      const unready = preview ? undefined : await waitUntilReady(step, live, timeout);
      if (unready === undefined) return outputs;
      const id = objects.idOf(live);
      const text = `the Kubernetes API server reported that ${JSON.stringify(id)} failed to fully initialize or become live: ${unready}`;
      throw new NotReadyError(text, { id, outputs }, [unready]);
    },

    async delete(request) {
      const { id, state, logger, timeout } = request;
      const cluster = await reach();
      if (!(cluster instanceof Cluster)) {
        logger.log('warning', `configured Kubernetes cluster is unreachable: ${cluster.unreachable}`);
        if (settings.deleteUnreachable) return;
        throw new StepError(
          'configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from Pulumi ' +
            'state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
        );
      }
      const { __inputs: _, ...rest } = state;
      const fieldManager = typeof state.__fieldManager === 'string' ? state.__fieldManager : managerFor(request.urn);
      const step = stepFor(cluster, request, state, { fieldManager, preview: false });
      const object = identified(objects.objectOf(rest), id);
      await (step.patch ? relinquish(step, object) : deleteObject(step, object, timeout));
    },
  };

  async function isNamespaced(apiVersion: string, kind: string): Promise<boolean> {
    if (clusterScoped.has(kind)) return false;
    const cluster = await reach();
    if (!(cluster instanceof Cluster)) return true;
    return (await cluster.resource(apiVersion, kind))?.namespaced ?? true;
  }
}

interface StepOptions {
  readonly fieldManager: string;
  readonly preview: boolean;
}

/** One manager a resource, and the same again after a run that was killed before it wrote its state. */
function managerFor(urn: string): string {
  return `pulumi-kubernetes-${createHash('sha256').update(urn).digest('hex').slice(0, 8)}`;
}

function fromId(type: string, id: string): JsonObject {
  return identified({ ...objects.kindOfType(type) }, id);
}

function identified(object: JsonObject, id: string): JsonObject {
  const [name, namespace] = id.split('/').reverse();
  const place: JsonObject = namespace === undefined ? {} : { namespace };
  return {
    ...object,
    metadata: { ...(objects.isJsonObject(object.metadata) ? object.metadata : {}), ...place, name: name ?? '' },
  };
}

/** What a preview cannot know: the namespace or kind may be made by the same run, and a dry run may not be allowed. */
function isUnforeseeable(error: unknown): boolean {
  return error instanceof UnknownKindError || (error instanceof ApiError && [403, 404, 409].includes(error.status));
}

function createFailure(error: unknown, urn: string): unknown {
  if (!(error instanceof StepError)) return error;
  if (error instanceof UnknownKindError) {
    return new StepError(
      `creation of resource ${JSON.stringify(urn)} failed because the Kubernetes API server reported that the apiVersion for this ` +
        `resource does not exist. Verify that any required CRDs have been created: ${error.message}`,
    );
  }
  const exists = error instanceof ApiError && error.reason === 'AlreadyExists' ? alreadyExists : '';
  return new StepError(
    `resource ${JSON.stringify(urn)} was not successfully created by the Kubernetes API server: ${error.message}${exists}`,
  );
}

const alreadyExists = `

The resource already exists in the cluster, and is not taken over. Ways out: give a renamed resource an alias; delete the object; import it
with \`pulumi import\`; or set upsertExistingObjects on the provider.`;
