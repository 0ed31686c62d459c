import { isMap, type PropertyMap, type PropertyValue, reveal, Secret, Unknown } from '../properties.ts';
import type { CheckResult } from '../provider.ts';

/** How a host is reached; defaults are filled in by check. Port and times as the official provider: seconds, 0 for no limit. */
export interface Endpoint {
  readonly host: string;
  readonly user: string;
  readonly port: number;
  readonly password?: string;
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  readonly agentSocketPath?: string;
  /** How many further tries a failed dial gets; -1 for no limit. */
  readonly dialErrorLimit: number;
  readonly perDialTimeout: number;
  /** One `authorized_keys`-style line; without it any host key is accepted, as the official provider does. */
  readonly hostKey?: string;
}

export interface Connection extends Endpoint {
  readonly proxy?: Endpoint;
}

const defaults = { user: 'root', port: 22, dialErrorLimit: 10, perDialTimeout: 15 } as const;

/** Checks what both resources share; the connection comes back whole, secret, and with its defaults. */
export function checkShared(news: PropertyMap, required: readonly string[]): CheckResult {
  const failures = required
    .filter((property) => news[property] === undefined || news[property] === null)
    .map((property) => ({ property, reason: `Missing required property '${property}'` }));
  const connection = reveal(news.connection);
  if (isMap(connection) && (connection.host === undefined || connection.host === null)) {
    failures.push({ property: 'connection.host', reason: "Missing required property 'host'" });
  }
  const inputs = connection === undefined ? news : { ...news, connection: new Secret(withDefaults(connection)) };
  return { inputs, failures };
}

function withDefaults(connection: PropertyValue): PropertyValue {
  if (!isMap(connection)) return connection;
  const filled = { ...connection };
  for (const [key, value] of Object.entries(defaults)) filled[key] ??= value;
  if (isMap(filled.proxy)) filled.proxy = withDefaults(filled.proxy);
  return filled;
}

/** The connection of checked, known inputs. */
export function connectionOf(inputs: PropertyMap): Connection {
  const connection = withDefaults(reveal(inputs.connection));
  if (!isMap(connection) || connection instanceof Unknown) throw new Error('the connection is not known');
  const given = Object.entries(connection).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given) as unknown as Connection;
}

export function text(value: PropertyValue): string | undefined {
  const plain = reveal(value);
  return typeof plain === 'string' ? plain : undefined;
}
