/** Takes secrets out of whatever was gathered, wherever in it they stand. What is gathered are fields that hold none; this is for where one does. */

/** What was taken out: kind → how many times. */
export type Removed = Readonly<Record<string, number>>;

const MARK = '[removed]';

/** Kind, what it looks like, and what is left of it. Those before take what those after would take in part. */
const shapes: readonly (readonly [kind: string, shape: RegExp, left: string])[] = [
  ['private key', /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, MARK],
  ['certificate', /-----BEGIN CERTIFICATE-----[\s\S]*?(?:-----END CERTIFICATE-----|$)/g, MARK],
  [
    'SSH key',
    /\b(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9-]+@openssh\.com) +[A-Za-z0-9+/=]{40,}/g,
    MARK,
  ],
  ['token', /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, MARK],
  ['token', /\b((?:bearer|basic) +)[A-Za-z0-9+/=._~-]{8,}/gi, `$1${MARK}`],
  [
    'token',
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{16,}|xox[abp]-[\w-]{10,}|pul-[0-9a-f]{20,}|AKIA[0-9A-Z]{16})/g,
    MARK,
  ],
  // kubeadm's: six characters, a point, sixteen.
  ['token', /(?<![\w.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.-])/g, MARK],
  ['password in a URL', /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${MARK}@`],
  ['password hash', /\$(?:1|2[abxy]|5|6|7|y|gy)\$[./A-Za-z0-9$=,]{12,}/g, MARK],
  [
    'password',
    // password=…, "token": "…", PrivateKey = …, BIRD's `password "…";`, --password …
    /((?:pass(?:word|wd|phrase)?|secret|token|psk|api[-_]?key|(?:private|preshared|client|access|auth|secret)[-_]?key(?:[-_]data)?|credentials?)["']?(?:\s*[:=]\s*|\s+(?=["']))["']?)(?!\[removed\]|\s|["']|null\b|true\b|false\b)[^\s"',;&}]{3,}/gi,
    `$1${MARK}`,
  ],
  // Thirty-two bytes, as WireGuard's keys are; its public ones look the same.
  ['key', /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])/g, MARK],
];

/** A long run of base64: of kubeconfigs, certificates and keys. Digests and paths are none. */
const BLOB = /[A-Za-z0-9+/]{40,}={0,2}/g;

const isBlob = (run: string) =>
  !/^[0-9a-f]+$/i.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run);

/** A field whose value is secret whatever it looks like; a reference to a Secret is none. */
const SECRET_FIELD =
  /pass(word|wd|phrase)|(^|[-_.])(secret|token|psk)$|token$|(private|preshared|secret|access|api|encryption)[-_]?key|credential|kubeconfig/i;

/** A value that says where something is, or that there is none. */
const HARMLESS_FIELD = /ref(erence)?$|name$|enabled$|WireguardPublicKey/i;

/**
 * The same with secrets taken out of every text, and with what was taken out.
 * @param known texts that are secret, of six characters or more
 */
export function scrubbed<T>(value: T, known: readonly string[] = []): { readonly value: T; readonly removed: Removed } {
  const removed: Record<string, number> = {};
  const count = (kind: string) => {
    removed[kind] = (removed[kind] ?? 0) + 1;
    return MARK;
  };
  const secrets = [...new Set(known)].filter((each) => each.length >= 6).sort((a, b) => b.length - a.length);

  const textOf = (text: string): string => {
    let clean = text;
    for (const secret of secrets) {
      if (!clean.includes(secret)) continue;
      count('known secret');
      clean = clean.replaceAll(secret, MARK);
    }
    for (const [kind, shape, left] of shapes) {
      if (clean.search(shape) === -1) continue;
      count(kind);
      clean = clean.replace(shape, left);
    }
    return clean.replace(BLOB, (run) => (isBlob(run) ? count('base64') : run));
  };

  const of = (each: unknown): unknown => {
    if (typeof each === 'string') return textOf(each);
    if (Array.isArray(each)) return each.map(of);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [textOf(key), field(key, inner)]));
  };

  const field = (key: string, inner: unknown): unknown => {
    if (key.endsWith('WireguardPublicKey') || key.endsWith('WireguardPublicKeyV6')) return publicKey(inner);
    const scalar = typeof inner === 'string' || typeof inner === 'number';
    if (scalar && inner !== '' && SECRET_FIELD.test(key) && !HARMLESS_FIELD.test(key)) return count('field');
    return of(inner);
  };

  return { value: of(value) as T, removed };
}

/** Which key it is does not matter; that there is one does. */
function publicKey(value: unknown): unknown {
  return typeof value === 'string' && value !== '' ? '[a public key]' : value;
}
