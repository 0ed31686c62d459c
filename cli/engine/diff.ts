/** What differs between a resource as it is and as it is declared, short enough to read and to compare. */

import type { StepEventMetadata } from '@pulumi/pulumi/automation/events.js';
import { isRecord } from '../../cluster/raw.ts';
import { UNKNOWN } from '../../lab/providers/unknown.ts';

export interface PropertyChange {
  /** `spec.egress[0].ports[1].port` */
  path: string;
  kind: 'add' | 'delete' | 'update';
  /** Does this property ask for a new resource? */
  replaces: boolean;
  /** Values as the engine shows them: secrets are `[secret]` already. Absent where there is none. */
  before?: unknown;
  after?: unknown;
}

const VALUE_LENGTH = 72;
const DIFF_LINES = 6;

/** Property changes of a step; empty for anything but an update or a replacement. */
export function propertyChanges(step: StepEventMetadata): PropertyChange[] {
  const detailed = step.detailedDiff ?? {};
  const paths = Object.keys(detailed);
  if (paths.length > 0) {
    return paths.sort().map((path) => {
      const { diffKind = 'update', inputDiff = false } = detailed[path] ?? {};
      const old = inputDiff ? step.old?.inputs : (step.old?.outputs ?? step.old?.inputs);
      return change(
        path,
        diffKind,
        valueAt(old, path) ?? valueAt(step.old?.inputs, path),
        valueAt(step.new?.inputs, path),
      );
    });
  }
  const keys = step.diffs ?? step.keys ?? [];
  return [...keys].sort().map((path) => {
    const kind = step.keys?.includes(path) ? 'update-replace' : 'update';
    return change(path, kind, valueAt(step.old?.inputs, path), valueAt(step.new?.inputs, path));
  });
}

function change(path: string, diffKind: string, before: unknown, after: unknown): PropertyChange {
  return {
    path,
    kind: diffKind.startsWith('add') ? 'add' : diffKind.startsWith('delete') ? 'delete' : 'update',
    replaces: diffKind.endsWith('-replace'),
    ...(before === undefined || diffKind.startsWith('add') ? {} : { before }),
    ...(after === undefined || diffKind.startsWith('delete') ? {} : { after }),
  };
}

/** What differs between two values, down to the first that is not a mapping on both sides. */
export function valueChanges(before: unknown, after: unknown, path = ''): PropertyChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => valueChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  return [change(path, before === undefined ? 'add' : after === undefined ? 'delete' : 'update', before, after)];
}

/** Follows `a.b[0]["c.d"]`; undefined where the path leads nowhere. */
export function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const [, quoted, index, key] of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const step = quoted ?? index ?? key ?? '';
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** One property as lines: `path: old → new`, or the lines that differ of a long text. */
export function changeLines(property: PropertyChange): string[] {
  const { path, kind, before, after } = property;
  const why = property.replaces ? '  (needs a new one)' : '';
  if (kind === 'add') return [`+ ${path}: ${show(after)}${why}`];
  if (kind === 'delete') return [`- ${path}: ${show(before)}${why}`];
  if (isText(before) && isText(after)) {
    return [`~ ${path}:${why}`, ...textDiff(before, after).map((line) => `    ${line}`)];
  }
  return [`~ ${path}: ${show(before)} → ${show(after)}${why}`];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\n');
}

/** The lines that differ between the common beginning and the common end, at most six and each cut. */
function textDiff(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old[old.length - 1 - end] === now[now.length - 1 - end])
    end++;
  const lines = [
    ...old.slice(start, old.length - end).map((line) => `- ${cut(line.trimEnd())}`),
    ...now.slice(start, now.length - end).map((line) => `+ ${cut(line.trimEnd())}`),
  ];
  return lines.length <= DIFF_LINES
    ? lines
    : [...lines.slice(0, DIFF_LINES), `… ${lines.length - DIFF_LINES} more lines`];
}

/** A value on one line, at most 72 characters. */
export function show(value: unknown): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'string' && UNKNOWN.has(value)) return '(known after up)';
  if (isAsset(value)) return `file ${String(value.hash).slice(0, 12)}`;
  const text = JSON.stringify(value, (_, inner) =>
    typeof inner === 'string' && UNKNOWN.has(inner) ? '(known after up)' : inner,
  );
  return cut(text);
}

/** A file or archive, of which the engine shows the digest (pulumi 3.259.0 sdk/go/common/resource/sig/sig.go). */
function isAsset(value: unknown): value is { hash: string } {
  return typeof value === 'object' && value !== null && '4dabf18193072939515e22adb298388d' in value && 'hash' in value;
}

function cut(text: string): string {
  return text.length <= VALUE_LENGTH ? text : `${text.slice(0, VALUE_LENGTH - 1)}…`;
}
