/** What Calico's API server refuses beside what the validator does, when an object is made (v3.31.5 libcalico-go/lib/clientv3). */
import { fields, type Resource, text } from '../raw.ts';
import { readNet } from './texts.ts';

/** Sentences, each with the path of the field. `calico`: `v3.31.5`; where it is not known, what depends on it is not judged. */
export function refusedByServer({ kind, metadata, spec }: Resource, calico?: string): string[] {
  const own = fields(spec);
  const since = missingIn(kind, own, calico);
  if (since.length > 0) return since;
  if (kind === 'IPPool') return blockSize(own);
  if (tiered.has(kind) && wantsTierInName(calico)) return tierInName(text(metadata.name), text(own.tier) || 'default');
  return [];
}

const tiered: ReadonlySet<string> = new Set([
  'NetworkPolicy',
  'GlobalNetworkPolicy',
  'StagedNetworkPolicy',
  'StagedGlobalNetworkPolicy',
]);

/** Minor version that a kind came with (api/pkg/apis/projectcalico/v3 of v3.28.4, v3.29.3 and v3.30.3). */
const since: Readonly<Record<string, number>> = {
  Tier: 29,
  StagedNetworkPolicy: 30,
  StagedGlobalNetworkPolicy: 30,
  StagedKubernetesNetworkPolicy: 30,
};

function missingIn(kind: string, { tier }: Readonly<Record<string, unknown>>, calico: string | undefined): string[] {
  const minor = Number(/^v?3\.(\d+)/.exec(calico ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  const needed = since[kind] ?? 0;
  if (minor < needed) return [`kind: Calico ${calico} has no ${kind}, it came with v3.${needed}`];
  return minor < 29 && tiered.has(kind) && text(tier) !== '' && tier !== 'default'
    ? [`spec.tier: Calico ${calico} has no tiers, they came with v3.29`]
    : [];
}

/** ippool.go:436. */
function blockSize({ cidr, blockSize: size }: Readonly<Record<string, unknown>>): string[] {
  const family = readNet(text(cidr))?.family;
  if (family === undefined || typeof size !== 'number' || size === 0) return [];
  const [least, most] = family === 4 ? [20, 32] : [116, 128];
  return size < least || size > most
    ? [`spec.blockSize of an IPv${family} pool must be from ${least} to ${most}, and is ${size}`]
    : [];
}

/** 3.30 and 3.31 alone: before, the server wrote the tier into the name itself; since 3.32 names are free. */
function wantsTierInName(calico: string | undefined): boolean {
  return calico !== undefined && /^v?3\.3[01]\./.test(calico);
}

/** names/policy.go:107 ValidateTieredPolicyName. */
function tierInName(name: string, tier: string): string[] {
  const free = /^(knp|kanp|kbanp|ossg)\./.test(name);
  const fits = name.includes('.') ? name.startsWith(`${tier}.`) : tier === 'default';
  if (free || fits || name === '') return [];
  return [
    `metadata.name: a policy of the tier ${tier} must be named ${tier}.${name.split('.').at(-1)}, and is ${name}`,
  ];
}
