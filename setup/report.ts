/** What a set-up took, part by part. */
import type { Made } from './ensure.ts';
import { duration } from './progress.ts';

/** Time and CPU of each part, longest first. */
export function table(made: readonly Made[]): string {
  const lines = [...made]
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ spec, how, seconds, cpu }) =>
      [spec.name.padEnd(24), duration(seconds).padStart(12), duration(cpu).padStart(12), `  ${how}`].join(''),
    );
  return [['part'.padEnd(24), 'time'.padStart(12), 'CPU'.padStart(12)].join(''), ...lines].join('\n');
}
