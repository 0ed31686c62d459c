import type { Known } from './types.ts';

export function notKnown(why: string): { readonly unknown: string } {
  return { unknown: why };
}

/** What is known of a part of something that may not be known. */
export function of<T, R>(known: Known<T>, part: (value: T) => Known<R>): Known<R> {
  return 'unknown' in known ? known : part(known.value);
}

/** The first that is known; else why the first is not. */
export function either<T>(first: Known<T>, second: Known<T>): Known<T> {
  return 'unknown' in first && 'value' in second ? second : first;
}
