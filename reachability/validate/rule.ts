/** Rules of policies and profiles (validator.go validateRule, validateEntityRule, validatePort, validateProtocol; CRDs' rules beside them). */
import { portOf, protocolNumber } from '../policy/policy.ts';
import { type Fields, fields, isFields, list, text } from '../raw.ts';
import { all, anything, type Check, entry, int, listOf, oneOf, type Rule, str, struct, textMap } from './checks.ts';
import { annotations } from './meta.ts';
import { name, net, portName, readNet, selector } from './texts.ts';

const protocolNames = ['TCP', 'UDP', 'ICMP', 'ICMPv6', 'SCTP', 'UDPLite'];

/** One of the names, in this very writing, or a number from 1 to 255. */
export const protocol: Check = (value, at) => {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) {
    const number = Number(value);
    return Number.isInteger(number) && number >= 1 && number <= 255
      ? []
      : [`${at}: a protocol's number is from 1 to 255, not ${value}`];
  }
  if (typeof value !== 'string') return [`${at} must be a protocol's name or number`];
  return protocolNames.includes(value)
    ? []
    : [`${at}: ${JSON.stringify(value)} is none of ${protocolNames.join(', ')}`];
};

/** A number from 1 to 65535, a range `80:90`, or a name. */
export const port: Check = (value, at) => {
  const read = portOf(value);
  if (read === undefined) return [`${at}: ${JSON.stringify(value)} is no port: a number, a range as 80:90, or a name`];
  if (!('name' in read)) return read.first < 1 ? [`${at}: ports are from 1 to 65535`] : [];
  const wrong = portName(read.name);
  return wrong === undefined ? [] : [`${at}: ${read.name} ${wrong}`];
};

const icmp = struct(
  { type: int({ min: 0, max: 254, pointer: true }), code: int({ min: 0, max: 255, pointer: true }) },
  ({ type, code }, at) => [isSet(code) && !isSet(type) && `${at}: a code needs a type`],
);

