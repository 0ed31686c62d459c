/** What must not get from an inventory into a stack file, a message or a log. */

const NAME =
  /passw(or)?d|passphrase|(^|_)pass($|_)|token|secret|credential|private_?key|api_?key|access_?key|auth_?key|(^|_)psk($|_)/i;
/** Settings around a secret, by their endings: where it lies, whether it is used. */
const AROUND =
  /_(dir|file|path|name|enabled|url|ttl|expiration|version|image|repo|tag|type|mode|issuer|audience|audiences)s?$/i;
const VALUE =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\$ANSIBLE_VAULT;|[a-z][a-z0-9+.-]{0,20}:\/\/[^/\s:@]{0,200}:[^/\s@]{1,200}@/i;

/** What a key by itself looks like: one long word, no path and no template. */
const KEY = /^[A-Za-z0-9+=_-]{16,}$/;

/** Whether a variable holds a secret, by its name, the names inside it or the look of its value. */
export function isSecret(name: string, value: unknown): boolean {
  if (value === null || typeof value === 'boolean' || value === '' || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0 && value.some((item) => isSecret(name, item));
  if (typeof value === 'object') {
    return Object.entries(value).some(
      ([key, part]) => isSecret(key, part) || isSecret(secretName(name) ? name : '', part),
    );
  }
  if (typeof value === 'string' && (VALUE.test(value) || (/(^|_)key$/i.test(name) && KEY.test(value)))) return true;
  return secretName(name);
}

function secretName(name: string): boolean {
  return NAME.test(name) && !AROUND.test(name);
}
