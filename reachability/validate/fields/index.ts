/**
 * Fields that an API knows. What it does not know it drops without a word when an object is created, and refuses only in an update
 * (apiserver pkg/endpoints/handlers/fieldmanager; measured); what is of another type it refuses.
 */
import { isFields } from '../../raw.ts';
import calico from './calico.json' with { type: 'json' };
import clusterPolicies from './cluster-policies.json' with { type: 'json' };
import { kubernetes } from './kubernetes.ts';
import prometheus from './prometheus.json' with { type: 'json' };
import type { Field, FieldData, Fields, Limited } from './types.ts';

export type { Field, FieldData, Fields } from './types.ts';

/** Calico's own kinds are those of this version. */
export const CALICO_VERSION = 'v3.31.5';

const groups: Readonly<Record<string, FieldData>> = {
  'projectcalico.org/v3': calico as unknown as FieldData,
  'policy.networking.k8s.io/v1alpha1': clusterPolicies as unknown as FieldData,
  'monitoring.coreos.com/v1': prometheus as unknown as FieldData,
  'networking.k8s.io/v1': kubernetes,
};

export interface UnknownField {
  /** `spec.ingress[0].source.net`. */
  readonly path: string;
  /** Fields that are known in its place. */
  readonly known: readonly string[];
}

export interface WrongField {
  readonly path: string;
  /** What it must be: goes on `spec.order must be a number`. */
  readonly must: string;
}

/** Whether the fields of such objects are known here. */
export function knowsFields(apiVersion: string, kind: string): boolean {
  return specOf(apiVersion, kind) !== undefined;
}

/** Fields of a `spec` that the API drops; none of a kind that is not known here. */
export function unknownFields(apiVersion: string, kind: string, spec: unknown): UnknownField[] {
  const found: UnknownField[] = [];
  walk(apiVersion, kind, spec, {
    map(path, value, { fields }) {
      const known = Object.keys(fields);
      for (const name of Object.keys(value)) if (!(name in fields)) found.push({ path: `${path}.${name}`, known });
    },
  });
  return found;
}

/**
 * Values of a `spec` that the definition itself refuses: of another type, no word that it knows, a field that must be there. Rules that a
 * definition has beside its fields are not among them.
 */
export function wrongFields(apiVersion: string, kind: string, spec: unknown): WrongField[] {
  const found: WrongField[] = [];
  walk(apiVersion, kind, spec, {
    map(path, value, { required = [] }) {
      for (const name of required)
        if (value[name] === undefined || value[name] === null)
          found.push({ path: `${path}.${name}`, must: 'must be set' });
    },
    wrong: (path, must) => found.push({ path, must }),
  });
  return found;
}

interface Visitor {
  map(path: string, value: Readonly<Record<string, unknown>>, fields: Fields): void;
  wrong?(path: string, must: string): void;
}

function specOf(apiVersion: string, kind: string): Fields | undefined {
  const kinds = Object.hasOwn(groups, apiVersion) ? groups[apiVersion]?.kinds : undefined;
  return kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

function walk(apiVersion: string, kind: string, spec: unknown, visitor: Visitor): void {
  const fields = specOf(apiVersion, kind);
  const data = groups[apiVersion];
  if (fields !== undefined && data !== undefined) visit(spec, fields, 'spec', data, visitor);
}

function visit(value: unknown, field: Field, path: string, data: FieldData, visitor: Visitor): void {
  // The API takes null for a field that is left out.
  if (value === undefined || value === null) return;
  if (typeof field === 'string' && field.startsWith('#')) {
    visit(value, data.shared[field.slice(1)] as Fields, path, data, visitor);
    return;
  }
  if (typeof field === 'string' || 'is' in field) {
    const must = wrongIn(value, typeof field === 'string' ? { is: field as Limited['is'] } : field);
    if (must !== undefined) visitor.wrong?.(path, must);
  } else if ('list' in field) {
    if (!Array.isArray(value)) visitor.wrong?.(path, 'must be a list');
    else for (const [i, item] of value.entries()) visit(item, field.list, `${path}[${i}]`, data, visitor);
  } else if (!isFields(value)) {
    visitor.wrong?.(path, 'must be a map');
  } else if ('map' in field) {
    for (const [key, item] of Object.entries(value)) visit(item, field.map, `${path}.${key}`, data, visitor);
  } else {
    visitor.map(path, value, field);
    for (const [name, inner] of Object.entries(field.fields))
      visit(value[name], inner, `${path}.${name}`, data, visitor);
  }
}

const types: Readonly<Record<Limited['is'], { readonly must: string; fits(value: unknown): boolean }>> = {
  string: { must: 'must be a text', fits: (value) => typeof value === 'string' },
  integer: { must: 'must be a whole number', fits: (value) => Number.isInteger(value) },
  number: { must: 'must be a number', fits: (value) => typeof value === 'number' && Number.isFinite(value) },
  boolean: { must: 'must be true or false', fits: (value) => typeof value === 'boolean' },
  'int-or-string': {
    must: 'must be a whole number or a text',
    fits: (value) => typeof value === 'string' || Number.isInteger(value),
  },
};

function wrongIn(value: unknown, { is, enum: words, pattern, min, max, shortest }: Limited): string | undefined {
  const type = types[is];
  if (!type.fits(value)) return type.must;
  if (typeof value === 'string') {
    if (words !== undefined && !words.includes(value)) return `must be one of ${words.join(', ')}`;
    if (shortest !== undefined && value.length < shortest) return 'may not be empty';
    if (pattern !== undefined && !patternOf(pattern).test(value)) return `must be as ${pattern}`;
  }
  if (typeof value === 'number' && ((min !== undefined && value < min) || (max !== undefined && value > max)))
    return max === undefined ? `must be ${min} at least` : `must be from ${min ?? 'anything'} to ${max}`;
  return undefined;
}

/** Of Go's, the definitions use `(?i)` alone, at the beginning. */
function patternOf(pattern: string): RegExp {
  return pattern.includes('(?i)') ? new RegExp(pattern.replace('(?i)', ''), 'i') : new RegExp(pattern);
}
