/** The inputs of `calispray:reachability:World`, whoever wrote them: what is known of them, and what of it is what it should be. */
import { isRecord } from '../../cluster/raw.ts';
import type { Expectation, ExpectedEnd, ExpectedPorts, Labels } from '../../cluster/types.ts';
import type { Resource } from '../../reachability/index.ts';
import type { DeclaredWorld } from '../objects/rule.ts';
import { knownIn } from './known.ts';

/** Never throws, whatever the inputs hold: what is not what belongs in its place is left out, and named in `misshapen`. */
export function worldFrom(urn: string, inputs: Readonly<Record<string, unknown>>): DeclaredWorld {
  const { value, unknown } = knownIn(inputs);
  const later = unknown.map(pathOf);
  const misshapen: string[] = [];
  /** The items that are what they should be; an item with an unknown part is no mistake. */
  const items = <T>(name: string, of: (item: unknown, path: string) => T | undefined): T[] => {
    const whole = value[name];
    if (whole === undefined || later.includes(name)) return [];
    if (!Array.isArray(whole)) {
      misshapen.push(name);
      return [];
    }
    return whole.flatMap((item, i) => {
      const path = `${name}[${i}]`;
      const read = of(item, path);
      if (read === undefined && !later.some((each) => within(each, path))) misshapen.push(path);
      return read ?? [];
    });
  };
  const calico = value.calico;
  if (calico !== undefined && typeof calico !== 'string') misshapen.push('calico');
  return {
    urn,
    ...(typeof calico === 'string' && !later.includes('calico') ? { calico } : {}),
    resources: items('resources', resource),
    expect: items('expect', (item, path) =>
      later.some((each) => within(each, path)) ? undefined : expectation(item, path),
    ),
    origins: isRecord(value.origins) ? textsOf(value.origins) : {},
    verifies: items('verifies', (item) => (typeof item === 'string' ? item : undefined)),
    unknown: later,
    misshapen,
  };
}

/** `['expect', '0', 'to']` as `expect[0].to`. */
function pathOf(path: readonly string[]): string {
  return path.map((key, i) => (/^\d+$/.test(key) ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}

function within(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

function resource(item: unknown): Resource | undefined {
  if (!isRecord(item) || typeof item.kind !== 'string' || typeof item.apiVersion !== 'string') return undefined;
  if (!isRecord(item.metadata) || typeof item.metadata.name !== 'string') return undefined;
  const { namespace } = item.metadata;
  return {
    ...item,
    apiVersion: item.apiVersion,
    kind: item.kind,
    metadata: {
      ...item.metadata,
      name: item.metadata.name,
      namespace: typeof namespace === 'string' ? namespace : 'default',
    },
  };
}

function expectation(item: unknown, path: string): Expectation | undefined {
  if (!isRecord(item) || (item.verdict !== 'allow' && item.verdict !== 'deny')) return undefined;
  const [from, to] = [end(item.from), end(item.to)];
  const ports = item.ports === undefined ? [] : item.ports;
  if (from === undefined || to === undefined || !Array.isArray(ports) || !ports.every(isPorts)) return undefined;
  return { verdict: item.verdict, from, to, ports, path: typeof item.path === 'string' ? item.path : path };
}

const words = ['internet', 'own-node', 'other-nodes', 'dns', 'anyone', 'others'] as const;

function end(value: unknown): ExpectedEnd | undefined {
  if (!isRecord(value)) return undefined;
  const word = words.find((each) => each === value.kind);
  if (word !== undefined) return { kind: word };
  if (value.kind === 'addresses')
    return typeof value.net === 'string' ? { kind: 'addresses', net: value.net } : undefined;
  if (value.kind !== 'pods') return undefined;
  const { namespace, namespaces, pods, serviceAccount } = value;
  if (!isText(namespace) || !isText(serviceAccount) || !isLabels(namespaces) || !isLabels(pods)) return undefined;
  return {
    kind: 'pods',
    ...(namespace === undefined ? {} : { namespace }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(pods === undefined ? {} : { pods }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  };
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isLabels(value: unknown): value is Labels | undefined {
  return value === undefined || (isRecord(value) && Object.values(value).every((each) => typeof each === 'string'));
}

function isPorts(value: unknown): value is ExpectedPorts {
  if (!isRecord(value)) return false;
  if (value.proto === 'icmp') return true;
  const { proto, first, last } = value;
  return (proto === 'tcp' || proto === 'udp' || proto === 'sctp') && isPort(first) && isPort(last) && first <= last;
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;
}

function textsOf(value: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
