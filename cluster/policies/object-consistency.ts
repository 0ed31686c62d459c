/** What only shows across the policies of a stack, wherever they are written: kinds, namespaces, names, and which are staged. */
import type { Finding } from '../finding.ts';
import { nearest } from '../nearest.ts';
import { list, type Raw, record, refused } from '../raw.ts';
import { KINDS, KUBERNETES, kindOf, NEVER_STAGED } from './kinds.ts';
import type { WrittenManifest } from './manifests.ts';

/** An entry of `policies.extra` or a document of a manifest, which may be anything. */
interface Entry {
  readonly value: Raw;
  readonly origin: string;
  located(finding: Finding): Finding;
}

export function objectFindings(
  policies: Raw,
  manifests: readonly WrittenManifest[],
  namespaces: Set<unknown>,
): Finding[] {
  const entries = [...list(policies.extra).map(extraEntry), ...manifests.map(manifestEntry)];
  const { staged } = policies;
  return [
    ...entries.flatMap((entry) => shapeFindings(entry.value, namespaces).map(entry.located)),
    ...sameNames(policies, entries),
    ...stagedFindings(staged, [...sectionNames(policies), ...entries.flatMap(nameOf)]),
    ...entries.flatMap(({ value, located }) => (staged === 'all' ? neverStaged(value).map(located) : [])),
  ];
}

function extraEntry(value: unknown, i: number): Entry {
  const at = `policies.extra[${i}]`;
  return { value: record(value), origin: at, located: (finding) => ({ ...finding, path: `${at}.${finding.path}` }) };
}

function manifestEntry({ value, origin, located }: WrittenManifest): Entry {
  return { value: record(value), origin, located };
}

/** Paths are within the object. */
function shapeFindings({ apiVersion, kind, metadata }: Raw, namespaces: Set<unknown>): Finding[] {
  const known = kindOf(kind);
  if (known === undefined) return [];
  const { namespace } = record(metadata);
  const found: Finding[] = [];
  const versions = Object.values(KINDS).flatMap((one) => one.versions);
  if (versions.some((one) => one === apiVersion) && !known.versions.some((one) => one === apiVersion)) {
    const hint = `Write ${known.versions.join(' or ')}.`;
    found.push(refused('wrong-api-version', 'apiVersion', `${apiVersion} has no ${kind}`, hint));
  }
  const path = 'metadata.namespace';
  if (known.namespaced && namespace === undefined) {
    found.push(refused('missing-field', path, `a ${kind} is in a namespace`, 'Name it.'));
  }
  if (!known.namespaced && namespace !== undefined) {
    const selects = kind === 'GlobalNetworkPolicy' || kind === 'StagedGlobalNetworkPolicy';
    const hint = `Leave it out${selects ? ', and select namespaces with spec.namespaceSelector' : ''}.`;
    found.push(refused('needless-namespace', path, `a ${kind} is in no namespace`, hint));
  }
  if (known.namespaced && typeof namespace === 'string' && !namespaces.has(namespace)) {
    const hint = `Add ${namespace} to policies.namespaces.`;
    found.push(refused('undeclared-namespace', path, `no namespace “${namespace}” is declared`, hint));
  }
  return found;
}

/** A policy by what it is called. */
interface Name {
  readonly kind: string;
  readonly apiVersion: unknown;
  /** `NetworkPolicy production/allow-dns`, as `policies.staged` has it. */
  readonly key: string;
}

function nameOf({ value: { apiVersion, kind, metadata } }: Entry): Name[] {
  const { name, namespace = '' } = record(metadata);
  if (typeof kind !== 'string' || typeof name !== 'string' || typeof namespace !== 'string') return [];
  const place = kindOf(kind)?.namespaced === false || namespace === '' ? '' : `${namespace}/`;
  return [{ kind, apiVersion, key: `${kind} ${place}${name}` }];
}

