/**
 * The last line of defence: what is known to be secret is taken out of everything printed.
 * The engine masks secrets itself; a provider's failure text and a remote command's output are not under its control.
 */
const known = new Set<string>();

/** Remembers a secret text; each of its lines of 12 characters or more is masked from then on. */
export function rememberSecret(text: string): void {
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed.length >= 12 && !trimmed.startsWith('-----')) known.add(trimmed);
  }
}

const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[secret key]'],
  [/((?:client-key-data|token|password)["']?\s*:\s*["']?)[A-Za-z0-9+/=._-]{12,}/g, '$1[secret]'],
];

export function scrub(text: string): string {
  let clean = text;
  for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, '[secret]');
  for (const [shape, mask] of shapes) clean = clean.replace(shape, mask);
  return clean;
}
