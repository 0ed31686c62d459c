/** What Kubernetes refuses of its own NetworkPolicy beside wrong types (v1.35 pkg/apis/networking/validation/validation.go). */
import { contains, type Net, parseNet } from '../address.ts';
import { type Fields, fields, isFields, list, text } from '../raw.ts';
import { labelValue, portName, qualifiedName } from './texts.ts';

/** Sentences, each with the path of the field, about a spec whose types are right. */
export function refusedPolicy(spec: Fields): string[] {
  return [
    ...selector(spec.podSelector, 'spec.podSelector'),
    ...list(spec.policyTypes).flatMap((type, i) =>
      type === 'Ingress' || type === 'Egress'
        ? []
        : [`spec.policyTypes[${i}]: ${JSON.stringify(type)} is none of Ingress, Egress`],
    ),
    ...(list(spec.policyTypes).length > 2 ? ['spec.policyTypes may have 2 entries at most'] : []),
    ...(['ingress', 'egress'] as const).flatMap((direction) =>
      list(spec[direction]).flatMap((rule, i) => {
        const at = `spec.${direction}[${i}]`;
        const end = direction === 'ingress' ? 'from' : 'to';
        return [
          ...list(fields(rule).ports).flatMap((each, j) => port(fields(each), `${at}.ports[${j}]`)),
          ...list(fields(rule)[end]).flatMap((each, j) => peer(fields(each), `${at}.${end}[${j}]`)),
        ];
      }),
    ),
  ];
}

function port({ protocol, port, endPort }: Fields, at: string): string[] {
  const set = (value: unknown) => value !== undefined && value !== null;
  const isNumber = typeof port === 'number';
  const inRange = (value: unknown) => typeof value === 'number' && value >= 1 && value <= 65535;
  const name = typeof port === 'string' ? portName(port) : undefined;
  return [
    set(protocol) &&
      !['TCP', 'UDP', 'SCTP'].includes(text(protocol)) &&
      `${at}.protocol: ${JSON.stringify(protocol)} is none of TCP, UDP, SCTP`,
    isNumber && !inRange(port) && `${at}.port must be from 1 to 65535, and is ${port}`,
    name !== undefined && `${at}.port: ${JSON.stringify(port)} ${name}`,
    set(endPort) && !inRange(endPort) && `${at}.endPort must be from 1 to 65535, and is ${endPort}`,
    set(endPort) && !set(port) && `${at}.endPort needs a port to begin at`,
    set(endPort) && typeof port === 'string' && `${at}.endPort cannot stand beside a named port`,
    isNumber &&
      set(endPort) &&
      Number(endPort) < port &&
      `${at}.endPort is ${endPort}, and the range begins at ${port}`,
  ].filter((said): said is string => typeof said === 'string');
}

function peer({ podSelector, namespaceSelector, ipBlock }: Fields, at: string): string[] {
  const bySelector = isFields(podSelector) || isFields(namespaceSelector);
  return [
    ...(bySelector && isFields(ipBlock) ? [`${at}: ipBlock cannot stand beside podSelector or namespaceSelector`] : []),
    ...(bySelector || isFields(ipBlock) ? [] : [`${at} must say podSelector, namespaceSelector or ipBlock`]),
    ...selector(podSelector, `${at}.podSelector`),
    ...selector(namespaceSelector, `${at}.namespaceSelector`),
    ...(isFields(ipBlock) ? block(ipBlock, `${at}.ipBlock`) : []),
  ];
}

function block({ cidr, except }: Fields, at: string): string[] {
  const outer = parseNet(text(cidr));
  if (outer === undefined) return [`${at}.cidr: ${JSON.stringify(cidr)} is no CIDR`];
  return list(except).flatMap((each, i) => {
    const net = parseNet(text(each));
    if (net === undefined) return [`${at}.except[${i}]: ${JSON.stringify(each)} is no CIDR`];
    return isWithin(net, outer) ? [] : [`${at}.except[${i}]: ${each} is no part of ${cidr}`];
  });
}

function isWithin(net: Net, outer: Net): boolean {
  return net.prefix > outer.prefix && contains(outer, net);
}

/** Of labels; also those of the Prometheus operator (apimachinery pkg/apis/meta/v1/validation). */
export function selector(value: unknown, at: string): string[] {
  const { matchLabels, matchExpressions } = fields(value);
  return [
    ...Object.entries(fields(matchLabels)).flatMap(([key, each]) => [
      ...named(key, `${at}.matchLabels`),
      ...valued(each, `${at}.matchLabels.${key}`),
    ]),
    ...list(matchExpressions).flatMap((each, i) => condition(fields(each), `${at}.matchExpressions[${i}]`)),
  ];
}

function condition({ key, operator, values }: Fields, at: string): string[] {
  const count = list(values).length;
  const some = operator === 'In' || operator === 'NotIn';
  const none = operator === 'Exists' || operator === 'DoesNotExist';
  return [
    ...(some || none ? [] : [`${at}.operator: ${JSON.stringify(operator)} is none of In, NotIn, Exists, DoesNotExist`]),
    ...(some && count === 0 ? [`${at}.values must be set with ${operator}`] : []),
    ...(none && count > 0 ? [`${at}.values cannot stand beside ${operator}`] : []),
    ...named(text(key), `${at}.key`),
    ...list(values).flatMap((each, i) => valued(each, `${at}.values[${i}]`)),
  ];
}

function named(key: string, at: string): string[] {
  const wrong = qualifiedName(key);
  return wrong === undefined ? [] : [`${at}: ${JSON.stringify(key)} ${wrong}`];
}

function valued(value: unknown, at: string): string[] {
  const wrong = labelValue(text(value));
  return wrong === undefined ? [] : [`${at}: ${JSON.stringify(value)} ${wrong}`];
}
