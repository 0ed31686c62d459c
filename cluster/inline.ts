/** What YAML would not read as the text that it is: other types, and signs that mean something there. */
const TO_QUOTE =
  /^$|^(true|false|null|~|[-+.]?\d[\d_]*(\.\d*)?(e[-+]?\d+)?)$|^[-?:*&!|>%@`"'#{}[\],]|: |:$| #|[,[\]{}]/i;

/** A value as it would be written in YAML on one line: `{ ipip: cross-subnet }`. */
export function inline(value: unknown): string {
  if (typeof value === 'string') return TO_QUOTE.test(value) ? JSON.stringify(value) : value;
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, part]) => `${key}: ${inline(part)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
