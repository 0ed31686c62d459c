import type { Input } from '@pulumi/pulumi';

/** A list whose entries, and which itself, may be known only later. */
export type List<T> = Input<Input<T>[]>;

/** A map of texts, in the same way. */
export type Texts = Input<Record<string, Input<string>>>;
