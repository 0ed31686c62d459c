import { createHash } from 'node:crypto';
import {
  decode,
  encode,
  isMap,
  type Json,
  type JsonObject,
  type PropertyMap,
  type PropertyValue,
  reveal,
  Unknown,
  withSecretsOf,
} from '../properties.ts';

/** The annotation that says a name was made up by the provider, so that a replacement may take a new one. */
const autonamed = 'pulumi.com/autonamed';

export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** The object to send: known inputs without secret marks, absent fields left out, `x_kubernetes_…` spelled as the API does. */
export function objectOf(inputs: PropertyMap): JsonObject {
  const object = clean(encode(reveal(inputs)), dashed) as JsonObject;
  delete object.status;
  return object.apiVersion === 'v1' && object.kind === 'Secret' ? withData(object) : object;
}

/** A Secret's stringData as the data the server makes of it, so that a key that went is removed there too. */
function withData(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (!isJsonObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, data: { ...(isJsonObject(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const dashed = (key: string) => (key.startsWith('x_kubernetes_') ? key.replaceAll('_', '-') : key);
const underscored = (key: string) => (key.startsWith('x-kubernetes-') ? key.replaceAll('-', '_') : key);

function clean(value: Json, rename: (key: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => clean(item, rename));
  if (!isJsonObject(value)) return value;
  const present = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(present.map(([key, item]) => [rename(key), clean(item, rename)]));
}

export function identityOf(object: JsonObject): Identity {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  return {
    apiVersion: String(object.apiVersion ?? ''),
    kind: String(object.kind ?? ''),
    namespace: typeof metadata.namespace === 'string' && metadata.namespace !== '' ? metadata.namespace : undefined,
    name: String(metadata.name ?? ''),
  };
}

/** `kubernetes:networking.k8s.io/v1:NetworkPolicy` → apiVersion and kind; the core group is spelled `core/v1` there. */
export function kindOfType(type: string): { apiVersion: string; kind: string } {
  const [, group = '', kind = ''] = type.split(':');
  return { apiVersion: group.replace(/^core\//, ''), kind };
}

/** The resource's id: `namespace/name`, or the name alone. */
export function idOf(live: JsonObject): string {
  const { namespace, name } = identityOf(live);
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Inputs with a name: their own, the one made up before, or `<resource>-<8 hex digits of the seed>`. */
export function named(inputs: PropertyMap, olds: PropertyMap, resource: string, seed: Uint8Array): PropertyMap {
  const metadata = reveal(inputs.metadata);
  if (metadata instanceof Unknown) return inputs;
  const given = isMap(metadata) ? metadata : {};
  if (given.name !== undefined && given.name !== null && given.name !== '') return inputs;
  const old = reveal(olds.metadata);
  const kept = isMap(old) && isAutonamed(olds) ? old.name : undefined;
  const name = kept ?? `${resource}-${createHash('sha256').update(seed).digest('hex').slice(0, 8)}`;
  const annotations = isMap(given.annotations) ? given.annotations : {};
  const own = isMap(inputs.metadata) ? inputs.metadata : given;
  return { ...inputs, metadata: { ...own, name, annotations: { ...annotations, [autonamed]: 'true' } } };
}

export function isAutonamed(inputs: PropertyMap): boolean {
  return annotation(inputs, autonamed) === 'true';
}

export function annotation(inputs: PropertyMap, name: string): PropertyValue {
  const metadata = reveal(inputs.metadata);
  return isMap(metadata) && isMap(metadata.annotations) ? metadata.annotations[name] : undefined;
}

export function withNamespace(inputs: PropertyMap, namespace: string): PropertyMap {
  const metadata = isMap(inputs.metadata) ? inputs.metadata : {};
  return { ...inputs, metadata: { ...metadata, namespace } };
}

/**
 * What the state keeps of an object: the live one, secret where the inputs are, and beside it what the official provider keeps there
 * too, so that a stack can change hands without a difference.
 */
export function stateOf(inputs: PropertyMap, live: JsonObject, fieldManager: string): PropertyMap {
  const shown = { ...live };
  if (isJsonObject(live.metadata)) {
    const { managedFields: _, ...metadata } = live.metadata;
    shown.metadata = metadata;
    if (live.kind === 'Secret' && isJsonObject(metadata.annotations)) {
      // kubectl writes the whole Secret into this annotation, in clear.
      const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...annotations } = metadata.annotations;
      shown.metadata = { ...metadata, annotations };
    }
  }
  const outputs = withSecretsOf(decode(clean(shown, underscored)), inputs) as PropertyMap;
  if (live.kind === 'Secret') outputs.data = withSecretsOf(outputs.data, inputs.stringData);
  return {
    ...outputs,
    __inputs: inputs,
    __initialApiVersion: String(live.apiVersion ?? ''),
    __fieldManager: fieldManager,
  };
}

/**
 * The live object cut down to what the inputs say something about: its difference to the inputs is the drift. Lists of one length
 * are compared by position; of another length they are taken whole.
 */
export function liveInputs(live: JsonObject, inputs: PropertyMap): PropertyMap {
  const object = clean(encode(reveal(inputs)), dashed) as JsonObject;
  const seen = object.kind === 'Secret' ? withStringData(live, object) : live;
  const pruned = decode(clean(prune(seen, object), underscored)) as PropertyMap;
  return withSecretsOf(pruned, inputs) as PropertyMap;
}

function prune(live: Json, like: Json): Json {
  if (isJsonObject(live) && isJsonObject(like)) {
    const shared = Object.keys(like).filter((key) => live[key] !== undefined);
    return Object.fromEntries(shared.map((key) => [key, prune(live[key] as Json, like[key] as Json)]));
  }
  if (Array.isArray(live) && Array.isArray(like) && live.length === like.length) {
    return live.map((item, index) => prune(item, like[index] as Json));
  }
  return live;
}

function withStringData(live: JsonObject, inputs: JsonObject): JsonObject {
  if (!isJsonObject(inputs.stringData) || !isJsonObject(live.data)) return live;
  const data = live.data;
  const keys = Object.keys(inputs.stringData).filter((key) => data[key] !== undefined);
  const stringData = keys.map((key) => [key, Buffer.from(String(data[key]), 'base64').toString()]);
  return { ...live, stringData: Object.fromEntries(stringData) };
}

/** The inputs of an object that is only known from the cluster (`get`, import): all but what the server filled in. */
export function inputsFromLive(live: JsonObject): PropertyMap {
  const { status: _, ...object } = live;
  if (isJsonObject(object.metadata)) {
    const server = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'uid'];
    object.metadata = Object.fromEntries(Object.entries(object.metadata).filter(([key]) => !server.includes(key)));
  }
  return decode(clean(object, underscored)) as PropertyMap;
}
