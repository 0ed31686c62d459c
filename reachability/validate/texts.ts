/** Texts that Calico's validator knows (v3.32.1 libcalico-go/lib/validator/v3/validator.go) and those of the CRDs' patterns. */
import { type Address, keyOf, parseAddress, parseNet } from '../address.ts';
import { parseSelector } from '../selector/parse.ts';
import { like, type TextTest } from './checks.ts';
import { regexpError } from './regexp.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;

/** Of most resources. */
export const name = like(new RegExp(`^${subdomain}$`), "a name of lower-case letters, digits, '-' and '.'");
export const tierName = like(new RegExp(`^${label}$`), "a name of lower-case letters, digits and '-'");
export const networkPolicyName = like(
  new RegExp(`^((${label})(\\.${label})?|((?:knp|ossg)\\.default\\.(${subdomain})))$`),
  'a name with at most one dot',
);
export const globalPolicyName = like(new RegExp(`^(${label}\\.)?${label}$`), 'a name with at most one dot');

export const selector: TextTest = (text) => {
  const parsed = parseSelector(text);
  return parsed.ok ? undefined : `is no selector: ${parsed.error}`;
};

/** `*` is every interface of a node, and passes wherever one is named. */
export const netInterface = like(/^([a-zA-Z0-9_.-]{1,15}|\*)$/, "an interface's name of at most 15 characters");
export const interfaceFilter = like(/^[a-zA-Z0-9:._+-]{1,15}$/, "an interface's name, or the beginning of one and '+'");
export const ignoredInterface: TextTest = (text) =>
  text !== '*' && /^[a-zA-Z0-9_.*-]{1,15}$/.test(text) ? undefined : "is no interface's name, or matches every one";
export const prometheusHost = like(/^[a-zA-Z0-9:._+-]{1,64}$/, 'a host');

/** Kubernetes' rule for named ports (IsValidPortName). */
export const portName: TextTest = (text) =>
  text.length <= 15 && /^[-a-z0-9]+$/.test(text) && /[a-z]/.test(text) && !/--|^-|-$/.test(text)
    ? undefined
    : "is no port's name: at most 15 lower-case letters, digits and single '-', with a letter among them";

export const address: TextTest = (text) => (parseAddress(text) === undefined ? 'is no address' : undefined);
export const address4: TextTest = (text) => (parseAddress(text)?.family === 4 ? undefined : 'is no IPv4 address');
export const address6: TextTest = (text) => (parseAddress(text)?.family === 6 ? undefined : 'is no IPv6 address');

/** A CIDR or an address; host bits may stand in it. */
export const cidrOrAddress: TextTest = (text) =>
  // An empty text passes upstream too.
  text !== '' && readNet(text) === undefined ? 'is no CIDR and no address' : undefined;
/** The same without host bits. */
export const net: TextTest = (text) => {
  const read = readNet(text);
  if (read === undefined) return text === '' ? undefined : 'is no CIDR and no address';
  return read.strict ? undefined : 'has bits set beyond its prefix';
};
export const net4: TextTest = (text) => (readNet(text)?.family === 4 ? net(text) : 'is no IPv4 CIDR');
export const net6: TextTest = (text) => (readNet(text)?.family === 6 ? net(text) : 'is no IPv6 CIDR');
/** The CRDs' `format: cidr`: no bare address. */
export const cidr: TextTest = (text) => (text.includes('/') && readNet(text) !== undefined ? undefined : 'is no CIDR');

export interface ReadNet {
  readonly family: 4 | 6;
  readonly prefix: number;
  /** The address as it stands there. */
  readonly address: Address;
  readonly strict: boolean;
}

export function readNet(text: string): ReadNet | undefined {
  const address = parseAddress(text.split('/')[0] as string);
  if (address === undefined) return undefined;
  if (!text.includes('/'))
    return { family: address.family, prefix: address.family === 4 ? 32 : 128, address, strict: true };
  const masked = parseNet(text);
  return masked && { family: masked.family, prefix: masked.prefix, address, strict: keyOf(masked) === keyOf(address) };
}

export const regexp: TextTest = (text) => {
  const error = regexpError(text);
  return error === undefined ? undefined : `is no regular expression of Go: ${error}`;
};

/** `a=b,c=d`. */
export const keyValues: TextTest = (text) =>
  text.trim() === '' || text.split(',').every((item) => item === '' || /^\s*\w+=.*$/s.test(item))
    ? undefined
    : 'is no list of key=value';

/** `10.0.0.1`, `10.0.0.1:179`, `[fd00::1]:179`. */
export const peerAddress: TextTest = (text) =>
  peerHost(text) === undefined ? 'is no address, with or without a port' : undefined;

export function peerHost(text: string): Address | undefined {
  const four = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(text);
  const six = /^\[([0-9a-fA-F:.]+)\]:(\d+)$/.exec(text);
  const [, host, port] = four ?? six ?? [];
  if (host === undefined) return parseAddress(text);
  return Number(port) >= 1 && Number(port) <= 65535 ? parseAddress(host) : undefined;
}

/** Kubernetes' rule for the keys of labels and annotations (IsQualifiedName). */
export function qualifiedName(key: string): string | undefined {
  const parts = key.split('/');
  const [prefix, own] = parts.length === 1 ? [undefined, parts[0]] : parts;
  if (parts.length > 2 || own === undefined) return 'is no name, or prefix/name';
  if (prefix !== undefined && (prefix.length > 253 || !new RegExp(`^${subdomain}$`).test(prefix)))
    return 'has a prefix that is no DNS name';
  if (own.length > 63 || !/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(own))
    return 'is no name of at most 63 characters';
  return undefined;
}

export const labelValue: TextTest = (text) =>
  text.length <= 63 && /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(text) ? undefined : "is no label's value";