/** Those that the sections of `policies` make, and the section of each. */
function sectionNames(policies: Raw): (Name & { readonly section: string })[] {
  const named = (section: string, name: string, namespace: unknown) =>
    typeof namespace === 'string'
      ? [{ section, kind: 'NetworkPolicy', apiVersion: KUBERNETES, key: `NetworkPolicy ${namespace}/${name}` }]
      : [];
  const internal = 'allow-cluster-internal';
  return [
    ...list(policies.defaultDenyIngress).flatMap((ns) => named('defaultDenyIngress', 'default-deny-ingress', ns)),
    ...list(policies.allowPrometheusScraping).flatMap((item, i) =>
      named('allowPrometheusScraping', scrapingName(i), record(item).namespace),
    ),
    ...list(policies.allowDns).flatMap((ns) => named('allowDns', 'allow-dns', ns)),
    ...list(policies.isolate).flatMap((ns) => named('isolate', 'isolate', ns)),
    ...(policies.allowClusterInternal === undefined
      ? []
      : [
          {
            section: 'allowClusterInternal',
            kind: 'GlobalNetworkPolicy',
            apiVersion: 'projectcalico.org/v3',
            key: `GlobalNetworkPolicy ${internal}`,
          },
        ]),
  ];
}

/** Of the entry of that number in `allowPrometheusScraping`. */
export function scrapingName(index: number): string {
  return index === 0 ? 'allow-prometheus-scraping' : `allow-prometheus-scraping-${index + 1}`;
}

/** Two under one name in one place, as they are written or as they are staged. */
function sameNames(policies: Raw, entries: readonly Entry[]): Finding[] {
  const { staged } = policies;
  const keysOf = (name: Name) => [...new Set([name.key, stagedKey(name, staged)])];
  const seen = new Map<string, string>(
    sectionNames(policies).flatMap((name) => keysOf(name).map((key) => [key, `policies.${name.section}`] as const)),
  );
  return entries.flatMap((entry) =>
    nameOf(entry).flatMap((name) => {
      const keys = keysOf(name);
      const before = keys.map((key) => seen.get(key)).find((one) => one !== undefined);
      for (const key of keys) if (!seen.has(key)) seen.set(key, entry.origin);
      if (before === undefined) return [];
      const message = `${name.key} is there already, in ${before}`;
      const hint = 'Give it a name of its own, or leave one of the two out.';
      return [entry.located(refused('repeated', 'metadata.name', message, hint))];
    }),
  );
}

function stagedKey({ kind, apiVersion, key }: Name, staged: unknown): string {
  const counterpart = typeof apiVersion === 'string' ? kindOf(kind)?.staged?.[apiVersion] : undefined;
  const isStaged = staged === 'all' || list(staged).includes(key);
  return counterpart !== undefined && isStaged ? key.replace(kind, counterpart) : key;
}

/** Each name of `policies.staged` is that of a policy, once, that can be staged. */
function stagedFindings(staged: unknown, names: readonly Name[]): Finding[] {
  const keys = names.map(({ key }) => key);
  return list(staged).flatMap((written, i) => {
    if (typeof written !== 'string' || !written.includes(' ')) return [];
    const at = `policies.staged[${i}]`;
    if (list(staged).indexOf(written) !== i)
      return [refused('repeated', at, `“${written}” is there already`, 'Leave it out.')];
    const named = names.find(({ key }) => key === written);
    if (named === undefined) {
      const near = nearest(written, keys);
      const hint = near === undefined ? `Declared are: ${keys.join(', ') || 'none'}.` : `Did you mean ${near}?`;
      return [refused('unknown-policy', at, `no policy “${written}” is declared`, hint)];
    }
    if (kindOf(named.kind)?.staged !== undefined || kindOf(named.kind) === undefined) return [];
    const hint = `Take it out: ${stageable} alone can be staged.`;
    return [refused('cannot-be-staged', at, `Calico has no staged ${named.kind}`, hint)];
  });
}

const stageable = Object.keys(KINDS)
  .filter((kind) => KINDS[kind]?.staged !== undefined)
  .join(' and ');

function neverStaged({ kind }: Raw): Finding[] {
  if (!NEVER_STAGED.some((one) => one === kind)) return [];
  const hint = 'Leave it out until then, or name one by one in policies.staged what shall be staged.';
  return [refused('cannot-be-staged', 'kind', `Calico has no staged ${kind}: it would be enforced`, hint)];
}
