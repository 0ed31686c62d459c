import type { JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb.js';
import structpb from 'google-protobuf/google/protobuf/struct_pb.js';
import { UNKNOWN } from './unknown.ts';

/**
 * Property values as they cross the plugin protocol: plain JSON, plus secrets, unknowns, assets and archives, which travel
 * as marked objects or sentinel strings (pulumi v3.259.0 sdk/go/common/resource/plugin/rpc.go, sdk/go/common/resource/sig).
 */
export type PropertyValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | Unknown
  | Secret
  | Asset
  | Archive
  | PropertyValue[]
  | { [key: string]: PropertyValue };
export type PropertyMap = { [key: string]: PropertyValue };
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const signatureKey = '4dabf18193072939515e22adb298388d';
const secretSignature = '1b47061264138c4ac30d75fd1eb44270';
const assetSignature = 'c44067f5952c0a294b673a41bacd8c17';
const archiveSignature = '0def7320c3a5731c473e5ecbe6d01bc7';
const outputSignature = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const unknownString = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** A value that only the real run will know. */
export class Unknown {
  readonly unknown = true;
}
export const unknown = new Unknown();

/** A value that must never be in clear in state, logs or diffs. Never nested in another secret. */
export class Secret {
  readonly value: PropertyValue;
  constructor(value: PropertyValue) {
    this.value = value instanceof Secret ? value.value : value;
  }
}

/** One file: inline text, a path on this machine, or an address. `hash` is the content's SHA-256 as the engine counted it. */
export class Asset {
  readonly fields: JsonObject;
  constructor(fields: JsonObject) {
    this.fields = fields;
  }
  get hash(): string | undefined {
    return stringOr(this.fields.hash);
  }
  get text(): string | undefined {
    return stringOr(this.fields.text);
  }
  get path(): string | undefined {
    return stringOr(this.fields.path);
  }
}

/** A folder or archive file on this machine, or a map of names to assets and archives. */
export class Archive {
  readonly fields: JsonObject;
  readonly assets: Readonly<Record<string, Asset | Archive>> | undefined;
  constructor(fields: JsonObject, assets?: Record<string, Asset | Archive>) {
    this.fields = fields;
    this.assets = assets;
  }
  get hash(): string | undefined {
    return stringOr(this.fields.hash);
  }
  get path(): string | undefined {
    return stringOr(this.fields.path);
  }
}

function stringOr(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** True for a plain object, not one of the marked values above. */
export function isMap(value: PropertyValue): value is PropertyMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown || value instanceof Secret || value instanceof Asset || value instanceof Archive)
  );
}

export function fromStruct(struct: structpb.Struct | undefined): PropertyMap {
  if (struct === undefined) return {};
  const decoded = decode(struct.toJavaScript() as Json);
  return isMap(decoded) ? decoded : {};
}

export function toStruct(properties: PropertyMap): structpb.Struct {
  return structpb.Struct.fromJavaScript(encode(properties) as Record<string, JavaScriptValue>);
}

export function decode(value: Json): PropertyValue {
  if (typeof value === 'string') return UNKNOWN.has(value) ? unknown : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  const { [signatureKey]: signature, ...fields } = value;
  switch (signature) {
    case secretSignature:
      return new Secret(decode(fields.value ?? null));
    case assetSignature:
      return new Asset(fields);
    case archiveSignature: {
      if (fields.assets === undefined || fields.assets === null) return new Archive(fields);
      const { assets, ...rest } = fields;
      return new Archive(rest, decode(assets) as Record<string, Asset | Archive>);
    }
    case outputSignature: {
      const inner = 'value' in fields ? decode(fields.value as Json) : unknown;
      return fields.secret === true ? new Secret(inner) : inner;
    }
    default:
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]));
  }
}

export function encode(value: PropertyValue): Json {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') return value;
  if (value instanceof Unknown) return unknownString;
  if (value instanceof Secret) return { [signatureKey]: secretSignature, value: encode(value.value) };
  if (value instanceof Asset) return { [signatureKey]: assetSignature, ...value.fields };
  if (value instanceof Archive) {
    const assets: JsonObject = value.assets === undefined ? {} : { assets: encode(value.assets as PropertyMap) };
    return { [signatureKey]: archiveSignature, ...value.fields, ...assets };
  }
  if (Array.isArray(value)) return value.map(encode);
  const present = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(present.map(([key, item]) => [key, encode(item)]));
}

/** The value without its secret wrappers, at any depth; unknowns, assets and archives stay what they are. */
export function reveal(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
  return value;
}

export function hasUnknown(value: PropertyValue): boolean {
  if (value instanceof Unknown) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isMap(value) && Object.values(value).some(hasUnknown);
}

export function hasSecret(value: PropertyValue): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isMap(value) && Object.values(value).some(hasSecret);
}

/**
 * `value`, secret wherever `like` is: what came back from a server gets the secrecy of what was sent. Where lists differ in
 * length the whole list becomes secret, since positions say nothing any more.
 */
export function withSecretsOf(value: PropertyValue, like: PropertyValue): PropertyValue {
  if (value === undefined || value === null || !hasSecret(like)) return value;
  if (like instanceof Secret) return new Secret(reveal(value));
  if (Array.isArray(like)) {
    if (!Array.isArray(value) || value.length !== like.length) return new Secret(reveal(value));
    return value.map((item, index) => withSecretsOf(item, like[index]));
  }
  if (isMap(like) && isMap(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSecretsOf(item, like[key])]));
  }
  return new Secret(reveal(value));
}
