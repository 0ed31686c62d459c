/** The fields that a custom resource definition knows, in a compact form: what the data beside this file hold. */
export type Field =
  | Plain
  /** `#entity`: a part that several places share. */
  | `#${string}`
  | Limited
  | { readonly list: Field }
  /** Any key. */
  | { readonly map: Field }
  | Fields;

export type Plain = 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string';

export interface Limited {
  readonly is: Plain;
  readonly enum?: readonly string[];
  /** As Go writes it. */
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  /** In characters. */
  readonly shortest?: number;
}

export interface Fields {
  readonly fields: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

export interface FieldData {
  readonly shared: Readonly<Record<string, Fields>>;
  /** The `spec` of each kind. */
  readonly kinds: Readonly<Record<string, Fields>>;
}
