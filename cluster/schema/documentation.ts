/** What changing a field does to a running cluster; the words are explained at the head of docs/stack-file.md. */
export type Change = 'free' | 'rolling restart' | 'migration' | 'never';

/** What an editor and docs/stack-file.md say of a field beside its description, its example and the schema's own default. */
export interface Facts {
  /** Unit of a number, `bytes`. */
  readonly unit?: string;
  /** What stands in for a field that is left out, where that is no fixed value. */
  readonly otherwise?: string;
  /** Absent at a section, whose fields say it one by one. */
  readonly change?: Change;
  /** What there is to know about the change: one sentence. */
  readonly note?: string;
}

interface Field extends Omit<Facts, 'change'> {
  readonly change: Change;
  /** A value that parses in the reference cluster. */
  readonly example: unknown;
}

/** Metadata of one field, for zod's `.meta()`. */
export function field(description: string, { example, ...facts }: Field) {
  return { description, examples: [example], calispray: facts satisfies Facts };
}

/** Metadata of a map that only groups fields, each with facts of its own. */
export function section(description: string) {
  return { description, calispray: {} satisfies Facts };
}
