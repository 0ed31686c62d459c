/** The stack's cluster as it may be given away: what it is judged by, without how its hosts are logged in to. */
import { isRecord } from '../../cluster/raw.ts';

/** Variables that have no field: a value may be anything, so only what cannot be a secret stays. */
const PLAIN_TEXT = /^[a-z][a-z_-]{0,15}$|^v?\d+(\.\d+)*$|^[\d./:]+$|^$/i;

/**
 * `ssh` keeps user, port and whether commands go through sudo; manifests stay where they are, since what they declare is judged as the API
 * has it. Everything else is left to the scrubbing of texts.
 */
export function declaredForDump(declared: unknown): unknown {
  if (!isRecord(declared)) return declared;
  const { nodes, ssh, policies, kubespray, ...rest } = declared;
  return {
    ...rest,
    ...(ssh === undefined ? {} : { ssh: withoutKeys(ssh) }),
    ...(nodes === undefined ? {} : { nodes: isRecord(nodes) ? mapped(nodes, withoutSsh) : nodes }),
    ...(policies === undefined ? {} : { policies: without(policies, 'manifests') }),
    ...(kubespray === undefined ? {} : { kubespray: variables(kubespray) }),
  };
}

function withoutSsh(node: unknown): unknown {
  return isRecord(node) && node.ssh !== undefined ? { ...node, ssh: withoutKeys(node.ssh) } : node;
}

function withoutKeys(ssh: unknown): unknown {
  if (!isRecord(ssh)) return {};
  const { user, port, become } = ssh;
  return Object.fromEntries(Object.entries({ user, port, become }).filter(([, value]) => value !== undefined));
}

function variables(kubespray: unknown): unknown {
  if (!isRecord(kubespray) || !isRecord(kubespray.extraVariables)) return kubespray;
  return { ...kubespray, extraVariables: mapped(kubespray.extraVariables, plain) };
}

/** Of lists and maps the shape stays. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return PLAIN_TEXT.test(value) ? value : '[removed]';
  if (Array.isArray(value)) return value.map(plain);
  return isRecord(value) ? mapped(value, plain) : value;
}

function mapped(record: Readonly<Record<string, unknown>>, of: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]));
}

function without(value: unknown, key: string): unknown {
  if (!isRecord(value)) return value;
  const { [key]: _, ...rest } = value;
  return rest;
}
