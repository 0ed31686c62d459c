/** The engine's own words and values, made fit for a reader. */
import type { Finding, FindingClass } from '../../cluster/finding.ts';
import { labelOfUrn } from './label.ts';

/** Said of every plugin that is on PATH on purpose, and at the end of whatever failed for a reason that was told. */
export const SAYS_NOTHING = /^using \S+ from \$PATH at |^(preview|update|destroy|refresh) failed$|: context canceled$/;

/** `debug`, which the SDK's types do not know, is the SDK talking of every call it makes. */
export function isShown(severity: string): severity is 'info' | 'info#err' | 'warning' | 'error' {
  return ['info', 'info#err', 'warning', 'error'].includes(severity);
}

/** `harmful (high) at network.mtu: …\n  → …`, as policies/mount/report.ts reports a finding under its rule's name. */
export function findingIn(code: string, message: string): { finding?: Finding } {
  const found =
    /^ *(refused|harmful|advice)(?: \((?:low|medium|high|critical)\))?(?: at (.+?))?: (.*)\n *→ (.*)((?:\n {4,}.*)*)/m.exec(
      message,
    );
  if (found === null) return {};
  const [, cls, path = '', said = '', hint = '', below = ''] = found;
  const mend = below === '' ? {} : { mend: withoutIndent(below.slice(1)) };
  return { finding: { code, class: cls as FindingClass, path, message: said, hint, ...mend } };
}

function withoutIndent(text: string): string {
  const lines = text.split('\n');
  const depth = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(depth)).join('\n');
}

/** The engine's page about operations that a killed run left open, as one line each: they are done again. */
export function pendingSaid(message: string): string {
  if (!/pending operations from previous deployment/.test(message)) return message;
  const open = [...message.matchAll(/^\s*\* (urn:\S+), interrupted while (\w+)$/gm)];
  return open
    .map(([, urn = '', doing]) => `a killed run left off while ${doing} ${labelOfUrn(urn)}; that is done again`)
    .join('\n');
}

const COMMAND_FAILED = 'the remote command failed';
const VERIFICATION_FAILED = 'not everything that was carried out is proved to work';
/** Lines of a failed command's output that are shown; the rest is on the node. */
const OUTPUT_LINES = 12;

/**
 * A failed remote command without its text: the provider quotes the whole script before what it printed
 * (`Process exited with status 1: running "…":`), and a reader wants how it ended and what it said last.
 */
export function commandSaid(message: string): string {
  const found = /^([^\n]*?): running "(?:[^"\\]|\\.)*":\n?([\s\S]*)$/.exec(message);
  if (found === null) return message;
  const [, verdict = '', output = ''] = found;
  const all = output.trimEnd().split('\n');
  // A verification's results, line by line; what failed is said in words beside them (components/remote/verify/).
  if (all.some(isVerifyEvent)) return [VERIFICATION_FAILED, ...all.filter((line) => !isVerifyEvent(line))].join('\n');
  const lines = all.slice(-OUTPUT_LINES);
  return [`${COMMAND_FAILED} (${verdict})`, ...lines].join('\n');
}

function isVerifyEvent(line: string): boolean {
  return /^\{"event": ?"(step|check|end)"/.test(line);
}

/** What a diagnostic comes to, in one line: of a failed command, what it said last. */
export function gist(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return (message.startsWith(COMMAND_FAILED) ? (causeIn(lines) ?? lines.at(-1)) : lines[0])?.trim() ?? '';
}

/** Of a run that failed, which host failed at what, or how the run ended: what stands before the place of its log (runner/say.py). */
function causeIn(lines: readonly string[]): string | undefined {
  const end = lines.findIndex((line) => line.startsWith('The log is '));
  if (end < 1) return undefined;
  const begin = lines.findIndex((line) => /^\S+ \S+, task .*:$/.test(line));
  return begin === -1 || begin >= end ? lines[end - 1] : lines.slice(begin, Math.min(begin + 2, end)).join(' ');
}

/** A failed command's message without the lines that were told while it ran. */
export function untold(message: string, told: ReadonlySet<string>): string {
  if (!message.startsWith(COMMAND_FAILED) && !message.startsWith(VERIFICATION_FAILED)) return message;
  const lines = message.split('\n').filter((line) => !told.has(line));
  return lines.join('\n');
}

/** The engine's colour marks (`<{%reset%}>`) and trailing space taken out. */
export function plain(message: string): string {
  return message.replaceAll(/<\{%[^%]*%\}>/g, '').trimEnd();
}

/** Mark of a secret, which the engine shows as an object (pulumi 3.259.0 sdk/go/common/resource/sig/sig.go: Secret). */
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** Secrets as `[secret]`, whatever the engine put in their place. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.values(value).includes(SECRET)) return '[secret]';
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}
