/** A value as YAML for a message: short, and of one meaning. The pack starts anew in every preview, and goes without a parser. */

/** Widest list or map that is written on one line. */
const WIDTH = 90;

/**
 * A map without its top braces, two spaces a level. Takes what JSON takes; keys without a value are left out.
 * @returns lines
 */
export function yamlLines(value: Readonly<Record<string, unknown>>): string[] {
  return entriesOf(value).flatMap(([key, inner]) => under(`${scalar(key)}:`, inner));
}

function under(head: string, value: unknown): string[] {
  const short = flow(value);
  if (short !== undefined && (isScalar(value) || head.length + short.length < WIDTH)) return [`${head} ${short}`];
  if (Array.isArray(value)) return [head, ...value.flatMap((item) => itemLines(item)).map((line) => `  ${line}`)];
  return [head, ...yamlLines(value as Record<string, unknown>).map((line) => `  ${line}`)];
}

function itemLines(item: unknown): string[] {
  const short = flow(item);
  if (short !== undefined && (isScalar(item) || short.length < WIDTH)) return [`- ${short}`];
  const lines = Array.isArray(item)
    ? item.flatMap((inner) => itemLines(inner))
    : yamlLines(item as Record<string, unknown>);
  return lines.map((line, i) => `${i === 0 ? '- ' : '  '}${line}`);
}

/** On one line; undefined for a list of maps and a map of lists, which read better on lines of their own. */
function flow(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    if (value.some((item) => typeof item === 'object' && item !== null)) return undefined;
    return `[${value.map(scalar).join(', ')}]`;
  }
  if (typeof value !== 'object' || value === null) return scalar(value);
  const entries = entriesOf(value);
  if (entries.length === 0) return '{}';
  const parts = entries.map(([key, inner]) => {
    const text = flow(inner);
    return text === undefined ? undefined : `${scalar(key)}: ${text}`;
  });
  return parts.includes(undefined) ? undefined : `{ ${parts.join(', ')} }`;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function entriesOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, inner]) => inner !== undefined);
}

/** Plain where YAML can take it for nothing else, in double quotes as JSON has them otherwise. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null);
  const word = /^[A-Za-z_/][A-Za-z0-9_./()-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  const plain = word || /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(value);
  return plain ? value : JSON.stringify(value);
}
