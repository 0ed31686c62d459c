import type { Json, JsonObject } from '../properties.ts';
import { isJsonObject } from './objects.ts';

/** Who an object is created as, in an ordinary create; the official provider uses the same name, and takes over from it too. */
export const creator = 'pulumi-kubernetes';

/** Managers whose fields a real update takes over first (pulumi-kubernetes v4.32.0 provider/pkg/await/await.go fixCSAFieldManagers). */
const adopted: readonly { prefix: string; operation: string }[] = [
  { prefix: 'kubectl', operation: 'Apply' },
  { prefix: 'kubectl', operation: 'Update' },
  { prefix: 'before-first-apply', operation: 'Update' },
  { prefix: creator, operation: 'Update' },
  { prefix: 'pulumi-resource-kubernetes', operation: 'Update' },
];

function entriesOf(live: JsonObject): JsonObject[] {
  const metadata = isJsonObject(live.metadata) ? live.metadata : {};
  return Array.isArray(metadata.managedFields) ? metadata.managedFields.filter(isJsonObject) : [];
}

/** A preview changes no owner, so there an object still owned by its create is overruled; and so is one without any owner. */
export function overrules(live: JsonObject | undefined, preview: boolean): boolean {
  if (live === undefined) return preview;
  const entries = entriesOf(live);
  if (entries.length === 0) return true;
  return preview && entries.some((entry) => entry.operation === 'Update' && entry.manager === creator);
}

/**
 * The JSON patch that hands the fields of the adopted managers to `manager`, or undefined where they own none. It holds for exactly
 * the object that was read.
 */
export function takeOver(live: JsonObject, manager: string): Json[] | undefined {
  const entries = entriesOf(live);
  const ours = (entry: JsonObject) => entry.manager === manager && entry.operation === 'Apply';
  const taken = (entry: JsonObject) =>
    !ours(entry) &&
    entry.subresource === undefined &&
    adopted.some(({ prefix, operation }) => String(entry.manager).startsWith(prefix) && entry.operation === operation);
  const from = entries.filter(taken);
  if (from.length === 0) return undefined;
  const own = entries.find(ours);
  const fields = [own, ...from].map((entry) => entry?.fieldsV1).filter(isJsonObject);
  const merged: JsonObject = {
    ...(own ?? { apiVersion: live.apiVersion ?? '', fieldsType: 'FieldsV1', time: from[0]?.time ?? null }),
    manager,
    operation: 'Apply',
    fieldsV1: fields.reduce(union, {}),
  };
  const rest = entries.filter((entry) => !taken(entry) && !ours(entry));
  const version = isJsonObject(live.metadata) ? (live.metadata.resourceVersion ?? '') : '';
  return [
    { op: 'replace', path: '/metadata/managedFields', value: [...rest, merged] },
    { op: 'replace', path: '/metadata/resourceVersion', value: version },
  ];
}

function union(a: JsonObject, b: JsonObject): JsonObject {
  const result = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const present = result[key];
    result[key] = isJsonObject(present) && isJsonObject(value) ? union(present, value) : value;
  }
  return result;
}
