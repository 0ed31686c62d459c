import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const here = import.meta.dirname;

interface Others {
  readonly source: string;
  readonly names: readonly string[];
}

/** Names of all metrics that an alert or a guide may speak of: Felix's, and those of others with where upstream makes them. */
export function knownMetrics(): string[] {
  const felix = readFileSync(join(here, 'felix.txt'), 'utf8').trim().split('\n');
  const others: readonly Others[] = parse(readFileSync(join(here, 'others.yaml'), 'utf8'));
  const unsourced = others.filter(({ source }) => !/\S/.test(source));
  if (unsourced.length > 0) throw new Error(`metrics without a source: ${JSON.stringify(unsourced)}`);
  return [...felix, ...others.flatMap(({ names }) => names)];
}

/**
 * What is left of an expression without labels, lists of labels, ranges, numbers, functions and words of PromQL; how often a summary was taken
 * and its sum are the summary's.
 */
export function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|on|without|group_left|ignoring)\s*\([^)]*\)/g, ' ')
    .replaceAll(/[a-z_]+(?=\s*\()/g, ' ');
  const words = new Set(['and', 'or', 'unless', 'sum', 'max', 'min', 'count']);
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*/g)]
    .map(([word]) => word)
    .filter((word) => !words.has(word))
    .map((word) => word.replace(/_seconds_(count|sum)$/, '_seconds'));
}
