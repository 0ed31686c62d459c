import { z } from 'zod';
import { inline } from './inline.ts';
import type { Facts } from './schema/documentation.ts';
import { clusterSchema } from './schema.ts';

/** A JSON Schema, as far as the cluster's has one. */
export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

type Documented = JsonSchema & { calispray?: Facts };

/** One field of the file, with all that is known of it. */
export interface Field extends Facts {
  /** `nodes.NAME.address`, `policies.extra[].kind`. */
  readonly path: string;
  readonly description: string;
  readonly required: boolean;
  /** Whether its map is one of several that may stand there, and it is what chooses that one. */
  readonly chooses: boolean;
  readonly schema: JsonSchema;
}

/**
 * `schema/cluster.schema.json`: what editors complete and check while a cluster is written. Draft 7, which they all know.
 * It lets through what only the parser can judge (host bits, two nodes with one address); it refuses nothing that parses.
 */
export function jsonSchema(): JsonSchema {
  return documented().schema;
}

/** Every field of the file in the schema's order, sections before what they hold. */
export function fields(): Field[] {
  return documented().fields;
}

function documented(): { schema: JsonSchema; fields: Field[] } {
  const { $schema, ...rest } = z.toJSONSchema(clusterSchema, { io: 'input', target: 'draft-07' });
  const schema = {
    $schema,
    title: 'Calispray cluster',
    description:
      'A Calico-networked cluster that kubespray builds: a stack’s `calispray:cluster`, or a file for `--spec`.',
    ...rest,
  } as JsonSchema;
  return { schema, fields: describe(schema, '') };
}

/** Puts each property's facts into its description, where editors show them, and returns the fields found. */
function describe(schema: JsonSchema, path: string, oneOfSeveral = false): Field[] {
  const found = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const required = schema.required?.includes(name) ?? false;
    const field = { ...takeFacts(property, at), required, chooses: required && oneOfSeveral };
    property.description = descriptionOf(field);
    return [field, ...describe(property, at)];
  });
  const { additionalProperties: values, items, anyOf = [] } = schema;
  return [
    ...found,
    ...(typeof values === 'object' ? describe(values, `${path}.NAME`) : []),
    ...(items === undefined ? [] : describe(items, `${path}[]`)),
    ...anyOf.flatMap((one) => describe(one, path, true)),
  ];
}

function takeFacts(property: Documented, path: string): Omit<Field, 'required' | 'chooses'> {
  const { calispray, description } = property;
  if (calispray === undefined || description === undefined) throw new Error(`${path} has no documentation`);
  delete property.calispray;
  return { ...calispray, path, description, schema: property };
}

function descriptionOf(field: Field): string {
  const { description, unit, change, note, schema } = field;
  if (change === undefined) return description;
  return [
    description,
    ...(unit === undefined ? [] : [`Unit: ${unit}.`]),
    `Default: ${defaultOf(field)}.`,
    ...(schema.examples ?? []).map((example) => `Example: ${inline(example)}.`),
    `Changing it: ${change}. ${note ?? ''}`.trimEnd(),
  ].join('\n\n');
}

/** What stands where the field is left out. A section's own fields say it. */
export function defaultOf({ required, chooses, otherwise, change, schema }: Field): string {
  if (chooses) return 'none, it is one of several ways';
  if (required) return 'none, it must be written';
  if (otherwise !== undefined) return otherwise;
  return change === undefined ? '' : inline(schema.default);
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
