/** The fields of custom resource definitions, in the compact form that reachability/validate/fields keeps them in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Field, FieldData, Fields } from '../../reachability/validate/fields/types.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly scope: string;
    readonly versions: readonly { name: string; schema: { openAPIV3Schema: { properties: { spec: Schema } } } }[];
  };
}

/** Kubernetes reads YAML 1.1, where `Off` is a boolean unless it is quoted. */
export function definitionsIn(
  folder: string,
  file: `${'calico' | 'cluster-policies' | 'prometheus'}.yaml`,
): Definition[] {
  return parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { version: '1.1' }).flatMap((document) => {
    const value = document.toJS() as Definition | null;
    return value === null ? [] : [value];
  });
}

/** Parts that several places share stand once, below the name of the field that holds them. */
export function fieldsOf(definitions: readonly Definition[], kinds: readonly string[]): FieldData {
  const specs = kinds.map((kind) => {
    const found = definitions.find(({ spec }) => spec.names.kind === kind);
    if (found === undefined) throw new Error(`there is no definition of ${kind}`);
    return [
      kind,
      fieldOf(
        (found.spec.versions[0] as Definition['spec']['versions'][number]).schema.openAPIV3Schema.properties.spec,
      ),
    ] as const;
  });
  const seen = new Map<string, { name: string; count: number; size: number }>();
  for (const [kind, spec] of specs) count(spec, kind, seen);
  const names = new Map<string, string>();
  const shared: Record<string, Fields> = {};
  const ordered = [...seen]
    .filter(([, { count, size }]) => count > 1 && size > 1)
    .sort(([a], [b]) => a.length - b.length);
  for (const [text, { name }] of ordered) {
    let free = name;
    for (let i = 2; free in shared; i++) free = `${name}${i}`;
    names.set(text, free);
    shared[free] = inner(JSON.parse(text) as Fields, names);
  }
  return { shared, kinds: Object.fromEntries(specs.map(([kind, spec]) => [kind, inner(spec as Fields, names)])) };
}

function fieldOf(schema: Schema): Field {
  if (schema['x-kubernetes-int-or-string'] === true) return limited('int-or-string', schema);
  if (schema.type === 'array') return { list: fieldOf(schema.items ?? {}) };
  if (schema.type === 'object' && schema.properties === undefined)
    return typeof schema.additionalProperties === 'object'
      ? { map: fieldOf(schema.additionalProperties) }
      : { fields: {} };
  if (schema.type === 'object') {
    const entries = Object.entries(schema.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const fields = Object.fromEntries(entries.map(([name, inner]) => [name, fieldOf(inner)]));
    return schema.required === undefined ? { fields } : { fields, required: [...schema.required].sort() };
  }
  if (['string', 'integer', 'number', 'boolean'].includes(schema.type ?? ''))
    return limited(schema.type as 'string', schema);
  throw new Error(`a schema of another kind: ${JSON.stringify(schema)}`);
}

function limited(is: 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string', schema: Schema): Field {
  const words = schema.enum ?? schema.allOf?.[0]?.enum;
  // The pattern of what may be a number or a text says nothing.
  const pattern = schema.pattern === '^.*' ? undefined : schema.pattern;
  const limits = {
    ...(words === undefined ? {} : { enum: words }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(schema.minimum === undefined ? {} : { min: schema.minimum }),
    ...(schema.maximum === undefined ? {} : { max: schema.maximum }),
    ...(schema.minLength === undefined ? {} : { shortest: schema.minLength }),
  };
  return Object.keys(limits).length === 0 ? is : { is, ...limits };
}

function count(field: Field, name: string, seen: Map<string, { name: string; count: number; size: number }>): void {
  if (typeof field === 'string' || 'is' in field) return;
  if ('list' in field || 'map' in field) {
    count('list' in field ? field.list : field.map, name, seen);
    return;
  }
  const text = JSON.stringify(field);
  const known = seen.get(text);
  if (known !== undefined) known.count += 1;
  else seen.set(text, { name, count: 1, size: Object.keys(field.fields).length });
  for (const [inner, value] of Object.entries(field.fields)) count(value, inner, seen);
}

function inner(field: Fields, names: Map<string, string>): Fields {
  const fields = Object.entries(field.fields).map(([name, value]) => [name, named(value, names)] as const);
  return { ...field, fields: Object.fromEntries(fields) };
}

function named(field: Field, names: Map<string, string>): Field {
  if (typeof field === 'string' || 'is' in field) return field;
  if ('list' in field) return { list: named(field.list, names) };
  if ('map' in field) return { map: named(field.map, names) };
  const name = names.get(JSON.stringify(field));
  return name === undefined ? inner(field, names) : `#${name}`;
}