const http = struct(
  {
    methods: listOf(str({}), { most: 20 }),
    paths: listOf(struct({ exact: str({ longest: 1024 }), prefix: str({ longest: 1024 }) }), { most: 20 }),
  },
  ({ methods, paths }, at) => [
    new Set(list(methods)).size !== list(methods).length && `${at}.methods has one twice`,
    ...list(paths).map((path, i) => {
      const { exact, prefix } = fields(path);
      if (text(exact) !== '' && text(prefix) !== '') return `${at}.paths[${i}]: exact and prefix cannot both be set`;
      const said = text(exact) || text(prefix);
      if (said === '') return `${at}.paths[${i}]: exact or prefix must be set`;
      return (
        (!said.startsWith('/') || /[? #]/.test(said)) &&
        `${at}.paths[${i}]: a path begins with / and has no blank, ? or #`
      );
    }),
  ],
);

const entity = struct(
  {
    nets: listOf(entry(net)),
    notNets: listOf(entry(net)),
    selector: str({}, selector),
    notSelector: str({}, selector),
    namespaceSelector: str({}, selector),
    services: struct({ name: str({}, name), namespace: str({}, name) }),
    ports: listOf(port),
    notPorts: listOf(port),
    serviceAccounts: struct({ names: listOf(entry()), selector: str({}, selector) }),
  },
  (value, at) => [
    text(value.selector).includes('global()') && `${at}.selector: global() belongs into a namespaceSelector`,
    notAlone(text(value.namespaceSelector)) && `${at}.namespaceSelector: global() cannot be combined with anything`,
    ...besideServices(value).map((why) => `${at}.services ${why}`),
  ],
);

/** `global()` beside another word; blanks around it do not matter. */
function notAlone(namespaces: string): boolean {
  return namespaces.includes('global(') && !/^[ \t]*global\([ \t]*\)[ \t]*$/.test(namespaces);
}

function besideServices(value: Fields): string[] {
  const { services } = value;
  if (!isFields(services)) return [];
  const beside = [
    text(value.namespaceSelector) !== '' && 'namespaceSelector',
    (text(value.selector) !== '' || text(value.notSelector) !== '') && 'selector',
    isFields(value.serviceAccounts) && 'serviceAccounts',
    (list(value.nets).length > 0 || list(value.notNets).length > 0) && 'nets',
  ].filter((field) => field !== false);
  return [
    ...(text(services.name) === '' ? ['needs a name'] : []),
    ...beside.map((field) => `cannot stand beside ${field}`),
  ];
}

export const rule: Check = (value, at) =>
  isFields(value)
    ? struct(
        {
          action: str({ required: true }, oneOf('Allow', 'Deny', 'Log', 'Pass')),
          ipVersion: anything,
          protocol,
          notProtocol: protocol,
          icmp,
          notICMP: icmp,
          source: entity,
          destination: entity,
          http,
          metadata: struct({ annotations: all(textMap, annotations) }),
        },
        ipVersion,
        portsAndProtocol,
        icmpAndProtocol,
        families,
        application,
      )(value, at)
    : // A null entry is an empty rule, without an action.
      [value === null ? `${at}.action must be set` : `${at} must be a map`];

const ipVersion: Rule = ({ ipVersion }, at) => [
  isSet(ipVersion) && ipVersion !== 4 && ipVersion !== 6 && `${at}.ipVersion must be 4 or 6`,
];

/** Numbers want a protocol that has ports; without a protocol names alone will do. */
const portsAndProtocol: Rule = (value, at) => {
  const given = (['source', 'destination'] as const).flatMap((end) =>
    (['ports', 'notPorts'] as const).map((field) => ({
      path: `${at}.${end}.${field}`,
      ports: list(fields(value[end])[field]),
    })),
  );
  const services = isFields(fields(value.destination).services);
  return [
    ...given.map(({ path, ports }) => {
      if (ports.length === 0) return false;
      if (!isSet(value.protocol)) {
        return (
          ports.some((p) => !('name' in (portOf(p) ?? { name: '' }))) &&
          `${path}: numbers need protocol TCP, UDP or SCTP`
        );
      }
      // Of a protocol that is none, that is said already.
      const isProtocol = protocol(value.protocol, '').length === 0;
      return isProtocol && !hasPorts(value.protocol) && `${path} need protocol TCP, UDP or SCTP`;
    }),
    ...given.slice(2).map(({ path, ports }) => services && ports.length > 0 && `${path} cannot stand beside services`),
  ];
};

/** Upstream takes `tcp` here, but not as a protocol. */
function hasPorts(value: unknown): boolean {
  return [6, 17, 132].includes(protocolNumber(value) ?? -1);
}

const icmpAndProtocol: Rule = (value, at) => {
  const versions = { ICMP: 4, ICMPv6: 6 } as const;
  return [
    isFields(value.icmp) &&
      value.protocol !== 'ICMP' &&
      value.protocol !== 'ICMPv6' &&
      `${at}.icmp needs protocol ICMP or ICMPv6`,
    ...(['ICMP', 'ICMPv6'] as const).map(
      (kind) =>
        (value.protocol === kind || value.notProtocol === kind) &&
        isSet(value.ipVersion) &&
        value.ipVersion !== versions[kind] &&
        `${at}.ipVersion must be ${versions[kind]} with ${kind}`,
    ),
  ];
};

/** Nets are CIDRs of one family throughout the rule, of its ipVersion where it has one. */
const families: Rule = (value, at) => {
  const found: (string | false)[] = [];
  const seen = new Set<number>();
  for (const [end, field] of [
    ['source', 'nets'],
    ['source', 'notNets'],
    ['destination', 'nets'],
    ['destination', 'notNets'],
  ] as const) {
    const path = `${at}.${end}.${field}`;
    for (const [i, item] of list(fields(value[end])[field]).entries()) {
      const cidr = text(item);
      const at = `${path}[${i}]`;
      const read = cidr.includes('/') ? readNet(cidr) : undefined;
      if (read === undefined) found.push(`${at}: ${cidr} is no CIDR`);
      else {
        if (seen.size === 1 && !seen.has(read.family)) found.push(`${at}: the rule has CIDRs of IPv4 and of IPv6`);
        seen.add(read.family);
        const everything = read.prefix === 0 && (read.family === 6 || cidr === '0.0.0.0/0');
        if (field === 'notNets' && everything) found.push(`${at}: ${cidr} leaves nothing to match`);
        if (isSet(value.ipVersion) && value.ipVersion !== read.family)
          found.push(`${at}: ${cidr} is not of IPv${value.ipVersion}`);
      }
    }
  }
  return found;
};

const application: Rule = (value, at) => [
  isSet(value.http) && isSet(value.protocol) && value.protocol !== 'TCP' && `${at}.http needs protocol TCP, or none`,
  isSet(value.http) && value.action !== 'Allow' && `${at}.http belongs into rules that allow`,
];

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
